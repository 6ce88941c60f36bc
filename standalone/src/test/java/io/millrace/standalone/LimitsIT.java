package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.embedded.DataFolderView;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From the API to the edge, on a stack with a Redis of its own, which may die. */
class LimitsIT {
    private static Stack stack;

    @BeforeAll
    static void start() throws IOException {
        stack = Stack.in(Files.createTempDirectory("millrace-limits-"));
    }

    @AfterAll
    static void stop() throws Exception {
        stack.close();
        SharedStack.delete(stack.folder());
    }

    @Test
    void holdWhileRedisIsKilledAndStartedAgain() throws Exception {
        // Given
        Tenant limited = Tenant.of(stack, "limited");
        Tenant free = Tenant.of(stack, "free");
        limited.sendOnceKnown(request(limited));
        free.sendOnceKnown(request(free));
        Http.Answer put = Http.send(
                Http.to(stack.api().resolve("/v1/projects/" + limited.project() + "/limits"), stack.adminToken())
                        .header("Content-Type", "application/json")
                        .PUT(BodyPublishers.ofString("{\"spans_per_second\": 1, \"spans_burst\": 1}"))
                        .build());
        assertThat(put.status()).as(put.text()).isEqualTo(200);
        Tenant.eventually().until(() -> Http.send(request(limited)).status() == 503);
        assertThat(figure("millrace_ingest_limited_total", "{limit=\"project_spans\"}"))
                .isPositive();
        Tenant.eventually().until(() -> figure("millrace_ingest_limiter_local", "{}") == 0);
        DataFolderView folder = new DataFolderView(stack.folder());
        long first = folder.redis().orElseThrow();
        assertThat(first).isEqualTo(stack.told("redis", "pid"));

        // When
        new ProcessBuilder("sh", "-c", "kill -9 " + first).start().waitFor();

        // Then
        Tenant.eventually().until(() -> {
            free.send(request(free));
            Http.Answer answer = Http.send(request(limited));
            assertThat(answer.status() == 200 || answer.text().contains("project_spans"))
                    .as(answer.text())
                    .isTrue();
            long now = folder.redis().orElse(first);
            return now != first && figure("millrace_ingest_limiter_local", "{}") == 0;
        });
        Tenant.eventually().until(() -> Http.send(request(limited)).status() == 503);
    }

    @Test
    void theConnectionsToRedisAreMeasured() {
        Tenant.eventually()
                .untilAsserted(() -> assertThat(Exposition.of(stack).families())
                        .containsKeys(
                                "vertx_redis_processing_pending",
                                "vertx_redis_processing_time_seconds",
                                "vertx_redis_processing_time_seconds_max",
                                "vertx_redis_resets_total"));
    }

    private static HttpRequest request(Tenant tenant) {
        return tenant.otlpJson(OtlpRequest.newTrace().root(Instant.now()).json());
    }

    private static double figure(String name, String labels) throws IOException, InterruptedException {
        return Exposition.of(stack).families().get(name).samples().get(name + labels);
    }
}
