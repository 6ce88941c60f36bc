package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.ingest.GrpcClient.Answer;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.proto.trace.v1.Span;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Calls while the log hangs: what a status of 0 promises, and how the others come. */
@ExtendWith(EdgeExtension.class)
class GrpcFaultIT {
    private static final int UNDER_WAY = 32;

    private final PausableProxy proxy = EdgeExtension.kafka().proxy();

    @AfterEach
    void flow() {
        proxy.resume();
    }

    @Test
    void aLogThatHangsIsUnavailableAtTheDeadlineAndNotBefore() {
        ManualAlarm alarm = new ManualAlarm();
        try (Edge edge = new Edge(EdgeExtension.kafka().client(), config -> config, Edge.RECEIVED, alarm).ready();
                GrpcClient client = new GrpcClient(edge.ingest().grpcPort())) {
            assertThat(begin(client, Otlp.span(), Edge.SECRET).join().status()).isZero();
            proxy.pause();

            CompletableFuture<Answer> answer = begin(client, Otlp.span(), Edge.SECRET);
            await().atMost(Duration.ofSeconds(100)).until(() -> alarm.delays().equals(List.of(Edge.DEADLINE)));
            alarm.ring(Edge.DEADLINE.minusMillis(1));
            assertThat(answer).isNotDone();
            alarm.ring(Edge.DEADLINE);

            assertThat(answer.join().status()).isEqualTo(14);
            assertThat(answer.join().trailersOnly()).isTrue();
            assertThat(answer.join().headers().contains("grpc-status-details-bin"))
                    .isTrue();
            proxy.resume();
            await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes() == 0);
        }
    }

    @Test
    void whatIsAcknowledgedAroundAPauseOfTheLogIsInTheLog() {
        Tenant tenant = EdgeExtension.tenant();
        Set<ByteString> acknowledged = ConcurrentHashMap.newKeySet();
        Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
        AtomicBoolean sending = new AtomicBoolean(true);
        try (Edge edge = Edge.impatient().ready();
                GrpcClient client = new GrpcClient(edge.ingest().grpcPort())) {
            Thread load = new Thread(() -> send(client, tenant, sending, acknowledged, statuses), "load");
            load.start();
            await().atMost(Duration.ofSeconds(100)).until(() -> count(statuses, 0) > 20);

            proxy.pause();
            await().atMost(Duration.ofSeconds(100)).until(() -> count(statuses, 14) > 2 * UNDER_WAY);
            proxy.resume();
            long before = count(statuses, 0);
            await().atMost(Duration.ofSeconds(100)).until(() -> count(statuses, 0) > before + 100);
            sending.set(false);
            await().atMost(Duration.ofSeconds(100)).until(() -> !load.isAlive());
        }

        assertThat(statuses).containsOnly(0, 14);
        assertThat(tenant.spans().stream().map(SpanMessage::getSpanId).collect(Collectors.toSet()))
                .containsAll(acknowledged);
    }

    private static long count(Queue<Integer> statuses, int status) {
        Map<Integer, Long> counts =
                statuses.stream().collect(Collectors.groupingBy(each -> each, Collectors.counting()));
        return counts.getOrDefault(status, 0L);
    }

    private static void send(
            GrpcClient client,
            Tenant tenant,
            AtomicBoolean sending,
            Set<ByteString> acknowledged,
            Queue<Integer> statuses) {
        Semaphore slots = new Semaphore(UNDER_WAY);
        while (sending.get()) {
            slots.acquireUninterruptibly();
            Span.Builder span = Otlp.span().addAttributes(Otlp.attribute("input", "x".repeat(10_000)));
            begin(client, span, tenant.secret()).whenComplete((answer, error) -> {
                int status = answer == null ? -1 : answer.status();
                if (status == 0) {
                    acknowledged.add(span.getSpanId());
                }
                statuses.add(status);
                slots.release();
            });
        }
        slots.acquireUninterruptibly(UNDER_WAY);
    }

    private static CompletableFuture<Answer> begin(GrpcClient client, Span.Builder span, String key) {
        List<Buffer> frame = List.of(Buffer.buffer(GrpcClient.frame(Otlp.request(span))));
        return client.begin(GrpcClient.TRACES, frame, "x-api-key", key);
    }
}
