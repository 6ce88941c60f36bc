package io.millrace.bench.silence;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Sends traces of one span each, one after the other. */
final class Trickle {
    private static final String TRACE = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%s","spanId":"0000000000000001","name":"answer",
             "startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}]}""";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final URI traces;
    private final String secret;

    Trickle(URI ingest, String secret) {
        this.traces = ingest.resolve("/v1/traces");
        this.secret = secret;
    }

    /** Returns when the span that ends at this moment is acknowledged. */
    void send(Instant end) throws IOException, InterruptedException {
        long nanos = end.getEpochSecond() * 1_000_000_000L + end.getNano();
        String body = TRACE.formatted(UUID.randomUUID().toString().replace("-", ""), nanos - 50_000_000, nanos);
        HttpRequest request = HttpRequest.newBuilder(traces)
                .header("Authorization", "Bearer " + secret)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(10))
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("the edge answered " + answer.statusCode() + ": " + answer.body());
        }
    }
}
