package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.ingest.admission.Admission;
import io.millrace.ingest.langfuse.MediaTickets;
import io.millrace.ingest.limit.Charge;
import io.millrace.ingest.limit.LimitName;
import io.millrace.ingest.limit.Limiter;
import io.millrace.ingest.limit.Verdict;
import io.millrace.ingest.log.SpanLog;
import io.millrace.ingest.metric.IngestMetrics;
import io.millrace.ingest.project.DirectoryEntries;
import io.millrace.ingest.share.FairShare;
import io.millrace.ingest.span.EncodedRecord;
import io.millrace.ingest.span.LargePayloads;
import io.millrace.ingest.span.SpanLimits;
import io.millrace.ingest.webhook.Sources;
import io.millrace.schema.webhook.WebhookStyle;
import io.millrace.schema.wire.RateLimits;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests between a limiter and a log that the test holds in its hands. */
class LimitedExchangeIT {
    private static final int MIB = 1 << 20;
    private static final String FREE = "sk-mr-free";
    private static final String LIMITED = "sk-mr-limited";
    private static final String SOURCE = "whk_1";
    private static final String SECRET = "of the sender and nobody else";

    /** A question to the limiter that waits for its answer. */
    private record Asked(List<Charge> charges, CompletableFuture<Verdict> answer) {}

    private final Vertx vertx = Vertx.vertx();
    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> appendedOnLoop = new LinkedBlockingQueue<>();
    private final BlockingQueue<Runnable> alarms = new LinkedBlockingQueue<>();
    private final FairShare memory = new FairShare(64L * MIB);
    private final FairShare deliveries = new FairShare(8L * MIB);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private CompletableFuture<Void> durable = CompletableFuture.completedFuture(null);
    private HttpServer server;

    @BeforeEach
    void listen() {
        UUID free = UUID.randomUUID();
        UUID limited = UUID.randomUUID();
        DirectoryEntries entries = new DirectoryEntries()
                .project(free, 30)
                .key("free", free, "pk-mr-free", FREE, List.of("ingest"), 0)
                .project(limited, 30)
                .key("limited", limited, "pk-mr-limited", LIMITED, List.of("ingest"), 0)
                .limits(
                        limited,
                        RateLimits.newBuilder()
                                .setSpansPerSecond(1)
                                .setSpansBurst(1)
                                .setBytesPerSecond(1)
                                .setBytesBurst(1))
                .webhook(Sources.entry(SOURCE, limited, WebhookStyle.SHARED_SECRET, SECRET));
        IngestMetrics metrics = new IngestMetrics(meters);
        IngestParts parts = new IngestParts(
                new Limits(16 * MIB, 16 * MIB, Duration.ofSeconds(30), Duration.ofSeconds(3), SpanLimits.DEFAULT),
                Clock.systemUTC(),
                (loop, delay, late) -> {
                    Context context = loop.getOrCreateContext();
                    alarms.add(() -> context.runOnContext(rings -> late.run()));
                    return () -> {};
                },
                new Gate(List.of()),
                new Admission(entries::directory, Clock.systemUTC()),
                memory,
                deliveries,
                new HeldLog(),
                new HeldLimiter(),
                new BlobWrites(null, LargePayloads.NONE, vertx.createSharedWorkerExecutor("blobs", 1), metrics),
                new MediaTickets(new byte[16]),
                metrics,
                vertx.createSharedWorkerExecutor("decode", 1));
        server = await(vertx.createHttpServer()
                .requestHandler(new Requests(vertx, Turns.on(vertx, new WaitingRoom()), parts, new Cors(Set.of())))
                .listen(0, "127.0.0.1"));
    }

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    private final class HeldLimiter implements Limiter {
        @Override
        public CompletionStage<Verdict> take(List<Charge> charges) {
            Asked question = new Asked(charges, new CompletableFuture<>());
            asked.add(question);
            return question.answer();
        }

        @Override
        public boolean isLocal() {
            return false;
        }
    }

