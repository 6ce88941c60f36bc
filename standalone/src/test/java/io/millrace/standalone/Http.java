package io.millrace.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Calls as a client outside would make them. */
final class Http {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private static final ObjectMapper JSON = new ObjectMapper();

    private Http() {}

    /**
     * @param json missing where the body is none
     */
    record Answer(int status, JsonNode json, String text, byte[] bytes) {
        private static Answer of(HttpResponse<byte[]> response) {
            String text = new String(response.body(), StandardCharsets.UTF_8);
            return new Answer(response.statusCode(), parse(text), text, response.body());
        }

        private static JsonNode parse(String text) {
            try {
                return text.startsWith("{") ? JSON.readTree(text) : MissingNode.getInstance();
            } catch (JsonProcessingException e) {
                return MissingNode.getInstance();
            }
        }
    }

    static HttpRequest.Builder to(URI address, String key) {
        return HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30)).header("Authorization", "Bearer " + key);
    }

    static Answer get(URI address, String key) {
        return send(to(address, key).GET().build());
    }

    static Answer delete(URI address, String key) {
        return send(to(address, key).DELETE().build());
    }

    static Answer post(URI address, String key, String json) {
        return send(to(address, key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build());
    }

    static Answer send(HttpRequest request) {
        try {
            return Answer.of(CLIENT.send(request, BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Without waiting for the answer. */
    static CompletableFuture<Answer> begin(HttpRequest request) {
        return CLIENT.sendAsync(request, BodyHandlers.ofByteArray()).thenApply(Answer::of);
    }
}
