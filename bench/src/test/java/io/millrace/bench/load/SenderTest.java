package io.millrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SenderTest {
    private static final Workload WORKLOAD =
            new Workload(new Workload.Identity(1, 2, 0), new Workload.Shape(4, true, 10, 0));
    private static final long START = 1_795_219_200_000_000_000L;
    private static final Schedule SCHEDULE = new Schedule(START, 2_000);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<byte[]> bodies = new ArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void sendsTheSameBytesUntilTheyAreAcknowledgedAndCountsThemOnce() throws Exception {
        // Given: every first send is refused or cut off
        Map<Long, Integer> sends = new HashMap<>();
        serve(exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            int before;
            synchronized (bodies) {
                bodies.add(body);
                before = sends.merge(Arrays.hashCode(body) & 0xFFFF_FFFFL, 1, Integer::sum);
            }
            if (before > 1) {
                exchange.sendResponseHeaders(200, -1);
            } else if (body.length % 2 == 0) {
                exchange.sendResponseHeaders(503, -1);
            } else {
                throw new IOException("cut off");
            }
            exchange.close();
        });
        Sender sender = sender(40, 0);

        // When
        sender.start(START);

        // Then
        assertThat(sender.await(Duration.ofSeconds(30))).isTrue();
        assertThat(sender.tally().acknowledgedRequests()).isEqualTo(40);
        assertThat(sender.truth().spans()).isEqualTo(40 * 12);
        assertThat(bodies).hasSize(80);
        assertThat(sends)
                .hasSize(40)
                .allSatisfy((hash, count) -> assertThat(count).isEqualTo(2));
        assertThat(sender.tally().failures().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(40);
    }

    @Test
    void knowsWhichRequestsAreUnanswered() throws Exception {
        // Given
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger arrived = new AtomicInteger();
        serve(exchange -> {
            exchange.getRequestBody().readAllBytes();
            arrived.incrementAndGet();
            try {
                answer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        Sender sender = sender(3, 0);

        // When
        sender.start(START);
        await().atMost(Duration.ofSeconds(100))
                .until(() -> arrived.get() == 3 && sender.stillUnanswered(sender.unanswered()) == 3);
        long[] before = sender.unanswered();
        answer.countDown();

        // Then
        assertThat(sender.await(Duration.ofSeconds(30))).isTrue();
        assertThat(sender.stillUnanswered(before)).isZero();
    }

    @Test
    void repeatsOnPurposeWithoutCountingTwice() throws Exception {
        // Given
        serve(exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            synchronized (bodies) {
                bodies.add(body);
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        Sender sender = sender(10, 1);

        // When
        sender.start(START);

        // Then
        assertThat(sender.await(Duration.ofSeconds(30))).isTrue();
        assertThat(bodies).hasSize(20);
        assertThat(sender.truth().spans()).isEqualTo(120);
    }

    @Test
    void readsHowManySpansASuccessRefuses() throws Exception {
        // Given: partial_success { rejected_spans: 300, error_message: "no" }
        byte[] partial = {0x0A, 0x07, 0x08, (byte) 0xAC, 0x02, 0x12, 0x02, 'n', 'o'};
        serve(exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, partial.length);
            exchange.getResponseBody().write(partial);
            exchange.close();
        });
        Sender sender = sender(1, 0);

        // When
        sender.start(START);

        // Then
        assertThat(sender.await(Duration.ofSeconds(30))).isTrue();
        assertThat(sender.tally().refusedSpans()).isEqualTo(300);
    }

    private interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    private void serve(Handler handler) {
        server.createContext("/v1/traces", exchange -> {
            assertThat(exchange.getRequestHeaders().getFirst("Authorization")).isEqualTo("Bearer sk-mr-test");
            handler.handle(exchange);
        });
        server.start();
    }

    private Sender sender(long requests, int repeatEvery) {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return new Sender(
                WORKLOAD,
                SCHEDULE,
                () -> new Endpoint(url, "sk-mr-test"),
                new Sender.Settings(requests, 4, Duration.ofSeconds(10), Duration.ofMillis(5), repeatEvery));
    }
}
