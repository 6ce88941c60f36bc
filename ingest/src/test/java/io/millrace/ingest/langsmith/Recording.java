package io.millrace.ingest.langsmith;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RequestSpans;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** One request recorded from LangSmith's SDK: its body as it is after its content encoding is undone, path and type. */
record Recording(String path, String contentType, byte[] body) {
    /** @param name such as {@code langsmith-batch/002} */
    static Recording of(String name) {
        JsonObject request = new JsonObject(new String(bytes(name + ".headers.json"), StandardCharsets.UTF_8));
        return new Recording(
                request.getString("path"),
                request.getJsonObject("headers").getString("content-type"),
                bytes(name + ".bin"));
    }

    private static byte[] bytes(String path) {
        try (InputStream file = Recording.class.getResourceAsStream("/captures/" + path)) {
            if (file == null) {
                throw new AssertionError("no recording " + path);
            }
            return file.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    DecodedRequest decode() {
        try {
            return new DecodedRequest(decode(body));
        } catch (MalformedEnvelope malformed) {
            throw new AssertionError("a body that should be read", malformed);
        }
    }

    /** Another body to the same path. */
    RequestSpans decode(byte[] other) throws MalformedEnvelope {
        return switch (path) {
            case "/runs" -> RunJson.run(other, 0, other.length, DecodedRequest.CONTEXT);
            case "/runs/batch" -> RunJson.batch(other, 0, other.length, DecodedRequest.CONTEXT);
            case "/feedback" -> RunJson.feedback(other, 0, other.length, DecodedRequest.CONTEXT);
            case "/runs/multipart" ->
                RunForm.decode(
                        other, 0, other.length, String.valueOf(RunForm.boundary(contentType)), DecodedRequest.CONTEXT);
            default ->
                RunJson.update(path.substring("/runs/".length()), other, 0, other.length, DecodedRequest.CONTEXT);
        };
    }
}
