package io.millrace.ingest.grpc;

import io.millrace.ingest.http.Failure;
import io.millrace.ingest.http.Refused;
import io.millrace.ingest.http.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The end of a call: a message and a status behind it; or, when there is no message, the status alone in the place of the
 * headers.
 *
 * @param status what the outcome is over HTTP
 * @param message of the answer; null when the call failed
 * @param text for people, percent-encoded
 * @param details a {@code google.rpc.Status} in Base64; empty when it would say no more than the code
 */
record GrpcReply(int status, int code, @Nullable Buffer message, String text, String details) implements Reply {
    static final String CONTENT_TYPE = "application/grpc";

    private static final int OK = 0;
    private static final int UNIMPLEMENTED = 12;
    private static final String HEX = "0123456789ABCDEF";

    static GrpcReply taken(byte[] message) {
        Buffer frame = Buffer.buffer(GrpcMessage.PREFIX + message.length)
                .appendByte((byte) 0)
                .appendInt(message.length)
                .appendBytes(message);
        return new GrpcReply(200, OK, frame, "", "");
    }

    static GrpcReply refused(Refused refused) {
        Failure failure = refused.failure();
        int code = codeOf(failure);
        String sentence = refused.sentence();
        String details = failure.isPassing() ? RetryDetails.base64(code, sentence, refused.retryAfterSeconds()) : "";
        return new GrpcReply(failure.status(), code, null, percentEncoded(sentence), details);
    }

    private static int codeOf(Failure failure) {
        // For this one gRPC says what it is to be, and that the answer names what would be understood.
        return failure == Failure.UNSUPPORTED_ENCODING ? UNIMPLEMENTED : failure.rpcCode();
    }

    @Override
    public Future<Void> send(HttpServerResponse response) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
                .putHeader("grpc-accept-encoding", "identity,gzip,zstd");
        if (message != null) {
            return response.putTrailer("grpc-status", Integer.toString(code)).end(message);
        }
        response.putHeader("grpc-status", Integer.toString(code)).putHeader("grpc-message", text);
        if (!details.isEmpty()) {
            response.putHeader("grpc-status-details-bin", details);
        }
        return response.end();
    }

    /** As gRPC wants it in {@code grpc-message}: every byte of the UTF-8 that is no printable ASCII as %XX, and % too. */
    static String percentEncoded(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte next : text.getBytes(StandardCharsets.UTF_8)) {
            if (next >= ' ' && next <= '~' && next != '%') {
                encoded.append((char) next);
            } else {
                encoded.append('%').append(HEX.charAt(next >> 4 & 15)).append(HEX.charAt(next & 15));
            }
        }
        return encoded.toString();
    }
}
