package io.millrace.standalone.summary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The public API, with a key that reads. */
final class ReadApi {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final URI api;
    private final String key;

    ReadApi(URI api, String key) {
        this.api = api;
        this.key = key;
    }

    /**
     * An answer.
     *
     * @param body of status 200, or a problem document
     */
    record Answer(int status, JsonNode body) {
        boolean isGood() {
            return status == 200;
        }

        /** Whether this version has no such thing. */
        boolean isNotAvailable() {
            return status == 400
                    && "urn:millrace:problem:not_available"
                            .equals(body.path("type").asText());
        }
    }

    /** @throws IOException if there is no answer, or none in JSON */
    Answer get(String pathAndQuery) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(api.resolve(pathAndQuery))
                .header("x-api-key", key)
                .timeout(PATIENCE)
                .build();
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        return new Answer(response.statusCode(), JSON.readTree(response.body()));
    }
}
