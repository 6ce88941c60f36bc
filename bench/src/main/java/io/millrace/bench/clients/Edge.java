package io.millrace.bench.clients;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An edge in a process of its own, so that it can die while Kafka lives, and live while Kafka is stopped. It keeps its ports
 * when it is started again.
 */
final class Edge implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(2);
    private static final long POLL_MILLIS = 20;
    private static final int TRACES = 100;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final ProcessBuilder builder;
    private final int port = freePort();
    private final int grpcPort = freePort();
    private final Thread atExit = new Thread(this::kill, "edge-at-exit");
    private Process process;

    /**
     * Starts one, and returns when it takes work.
     *
     * @param jar whose class path has the edge
     * @param settings of it, beside its ports
     * @param log takes what it prints
     */
    Edge(Path jar, Map<String, String> settings, Path log) throws IOException, InterruptedException {
        builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-Duser.timezone=UTC",
                        "-cp",
                        jar.toString(),
                        "io.millrace.ingest.IngestMain"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("MILLRACE_INGEST_HOST", "127.0.0.1");
        environment.put("MILLRACE_INGEST_PORT", Integer.toString(port));
        environment.put("MILLRACE_INGEST_GRPC_PORT", Integer.toString(grpcPort));
        environment.put("MILLRACE_INGEST_MANAGEMENT_PORT", "-1");
        builder.environment().putAll(environment);
        process = builder.start();
        Runtime.getRuntime().addShutdownHook(atExit);
        awaitReady();
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    URI http() {
        return URI.create("http://127.0.0.1:" + port);
    }

    URI grpc() {
        return URI.create("http://127.0.0.1:" + grpcPort);
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Starts it again after it was killed, and returns when it takes work. */
    void again() throws IOException, InterruptedException {
        process.waitFor();
        process = builder.start();
        awaitReady();
    }

    private void awaitReady() throws IOException, InterruptedException {
        HttpRequest ready = HttpRequest.newBuilder(http().resolve("/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        await("the edge takes no work", () -> status(ready) == 200);
    }

    /** Waits until the edge has heard of a key. */
    void awaitKey(String secret) throws IOException, InterruptedException {
        HttpRequest nothing = traces(secret, "{\"resourceSpans\":[]}");
        await("the edge does not know a key", () -> status(nothing) == 200);
    }

    /** Waits until spans of so many traces are acknowledged that every partition of the log has some. */
    void awaitTaking(String secret) throws IOException, InterruptedException {
        String spans = IntStream.range(0, TRACES).mapToObj(i -> span()).collect(Collectors.joining(","));
        HttpRequest request = traces(secret, "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + spans + "]}]}]}");
        await("the edge takes no spans", () -> status(request) == 200);
    }

    private static String span() {
        String id = UUID.randomUUID().toString().replace("-", "");
        long now = System.currentTimeMillis();
        return ("{\"traceId\":\"%s\",\"spanId\":\"%s\",\"name\":\"probe\","
                        + "\"startTimeUnixNano\":\"%d000000\",\"endTimeUnixNano\":\"%d000000\"}")
                .formatted(id, id.substring(16), now, now);
    }

    private HttpRequest traces(String secret, String json) {
        return HttpRequest.newBuilder(http().resolve("/v1/traces"))
                .timeout(Duration.ofSeconds(5))
                .header("Authorization", "Bearer " + secret)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
    }

    private interface Condition {
        boolean holds() throws InterruptedException;
    }

    private void await(String complaint, Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (!condition.holds()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException(
                        complaint + "; see " + builder.redirectOutput().file());
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private int status(HttpRequest request) throws InterruptedException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Stops it in order, as SIGTERM does; kills it when that takes 20 s. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            kill();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // This process is ending: the hook runs already.
        }
    }
}
