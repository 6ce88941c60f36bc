package io.millrace.ingest.otlp;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Requests recorded from real SDKs: the body as it is after its content encoding is undone. */
public final class Capture {
    private Capture() {}

    public static byte[] bytes(String path) {
        try (InputStream file = Capture.class.getResourceAsStream("/captures/" + path)) {
            if (file == null) {
                throw new AssertionError("no recording " + path);
            }
            return file.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static DecodedRequest decode(String path, OtlpEncoding encoding) {
        return decode(bytes(path), encoding);
    }

    static DecodedRequest decode(byte[] body, OtlpEncoding encoding) {
        try {
            return new DecodedRequest(encoding.decode(body, 0, body.length, DecodedRequest.CONTEXT));
        } catch (MalformedEnvelope malformed) {
            throw new AssertionError("a body that should be read", malformed);
        }
    }
}
