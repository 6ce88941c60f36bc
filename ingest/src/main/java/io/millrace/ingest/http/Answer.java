package io.millrace.ingest.http;

import com.google.protobuf.CodedOutputStream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * An answer, complete and in the form of the client's dialect.
 *
 * @param retryAfterSeconds when the client shall come again; 0 for no such header
 */
record Answer(int status, String contentType, Buffer body, int retryAfterSeconds) {
    private static final String PROBLEM = "application/problem+json";
    private static final int RETRY_SECONDS = 1;
    private static final List<String> CHALLENGES = List.of("Bearer realm=\"millrace\"", "Basic realm=\"millrace\"");

    static Answer json(int status, JsonObject body) {
        return new Answer(status, ContentType.JSON.mime(), body.toBuffer(), 0);
    }

    static Answer ok(String contentType, Buffer body) {
        return new Answer(200, contentType, body, 0);
    }

    /** A {@code google.rpc.Status}, which is how OTLP says no; in JSON unless the client speaks Protobuf. */
    static Answer status(Refused refused, boolean protobuf) {
        Failure failure = refused.failure();
        return new Answer(
                failure.status(),
                protobuf ? ContentType.PROTOBUF.mime() : ContentType.JSON.mime(),
                protobuf ? protobufStatus(refused) : jsonStatus(refused),
                retryAfter(failure));
    }

    /** A problem document of RFC 9457. */
    static Answer problem(Refused refused) {
        Failure failure = refused.failure();
        JsonObject body = new JsonObject()
                .put("type", failure.type())
                .put("title", failure.title())
                .put("status", failure.status());
        if (!refused.detail().isEmpty()) {
            body.put("detail", refused.detail());
        }
        return new Answer(failure.status(), PROBLEM, body.toBuffer(), retryAfter(failure));
    }

    void send(HttpServerResponse response) {
        response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, contentType);
        if (retryAfterSeconds > 0) {
            response.putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(retryAfterSeconds));
        }
        if (status == 401) {
            response.putHeader("WWW-Authenticate", CHALLENGES);
        }
        response.end(body);
    }

    private static int retryAfter(Failure failure) {
        return failure.isPassing() ? RETRY_SECONDS : 0;
    }

    private static Buffer jsonStatus(Refused refused) {
        return new JsonObject()
                .put("code", refused.failure().rpcCode())
                .put("message", refused.sentence())
                .toBuffer();
    }

    private static Buffer protobufStatus(Refused refused) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeInt32(1, refused.failure().rpcCode());
            out.writeString(2, refused.sentence());
            out.flush();
        } catch (IOException impossible) {
            throw new IllegalStateException("memory cannot fail to be written", impossible);
        }
        return Buffer.buffer(bytes.toByteArray());
    }
}
