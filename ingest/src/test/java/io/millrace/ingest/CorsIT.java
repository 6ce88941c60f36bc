package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.http.Cors;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser asks before a page may send. */
@ExtendWith(EdgeExtension.class)
class CorsIT {
    private static final String PAGE = "https://app.example.com";

    @ParameterizedTest
    @ValueSource(strings = {"/v1/traces", "/otel/v1/traces", "/v1/logs", "/v1/metrics", "/v1/spans"})
    void aPageOfAnAllowedOriginMaySend(String path) {
        try (Edge edge = edge(PAGE).ready()) {
            HttpResponse<byte[]> allowed = preflight(edge, path, PAGE);
            assertThat(allowed.statusCode()).isEqualTo(204);
            assertThat(header(allowed, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
            assertThat(header(allowed, "Access-Control-Allow-Methods")).isEqualTo("POST");
            assertThat(header(allowed, "Access-Control-Allow-Headers")).isEqualTo("content-type,x-api-key,x-mine");
            assertThat(header(allowed, "Access-Control-Max-Age")).isEqualTo("7200");
            assertThat(header(allowed, "Vary")).isEqualToIgnoringCase("origin");

            HttpResponse<byte[]> sent = edge.post(path, Edge.JSON, "[]".getBytes(), "Origin", PAGE);
            assertThat(header(sent, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
            assertThat(header(sent, "Access-Control-Expose-Headers")).isEqualToIgnoringCase("retry-after");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/info", "/api/public/projects", "/api/public/health"})
    void aPageMayAskWhatItsSdkAsksBefore(String path) {
        try (Edge edge = edge(PAGE)) {
            HttpResponse<byte[]> allowed = preflight(edge, path, PAGE);
            assertThat(header(allowed, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
            assertThat(header(allowed, "Access-Control-Allow-Methods")).isEqualTo("GET");
        }
    }

    @Test
    void aPageMayAlsoReadWhyItWasRefused() {
        try (Edge edge = edge(Cors.ANY)) {
            HttpResponse<byte[]> refused =
                    edge.post("/v1/traces", Edge.JSON, new byte[0], "Authorization", "", "Origin", PAGE);
            assertThat(refused.statusCode()).isIn(401, 503);
            assertThat(header(refused, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
        }
    }

    @Test
    void aPageOfAnotherOriginMayNot() {
        try (Edge edge = edge(PAGE)) {
            for (String other : new String[] {"https://evil.example.com", PAGE + ":8443", "http://app.example.com"}) {
                HttpResponse<byte[]> refused = preflight(edge, "/v1/traces", other);
                assertThat(refused.statusCode()).isEqualTo(405);
                assertThat(header(refused, "Access-Control-Allow-Origin")).isEmpty();
            }
        }
    }

    @Test
    void noPageMayUnlessThatIsConfigured() {
        HttpResponse<byte[]> refused = preflight(EdgeExtension.edge(), "/v1/traces", PAGE);
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(header(refused, "Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void noPageLearnsWhatIsNotForSpans() {
        try (Edge edge = edge(Cors.ANY)) {
            assertThat(header(preflight(edge, "/health/ready", PAGE), "Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    private static Edge edge(String origin) {
        return new Edge(
                EdgeExtension.kafka().client(),
                config -> config.withServer(new ServerSettings(config.server().connections(), null, Set.of(origin))));
    }

    private static HttpResponse<byte[]> preflight(Edge edge, String path, String origin) {
        return edge.send(HttpRequest.newBuilder(edge.uri(path))
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type,x-api-key,x-mine")
                .build());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