    private final class HeldLog implements SpanLog {
        @Override
        public CompletionStage<Void> append(UUID project, List<EncodedRecord> records, long receivedAtMillis) {
            appendedOnLoop.add(Context.isOnEventLoopThread());
            return durable;
        }

        @Override
        public Optional<String> unreadiness() {
            return Optional.empty();
        }

        @Override
        public long unacknowledgedBytes() {
            return 0;
        }
    }

    @Test
    void whoHasNoLimitsIsNotCounted() throws Exception {
        assertThat(sent(FREE, span(1)).get(100, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(asked).isEmpty();
        assertThat(appendedOnLoop.take()).isTrue();
    }

    @Test
    void smallBodiesStayOnTheEventLoop() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = sent(LIMITED, span(1));
        assertThat(next().charges()).extracting(Charge::units).containsExactly((long) span(1).length());
        assertThat(next().charges()).extracting(Charge::units).containsExactly(1L);
        assertThat(answer.get(100, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(appendedOnLoop.take()).isTrue();
        assertThat(memory.held()).isZero();
    }

    /** To pack what has to be sent to the log takes long: the loop would keep all its other clients waiting. */
    @Test
    void largeBodiesGoToTheLogByWorkersWhoeverWasWaitedFor() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = sent(LIMITED, span(MIB));
        next();
        next();
        assertThat(answer.get(100, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(appendedOnLoop.take()).isFalse();
        assertThat(memory.held()).isZero();
    }

    @Test
    void whatTheLogHasIsPaidForByTheLogAlone() throws Exception {
        durable = new CompletableFuture<>();
        for (int length : new int[] {1, MIB}) {
            CompletableFuture<HttpResponse<String>> answer = sent(LIMITED, span(length));
            next();
            next();
            appendedOnLoop.take();
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> memory.held() == 0);
            assertThat(answer).isNotDone();
        }
        durable.complete(null);
    }

    @Test
    void whatIsRefusedHoldsNoMemoryAndIsNotInTheLog() throws Exception {
        for (int before = 0; before < 2; before++) {
            CompletableFuture<HttpResponse<String>> answer = sent(LIMITED, span(MIB));
            for (int i = 0; i < before; i++) {
                next();
            }
            asked.take().answer().complete(new Verdict(LimitName.PROJECT_SPANS, 61_000_000_001L));

            HttpResponse<String> refused = answer.get(100, TimeUnit.SECONDS);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).contains("62");
            assertThat(memory.held()).isZero();
            assertThat(appendedOnLoop).isEmpty();
        }
    }

    /** Else whoever knows a source's path could keep its sender out. */
    @Test
    void aDeliveryIsCountedOnceItIsProved() throws Exception {
        assertThat(delivered("of another", "{}").get(100, TimeUnit.SECONDS).statusCode())
                .isEqualTo(401);
        assertThat(asked).isEmpty();

        CompletableFuture<HttpResponse<String>> answer = delivered(SECRET, "{\"a\": 1}");
        assertThat(next().charges()).extracting(Charge::units).containsExactly(8L, 1L);
        assertThat(answer.get(100, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(memory.held()).isZero();
    }

    @Test
    void aDeliveryOverTheLimitIsRefusedAndHoldsNoMemory() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = delivered(SECRET, "{}");
        asked.take().answer().complete(new Verdict(LimitName.PROJECT_BYTES, 1));
        assertThat(answer.get(100, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
        assertThat(memory.held()).isZero();
        assertThat(appendedOnLoop).isEmpty();
    }

    /** Its sender needs no secret to begin it: what it holds is not to be missing for the project's other requests. */
    @Test
    void aDeliveryUnderWayHoldsNoMemoryOfOthers() throws Exception {
        try (Socket open = new Socket("127.0.0.1", server.actualPort())) {
            begin(open, "/webhooks/" + SOURCE, "X-Webhook-Secret: of another");
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> deliveries.held() > 0);
            assertThat(memory.held()).isZero();
        }
        Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> deliveries.held() == 0);
    }

    @Test
    void whoIsGoneBeforeTheAnswerWasNotAnswered() throws Exception {
        try (Socket open = new Socket("127.0.0.1", server.actualPort())) {
            begin(open, "/v1/spans", "Authorization: Bearer " + FREE);
            Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> memory.held() > 0);
        }
        Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> memory.held() == 0);
        assertThat(sent(FREE, span(1)).get(100, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        Awaitility.await()
                .atMost(Duration.ofSeconds(100))
                .until(() -> meters.find("http.server.requests").timer() != null);
        assertThat(meters.get("http.server.requests").timer().count()).isEqualTo(1);
    }

    /** What is told of two hundred items takes more than they did. */
    @Test
    void anAnswerIsPaidForUntilItIsWritten() throws Exception {
        durable = new CompletableFuture<>();
        CompletableFuture<HttpResponse<String>> answer = sent(FREE, "[" + "0,".repeat(199) + "0]");
        appendedOnLoop.take();
        Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> memory.held() > 200 * 200);
        durable.complete(null);
        assertThat(answer.get(100, TimeUnit.SECONDS).body()).hasSizeGreaterThan(200 * 50);
        Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> memory.held() == 0);
    }

    /** Some hundred bytes on the wire, and each of twenty thousand lines is looked at. */
    @Test
    void whatIsPackedTooWellGoesToAWorker() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("0\n".repeat(20_000).getBytes(StandardCharsets.US_ASCII));
        }
        HttpResponse<String> answer = packed("/v1/spans", "application/x-ndjson", packed.toByteArray());
        assertThat(answer.body()).contains("\"refused_total\":20000");
        assertThat(appendedOnLoop.take()).isFalse();
    }

    private HttpResponse<String> packed(String path, String contentType, byte[] gzip)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
                .header("Authorization", "Bearer " + FREE)
                .header("Content-Type", contentType)
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(gzip))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    /** A request without its end. */
    private static void begin(Socket open, String path, String header) throws IOException {
        open.getOutputStream()
                .write(("POST " + path + " HTTP/1.1\r\nHost: edge\r\nContent-Type: application/json\r\n" + header
                                + "\r\nContent-Length: 1000\r\n\r\n{")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /** Twenty bytes each: ten thousand are a small request, and none on its own brings anything. */
    @Test
    void aBodyOfEmptyMembersIsAnsweredAndHoldsNoMemory() throws Exception {
        ByteArrayOutputStream empty = new ByteArrayOutputStream();
        new GZIPOutputStream(empty).close();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < 10_000; i++) {
            body.write(empty.toByteArray());
        }
        int status = packed("/v1/traces", "application/x-protobuf", body.toByteArray())
                .statusCode();
        assertThat(memory.held()).isZero();
        assertThat(status).isEqualTo(200);
    }

    @Test
    void aLimiterThatDoesNotAnswerIsNotWaitedForLongerThanTheLog() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = sent(LIMITED, span(1));
        Asked held = asked.take();
        alarms.take().run();
        assertThat(answer.get(100, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
        held.answer().complete(new Verdict(LimitName.PROJECT_BYTES, 1));
    }

    /** The next question to the limiter, which then takes it, on a thread of its own. */
    private Asked next() throws InterruptedException {
        Asked question = asked.take();
        question.answer().completeAsync(() -> Verdict.TAKEN);
        return question;
    }

    private CompletableFuture<HttpResponse<String>> sent(String key, String body) {
        return HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + "/v1/spans"))
                                .header("Authorization", "Bearer " + key)
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
    }

    private CompletableFuture<HttpResponse<String>> delivered(String secret, String body) {
        return HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + server.actualPort() + "/webhooks/" + SOURCE))
                                .header("Content-Type", "application/json")
                                .header("X-Webhook-Secret", secret)
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
    }

    private static String span(int inputLength) {
        Instant now = Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
        return "{\"trace_id\":\"%032x\",\"span_id\":\"%016x\",\"name\":\"n\",\"start\":\"%s\",\"end\":\"%s\",\"input\":\"%s\"}"
                .formatted(7, 7, now, now, "i".repeat(inputLength));
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(100, TimeUnit.SECONDS)
                .join();
    }
}
