package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A broker that hangs for a while, under load: promises of the second and third hop. */
@ExtendWith(EdgeExtension.class)
class PausedLogIT {
    private static final int UNDER_WAY = 32;
    /** Of bodies, and of records that wait for the log. */
    private static final long MOST_HELD_BYTES = (128L + 96) << 20;

    private final PausableProxy proxy = EdgeExtension.kafka().proxy();
    private final Tenant tenant = EdgeExtension.tenant();
    private final Edge edge = Edge.impatient().ready();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final Map<ByteString, Boolean> acknowledged = new ConcurrentHashMap<>();
    private final AtomicBoolean sending = new AtomicBoolean(true);

    private record Answer(int status, String retryAfter) {}

    @AfterEach
    void flow() {
        proxy.resume();
        edge.close();
    }

    @Test
    void answersAndLosesNothingItAcknowledged() {
        Memory memory = Memory.now();
        Thread load = new Thread(this::send, "load");
        load.start();
        await().atMost(Duration.ofSeconds(100)).until(() -> statuses().getOrDefault(200, 0L) > 20);

        proxy.pause();
        await().atMost(Duration.ofSeconds(100)).until(() -> {
            assertThat(edge.ingest().inFlightBytes()).isLessThanOrEqualTo(MOST_HELD_BYTES);
            return statuses().getOrDefault(503, 0L) > 2 * UNDER_WAY;
        });
        proxy.resume();
        long before = statuses().get(200);
        await().atMost(Duration.ofSeconds(100)).until(() -> statuses().get(200) > before + 100);
        sending.set(false);
        await().atMost(Duration.ofSeconds(100)).until(() -> !load.isAlive());

        assertThat(statuses().keySet()).containsExactlyInAnyOrder(200, 503);
        assertThat(answers)
                .filteredOn(answer -> answer.status() == 503)
                .allSatisfy(answer -> assertThat(answer.retryAfter()).isBetween("1", "3"));
        await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes() == 0);
        memory.isBackAfter("a broker that hung under full load", 64 << 20);
        assertThat(tenant.spans().stream().map(SpanMessage::getSpanId).collect(Collectors.toSet()))
                .containsAll(acknowledged.keySet());
    }

    @Test
    void whatComesWhileTheBrokerHangsIsTakenWhenItGoesOnInTime() {
        proxy.pause();
        // Until the producer has given up its connections as well.
        await().atMost(Duration.ofSeconds(100)).until(() -> {
            sendOne(new Semaphore(0));
            return statuses().getOrDefault(503, 0L) > 2 * UNDER_WAY;
        });
        await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes() == 0);

        Span.Builder span = Otlp.span();
        CompletableFuture<HttpResponse<byte[]>> answer = send(span);
        await().atMost(Duration.ofSeconds(100))
                .until(() -> answer.isDone() || edge.ingest().inFlightBytes() > 0);
        proxy.resume();

        assertThat(answer.join().statusCode()).isEqualTo(200);
    }

    private Map<Integer, Long> statuses() {
        return answers.stream().collect(Collectors.groupingBy(Answer::status, Collectors.counting()));
    }

    private void send() {
        Semaphore slots = new Semaphore(UNDER_WAY);
        while (sending.get()) {
            slots.acquireUninterruptibly();
            sendOne(slots);
        }
        slots.acquireUninterruptibly(UNDER_WAY);
    }

    private void sendOne(Semaphore slots) {
        Span.Builder span = Otlp.span().addAttributes(Otlp.attribute("input", "x".repeat(10_000)));
        send(span).whenComplete((answer, error) -> {
            note(span, answer);
            slots.release();
        });
    }

    private CompletableFuture<HttpResponse<byte[]>> send(Span.Builder span) {
        return edge.http()
                .sendAsync(
                        edge.request(
                                "/v1/traces",
                                Edge.PROTOBUF,
                                BodyPublishers.ofByteArray(Otlp.request(span)),
                                "Authorization",
                                "Bearer " + tenant.secret()),
                        BodyHandlers.ofByteArray());
    }

    private void note(Span.Builder span, HttpResponse<byte[]> answer) {
        int status = answer == null ? -1 : answer.statusCode();
        String retryAfter =
                answer == null ? "" : answer.headers().firstValue("Retry-After").orElse("");
        if (status == 200) {
            acknowledged.put(span.getSpanId(), true);
        }
        answers.add(new Answer(status, retryAfter));
    }
}
