package io.millrace.bench.edge;

import io.millrace.bench.stack.ApiClient;
import io.millrace.bench.stack.Ready;
import io.millrace.bench.stack.Stack;
import io.millrace.bench.stack.StackFolder;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What stands behind an edge that is measured: an installation that {@code up} made and in which two projects were set up
 * through the API. Then it is stopped, and its log and its cache go on without the jobs, which would take the processors.
 *
 * @param program the jar that has the edge
 * @param masked the key of a project with limits and with all built-in detectors
 * @param unmasked the key of a project with the same limits and no masking
 */
record EdgeSite(StackFolder folder, Path program, String masked, String unmasked, ChildMachine backing)
        implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(5);
    private static final long PAUSE_MILLIS = 50;
    private static final String HEAP = "-Xmx1g";

    private static final List<String> DETECTORS =
            List.of("email", "phone", "payment_card", "iban", "national_id", "ip_address", "secret", "jwt");
    /** Far more than comes, so that the limiter is asked each time and never refuses. */
    private static final Map<String, Object> LIMITS =
            Map.of("spans_per_second", 100_000_000L, "bytes_per_second", 800_000_000L);

    private static final Map<String, Object> MASKING =
            Map.of("detectors", DETECTORS.stream().collect(Collectors.toMap(detector -> detector, detector -> "mask")));

    static EdgeSite prepare(Stack.Launch launch) throws IOException, InterruptedException {
        Path program =
                launch.millrace().resolveSibling("standalone").resolve("target").resolve("millrace.jar");
        String masked;
        String unmasked;
        try (Stack stack = Stack.start(launch)) {
            Ready ready = stack.awaitReady(START);
            ApiClient api =
                    new ApiClient(ready.api(), stack.folder().credentials().token());
            masked = api.newProject("edge masked", Map.of("limits", LIMITS, "masking", MASKING))
                    .secret();
            unmasked = api.newProject("edge unmasked", Map.of("limits", LIMITS)).secret();
            awaitKey(ready, masked);
            awaitKey(ready, unmasked);
        }
        if (!Files.isRegularFile(program)) {
            throw new IOException("there is no " + program + ": the edge cannot be started by itself");
        }
        ChildMachine backing = ChildMachine.converse(
                List.of(HEAP, "-Duser.timezone=UTC"),
                BackingMain.class,
                List.of(launch.data().toString()),
                log(launch.data(), "backing"));
        backing.await(BackingMain.READY);
        return new EdgeSite(launch.folder(), program, masked, unmasked, backing);
    }

    /** Until the log has the key, and with it what was set before. */
    private static void awaitKey(Ready ready, String secret) throws IOException, InterruptedException {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest empty = HttpRequest.newBuilder(ready.ingest().resolve("/v1/traces"))
                .header("Content-Type", "application/x-protobuf")
                .header("Authorization", "Bearer " + secret)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        long until = System.nanoTime() + START.toNanos();
        while (http.send(empty, BodyHandlers.discarding()).statusCode() != 200) {
            if (System.nanoTime() - until > 0) {
                throw new IOException("the edge does not know a new key");
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    /** Where a process of this site logs. */
    Path log(String process) {
        return log(folder.root(), process);
    }

    private static Path log(Path data, String process) {
        return data.resolveSibling(data.getFileName() + "-" + process + ".log");
    }

    /** The broker's process. */
    long brokerPid() {
        return backing.pid();
    }

    long redisPid() throws IOException {
        return folder.redisServer();
    }

    @Override
    public void close() throws InterruptedException {
        backing.close();
    }
}
