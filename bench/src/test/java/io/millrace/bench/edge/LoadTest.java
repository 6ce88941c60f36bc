package io.millrace.bench.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.bench.edge.Load.Pace;
import io.millrace.bench.edge.LoadTally.Counts;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadTest {
    private static final Duration LONGEST = Duration.ofSeconds(100);
    private static final Bodies BODIES = Bodies.of(Payload.LEAN, Wire.OTLP_PROTOBUF, 1_795_000_000_000_000_000L);

    private final AtomicInteger arrived = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    private interface Handler {
        void handle(HttpExchange exchange, byte[] body) throws Exception;
    }

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
    }

    @AfterEach
    void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void everyRequestIsWholeAndHasTracesOfItsOwn() throws Exception {
        Set<Object> traces = ConcurrentHashMap.newKeySet();
        Load load = load(Pace.closed(4), (exchange, body) -> {
            ExportTraceServiceRequest.parseFrom(body)
                    .getResourceSpans(0)
                    .getScopeSpans(0)
                    .getSpansList()
                    .forEach(span -> traces.add(span.getTraceId()));
            arrived.incrementAndGet();
            answer(exchange, 200);
        });
        await().atMost(LONGEST).until(() -> load.counts().taken() >= 100);
        load.close();

        Counts counts = load.counts();
        assertThat(counts.isClean()).isTrue();
        assertThat(counts.sent()).isEqualTo(counts.taken()).isEqualTo(arrived.get());
        assertThat(traces).hasSize(20 * arrived.get());
    }

    @Test
    void refusalsAreToldApart() throws Exception {
        Load load = load(Pace.closed(2), (exchange, body) -> {
            int number = arrived.incrementAndGet();
            if (number % 3 != 0) {
                exchange.getResponseHeaders().add("Retry-After", "1");
            }
            answer(exchange, number % 3 == 1 ? 503 : number % 3 == 2 ? 429 : 500);
        });
        await().atMost(LONGEST).until(() -> load.counts().refused() >= 10);
        load.close();

        Counts counts = load.counts();
        assertThat(counts.taken()).isZero();
        assertThat(counts.unanswered()).isZero();
        assertThat(counts.refused()).isEqualTo(arrived.get() - arrived.get() / 3);
        assertThat(counts.wrong()).hasSize(1).containsEntry("status 500", (long) arrived.get() / 3);
        assertThat(counts.isAnswered()).isFalse();
    }

    @Test
    void aConnectionThatIsCutCountsAsUnanswered() throws Exception {
        Load load = load(Pace.closed(1), (exchange, body) -> {
            if (arrived.incrementAndGet() == 2) {
                exchange.close();
            } else {
                answer(exchange, 200);
            }
        });
        await().atMost(LONGEST).until(() -> load.counts().taken() >= 3);
        load.close();

        assertThat(load.counts().unanswered()).isEqualTo(1);
        assertThat(load.counts().sent()).isEqualTo(load.counts().taken() + 1);
    }

    @Test
    void anOpenLoopDoesNotWaitForAnswers() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        Load load = load(new Pace(10, 1_000), (exchange, body) -> {
            arrived.incrementAndGet();
            answers.await();
            answer(exchange, 200);
        });
        await().atMost(LONGEST).until(() -> arrived.get() == 10);
        assertThat(load.counts().sent()).isEqualTo(10);
        assertThat(load.counts().taken()).isZero();
        answers.countDown();
        await().atMost(LONGEST).until(() -> load.counts().taken() >= 20);
        load.close();

        assertThat(load.counts().isClean()).isTrue();
        assertThat(load.counts().sent()).isEqualTo(load.counts().taken());
    }

    private Load load(Pace pace, Handler handler) throws IOException {
        server.createContext("/v1/traces", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            try {
                handler.handle(exchange, body);
            } catch (Exception e) {
                exchange.close();
            }
        });
        server.start();
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return Load.start(new Target(url, "sk-mr-test"), BODIES, pace);
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
