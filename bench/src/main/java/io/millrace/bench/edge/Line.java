package io.millrace.bench.edge;

import java.util.Locale;

/** One way to send the same spans, measured against the others. */
enum Line {
    PROTOBUF(Wire.OTLP_PROTOBUF, true),
    GZIP(Wire.OTLP_PROTOBUF_GZIP, true),
    ZSTD(Wire.OTLP_PROTOBUF_ZSTD, true),
    JSON(Wire.OTLP_JSON, true),
    /** As {@link #PROTOBUF}, to a project that masks nothing. */
    UNMASKED(Wire.OTLP_PROTOBUF, false),
    /** To the peer, if there is one. */
    ZIPKIN(Wire.ZIPKIN_PROTOBUF, false);

    private final Wire wire;
    private final boolean masked;

    Line(Wire wire, boolean masked) {
        this.wire = wire;
        this.masked = masked;
    }

    Wire wire() {
        return wire;
    }

    boolean masked() {
        return masked;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
