package io.millrace.ingest.http;

import io.millrace.ingest.otlp.OtlpEncoding;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * An answer, complete and in the form of the client's dialect.
 *
 * @param retryAfterSeconds when the client shall come again; 0 for no such header
 */
record Answer(int status, String contentType, Buffer body, int retryAfterSeconds) implements Reply {
    private static final String PROBLEM = "application/problem+json";
    private static final List<String> CHALLENGES = List.of("Bearer realm=\"millrace\"", "Basic realm=\"millrace\"");

    static Answer json(int status, JsonObject body) {
        return new Answer(status, ContentType.JSON.mime(), body.toBuffer(), 0);
    }

    /** A JSON document that is part of the program. */
    static Answer resource(String name) {
        try (InputStream in = Answer.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            return ok(ContentType.JSON.mime(), in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Answer ok(String contentType, byte[] body) {
        return new Answer(200, contentType, Buffer.buffer(body), 0);
    }

    /** A {@code google.rpc.Status}, which is how OTLP says no; in JSON unless the client speaks Protobuf. */
    static Answer status(Refused refused, boolean protobuf) {
        Failure failure = refused.failure();
        OtlpEncoding encoding = protobuf ? OtlpEncoding.PROTOBUF : OtlpEncoding.JSON;
        byte[] body = encoding.error(failure.rpcCode(), refused.sentence());
        return new Answer(failure.status(), encoding.contentType(), Buffer.buffer(body), refused.retryAfterSeconds());
    }

    /** A problem document of RFC 9457. */
    static Answer problem(Refused refused) {
        return problem(refused, refused.failure().status(), refused.retryAfterSeconds());
    }

    /** A problem document for clients that know how to wait. */
    static Answer nativeProblem(Refused refused) {
        int seconds = (int) Math.min(refused.passesInSeconds(), Integer.MAX_VALUE);
        return problem(refused, refused.failure().nativeStatus(), seconds);
    }

    private static Answer problem(Refused refused, int status, int retryAfterSeconds) {
        Failure failure = refused.failure();
        JsonObject body = new JsonObject()
                .put("type", failure.type())
                .put("title", failure.title())
                .put("status", status)
                .put("detail", refused.detail().isEmpty() ? failure.title() : refused.detail())
                .put("code", failure.code());
        return new Answer(status, PROBLEM, body.toBuffer(), retryAfterSeconds);
    }

    @Override
    public Future<Void> send(HttpServerResponse response) {
        response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, contentType);
        if (retryAfterSeconds > 0) {
            response.putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(retryAfterSeconds));
        }
        if (status == 401) {
            response.putHeader("WWW-Authenticate", CHALLENGES);
        }
        return response.end(body);
    }
}
