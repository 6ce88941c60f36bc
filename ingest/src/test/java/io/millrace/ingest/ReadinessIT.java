package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the edge says of itself, and what changes while it runs. */
@ExtendWith(EdgeExtension.class)
class ReadinessIT {
    private static final byte[] SPAN = Otlp.request(Otlp.span());

    private final Kafka kafka = EdgeExtension.kafka();

    @Test
    void isLiveAndReady() {
        Edge edge = EdgeExtension.edge();
        assertThat(edge.get("/health/live").statusCode()).isEqualTo(200);
        HttpResponse<byte[]> ready = edge.get("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(Edge.json(ready)).isEqualTo(new JsonObject().put("status", "ready"));
    }

    @Test
    void learnsOfKeysWhileItRuns() {
        UUID project = UUID.randomUUID();
        String secret = "sk-mr-" + project;
        kafka.project(project, 30);
        assertThat(status(secret)).isEqualTo(401);

        kafka.key("young", project, "pk-mr-young", secret, List.of("ingest"));
        await().atMost(Duration.ofSeconds(100)).until(() -> status(secret) == 200);

        kafka.deleteKey("young");
        await().atMost(Duration.ofSeconds(100)).until(() -> status(secret) == 401);
    }

    private static int status(String secret) {
        return EdgeExtension.edge()
                .post("/v1/traces", Edge.PROTOBUF, SPAN, "Authorization", "Bearer " + secret)
                .statusCode();
    }

    @Test
    void saysWhyItIsNotReadyWhenKafkasPasswordIsWrong() {
        Map<String, String> client = new HashMap<>(kafka.client());
        client.computeIfPresent(
                "sasl.jaas.config", (key, line) -> line.replaceAll("password=\"[^\"]*\"", "password=\"x\""));
        try (Edge edge = new Edge(client)) {
            await().atMost(Duration.ofSeconds(100))
                    .until(() -> reasons(edge).toString(), reasons -> reasons.contains("Authentication failed"));

            assertThat(reasons(edge).stream().map(reason -> ((JsonObject) reason).getString("part")))
                    .containsExactlyInAnyOrder("control", "log");
            HttpResponse<byte[]> answer = edge.post("/v1/traces", Edge.PROTOBUF, SPAN);
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(Edge.rpcCode(answer)).isEqualTo(14);
            assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(edge.get("/health/live").statusCode()).isEqualTo(200);
        }
    }

    private static JsonArray reasons(Edge edge) {
        HttpResponse<byte[]> ready = edge.get("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        return Edge.json(ready).getJsonArray("reasons");
    }

    @Test
    void takesNothingWhileTheDiskIsNearlyFull() {
        AtomicReference<Double> free = new AtomicReference<>(0.09);
        try (Edge edge = new Edge(kafka.client(), config -> config.withFreeDisk(free::get))) {
            await().atMost(Duration.ofSeconds(100))
                    .until(() -> edge.ingest().unreadiness().size() == 1
                            && edge.ingest().unreadiness().get(0).startsWith("disk"));
            assertThat(edge.post("/v1/traces", Edge.PROTOBUF, SPAN).statusCode())
                    .isEqualTo(503);
            assertThat(edge.metrics()).contains("millrace_ingest_unavailable_total{cause=\"disk_low\"} 1.0");

            free.set(0.5);
            edge.ready();

            assertThat(edge.post("/v1/traces", Edge.PROTOBUF, SPAN).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void givesUpOnABodyThatDoesNotCome() throws IOException {
        try (Edge edge = new Edge(
                                kafka.client(),
                                config -> config.withLimits(config.limits().withBodyPatience(Duration.ofMillis(200))))
                        .ready();
                Socket socket = new Socket("127.0.0.1", edge.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("POST /v1/traces HTTP/1.1\r\nHost: x\r\nx-api-key: " + Edge.SECRET
                                    + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            assertThat(answer).isEqualTo("HTTP/1.1 408");
            await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes() == 0);
        }
    }
}
