package io.millrace.bench.clients;

import io.millrace.bench.stack.ApiClient;
import io.millrace.bench.stack.Ready;
import io.millrace.bench.stack.Stack;
import io.millrace.bench.stack.StackFolder;
import io.millrace.bench.stack.TotalsStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** A whole stack, of which Kafka, the jobs, the API, Postgres and Redis are used, and an edge beside it. */
final class Ground implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(5);

    /** Of bodies, small enough to be filled by so many connections as one generator can have. */
    private static final Map<String, String> SMALL = Map.of(
            "MILLRACE_INGEST_LIMIT_WIRE_BYTES", "4194304",
            "MILLRACE_INGEST_LIMIT_UNPACKED_BYTES", "4194304",
            "MILLRACE_INGEST_IN_FLIGHT_BYTES", "16777216",
            "MILLRACE_INGEST_LOG_BUFFER_BYTES", "16777216");

    private final Stack.Launch launch;
    private final Stack stack;
    private final Ready ready;
    private final StackFolder.Credentials credentials;

    private Ground(Stack.Launch launch, Stack stack, Ready ready, StackFolder.Credentials credentials) {
        this.launch = launch;
        this.stack = stack;
        this.ready = ready;
        this.credentials = credentials;
    }

    static Ground start(Stack.Launch launch) throws IOException, InterruptedException {
        Stack stack = Stack.start(launch);
        try {
            Ready ready = stack.awaitReady(START);
            return new Ground(launch, stack, ready, stack.folder().credentials());
        } catch (IOException | InterruptedException | RuntimeException e) {
            stack.killTree();
            throw e;
        }
    }

    /** Where the project's script lies. */
    Path root() {
        return Objects.requireNonNull(launch.millrace().toAbsolutePath().getParent());
    }

    /** An edge for one outage; that for an overload has little memory. */
    Edge edge(Outage outage) throws IOException, InterruptedException {
        Map<String, String> settings = new HashMap<>();
        stack.folder()
                .kafka()
                .forEach((name, value) -> settings.put(
                        "MILLRACE_KAFKA_" + name.toUpperCase(Locale.ROOT).replace('.', '_'), value));
        settings.put("MILLRACE_REDIS_URL", stack.folder().redis().toString());
        if (outage == Outage.OVERLOAD) {
            settings.putAll(SMALL);
        }
        return new Edge(root().resolve("standalone/target/millrace.jar"), settings, launch.log());
    }

    /** A key with every scope. */
    ApiClient admin() {
        return new ApiClient(ready.api(), credentials.token());
    }

    ApiClient api(String secret) {
        return new ApiClient(ready.api(), secret);
    }

    /** A key of the stack's first project. */
    String secret() {
        return credentials.secret();
    }

    TotalsStore store() throws IOException, SQLException {
        return TotalsStore.open(stack.folder().postgres());
    }

    /** Stops the process in which Kafka is, or lets it go on; jobs and API stop with it. */
    void signalKafka(String signal) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + signal, Long.toString(stack.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + signal + " ended with " + code);
        }
    }

    /** Kills Redis if it runs. */
    void killRedis() {
        try {
            ProcessHandle.of(stack.folder().redisServer()).ifPresent(ProcessHandle::destroyForcibly);
        } catch (IOException | NumberFormatException e) {
            // It is being started again: the next blow meets it.
        }
    }

    @Override
    public void close() throws InterruptedException {
        stack.close();
    }
}
