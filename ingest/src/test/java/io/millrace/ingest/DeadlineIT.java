package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** When a log that hangs is answered for, by a clock that the test moves. */
@ExtendWith(EdgeExtension.class)
class DeadlineIT {
    private final ManualAlarm alarm = new ManualAlarm();
    private final PausableProxy proxy = EdgeExtension.kafka().proxy();

    @AfterEach
    void flow() {
        proxy.resume();
    }

    @Test
    void answersAtTheDeadlineAndNotBefore() {
        try (Edge edge = new Edge(EdgeExtension.kafka().client(), config -> config, Edge.RECEIVED, alarm).ready()) {
            assertThat(post(edge).join().statusCode()).isEqualTo(200);
            await("an answer in time turns it off")
                    .atMost(Duration.ofSeconds(100))
                    .until(() -> alarm.delays().isEmpty());

            proxy.pause();
            CompletableFuture<HttpResponse<byte[]>> answer = post(edge);
            await().atMost(Duration.ofSeconds(100)).until(() -> !alarm.delays().isEmpty());
            assertThat(alarm.delays()).isEqualTo(List.of(Edge.DEADLINE));
            alarm.ring(Edge.DEADLINE.minusMillis(1));
            assertThat(answer).isNotDone();

            alarm.ring(Edge.DEADLINE);

            assertThat(answer.join().statusCode()).isEqualTo(503);
            assertThat(Edge.rpcCode(answer.join())).isEqualTo(14);
            assertThat(answer.join().headers().firstValue("Retry-After")).hasValue("1");
            assertThat(edge.metrics()).contains("millrace_ingest_unavailable_total{cause=\"log_timeout\"} 1.0");
            proxy.resume();
            await("what it held is free again")
                    .atMost(Duration.ofSeconds(100))
                    .until(() -> edge.ingest().inFlightBytes() == 0);
        }
    }

    private static CompletableFuture<HttpResponse<byte[]>> post(Edge edge) {
        return edge.http()
                .sendAsync(
                        edge.request(
                                "/v1/traces", Edge.PROTOBUF, BodyPublishers.ofByteArray(Otlp.request(Otlp.span()))),
                        BodyHandlers.ofByteArray());
    }
}
