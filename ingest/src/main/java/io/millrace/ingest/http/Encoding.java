package io.millrace.ingest.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a body is packed. */
public enum Encoding {
    IDENTITY,
    GZIP,
    ZSTD;

    /**
     * @param header the value of {@code Content-Encoding} or {@code grpc-encoding}; null when there is none
     * @throws Refused when it is none of ours, or several on top of each other
     */
    public static Encoding of(@Nullable String header) throws Refused {
        if (header == null) {
            return IDENTITY;
        }
        return switch (header.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            case "zstd" -> ZSTD;
            default -> throw Failure.UNSUPPORTED_ENCODING.because("identity, gzip and zstd are");
        };
    }
}
