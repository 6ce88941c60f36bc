package io.millrace.ingest;

import com.google.protobuf.CodedInputStream;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.ingest.http.Alarm;
import io.millrace.ingest.http.ConnectionLimits;
import io.millrace.ingest.webhook.Sources;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** A running edge on a real broker, and a plain HTTP client. */
final class Edge implements AutoCloseable {
    static final String SECRET = "sk-mr-edge";
    static final String PUBLIC = "pk-mr-edge";
    static final String PROTOBUF = "application/x-protobuf";
    static final String JSON = "application/json";
    /** What {@code received_at} is. */
    static final Instant RECEIVED = Instant.now().minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MILLIS);

    /** When it answers for a log that does not, unless a test sets another one. */
    static final Duration DEADLINE = Duration.ofMinutes(2);

    private final Vertx vertx = EdgeTransport.vertx(new VertxOptions()).build();
    private final Queue<Throwable> unhandled = new ConcurrentLinkedQueue<>();
    private final Ingest ingest;
    private final HttpClient http;

    Edge(Map<String, String> kafka) {
        this(kafka, config -> config);
    }

    Edge(Map<String, String> kafka, UnaryOperator<IngestConfig> adapted) {
        this(kafka, adapted, RECEIVED, Alarm.CLOCK);
    }

    /**
     * @param received what its clock says
     */
    Edge(Map<String, String> kafka, UnaryOperator<IngestConfig> adapted, Instant received) {
        this(kafka, adapted, received, Alarm.CLOCK);
    }

    /**
     * @param alarm rings when an answer is due
     */
    Edge(Map<String, String> kafka, UnaryOperator<IngestConfig> adapted, Instant received, Alarm alarm) {
        vertx.exceptionHandler(unhandled::add);
        IngestConfig config = adapted.apply(patient(
                IngestConfig.of(kafka).withHost("127.0.0.1").withPorts(0, 0, 0).withWebhookKey(Sources.KEY)));
        this.ingest = await(Ingest.start(
                vertx,
                config,
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                Clock.fixed(received, ZoneOffset.UTC),
                alarm));
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(100))
                .build();
    }

    /** One that answers for a log that hangs while a test waits; long enough for a broker that goes on to be found again. */
    static Edge impatient() {
        return new Edge(
                EdgeExtension.kafka().client(),
                config -> config.withLimits(config.limits().withDeadline(Duration.ofSeconds(10))));
    }

    /** What is tested takes as long as the machine takes; who tests a deadline sets one. */
    private static IngestConfig patient(IngestConfig config) {
        ConnectionLimits connections = new ConnectionLimits(10_000, Duration.ofMinutes(5), 16 * 1024, 100, 400);
        return config.withServer(new ServerSettings(connections, null, Set.of()))
                .withLimits(config.limits().withDeadline(DEADLINE));
    }

    /** Waits until it takes spans. */
    Edge ready() {
        Awaitility.await().atMost(100, TimeUnit.SECONDS).until(() -> ingest.unreadiness(), List::isEmpty);
        return this;
    }

    Ingest ingest() {
        return ingest;
    }

    /** What was thrown on an event loop and caught by nobody. */
    Queue<Throwable> unhandled() {
        return unhandled;
    }

    int port() {
        return ingest.port();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + ingest.port() + path);
    }

    HttpResponse<byte[]> post(String path, String contentType, byte[] body, String... headers) {
        return send(request(path, contentType, BodyPublishers.ofByteArray(body), headers));
    }

    HttpRequest request(String path, String contentType, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(DEADLINE.plusSeconds(30))
                .header("Authorization", "Bearer " + SECRET)
                .POST(body);
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return request.build();
    }

    HttpResponse<byte[]> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofByteArray());
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException ended) {
            throw new AssertionError(ended);
        }
    }

    HttpClient http() {
        return http;
    }

    HttpResponse<byte[]> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    String metrics() {
        URI uri = URI.create("http://127.0.0.1:" + ingest.managementPort() + "/metrics");
        return new String(send(HttpRequest.newBuilder(uri).build()).body(), java.nio.charset.StandardCharsets.UTF_8);
    }

    /** The code of a {@code google.rpc.Status} in either form. */
    static int rpcCode(HttpResponse<byte[]> answer) {
        if (contentType(answer).equals(JSON)) {
            return json(answer).getInteger("code");
        }
        try {
            CodedInputStream in = CodedInputStream.newInstance(answer.body());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == 8) {
                    return in.readInt32();
                }
                in.skipField(tag);
            }
            return 0;
        } catch (IOException noStatus) {
            throw new AssertionError(noStatus);
        }
    }

    static JsonObject json(HttpResponse<byte[]> answer) {
        return new JsonObject(io.vertx.core.buffer.Buffer.buffer(answer.body()));
    }

    static String contentType(HttpResponse<?> answer) {
        return answer.headers().firstValue("Content-Type").orElse("");
    }

    private static <T> T await(io.vertx.core.Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(100, TimeUnit.SECONDS)
                .join();
    }

    @Override
    public void close() {
        await(ingest.close());
        await(vertx.close());
    }
}
