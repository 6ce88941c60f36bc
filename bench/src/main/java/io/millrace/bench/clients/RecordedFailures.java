package io.millrace.bench.clients;

import io.millrace.bench.clients.Persistence.Patience;
import java.util.Map;

/**
 * What each client does when spans are not taken, as the source of its SDK says in the version that {@code clients} pins. A
 * client's tries are summed up from its first one: what it waits between them, and what each takes.
 */
final class RecordedFailures {
    private static final double BATCHES = 5;

    /**
     * A 503 says after what time to come again, a connection that is refused does not: 1 s, half as much again each time, a
     * fifth more or less. What is over after 10 s is not begun, and what was begun may then take as long as was left before
     * it waited.
     */
    private static final Persistence OTEL_JS = Persistence.inTurn(
            BATCHES,
            Patience.seconds(8, 11),
            Patience.seconds(6.5, 9.8),
            "5 retries that begin within 10 s, then the batch is dropped");

    /** A connection of gRPC that finds nobody looks again after 1 s, 1.6 times as much each time; until then tries fail. */
    private static final Persistence OTEL_JS_GRPC = Persistence.inTurn(
            BATCHES,
            Patience.seconds(0, 3.5),
            Patience.seconds(-5, 0),
            "no retry: a batch that meets with UNAVAILABLE is dropped");
    /** 1 s, half as much again each time, a fifth more or less, whatever the answer says. */
    private static final Persistence OTEL_JAVA = Persistence.inTurn(
            BATCHES,
            Patience.seconds(8, 10),
            Patience.seconds(6.5, 9.8),
            "5 tries within 10 s in all, then the batch is dropped");
    /** As the answer says, else 1 s, twice as much each time, a fifth more or less. */
    private static final Persistence OTEL_PYTHON = Persistence.inTurn(
            BATCHES,
            Patience.seconds(8, 10),
            Patience.seconds(5.6, 8.4),
            "6 tries within 10 s in all, then the batch is dropped");
    /** It looks for what to wait at another place than gRPC says. Its connection waits as well, if less: each batch has another. */
    private static final Persistence OTEL_PYTHON_GRPC = Persistence.inTurn(
            BATCHES,
            Patience.seconds(3.8, 10),
            Patience.seconds(3, 8.4),
            "6 tries within 10 s in all, then the batch is dropped");

    private static final Persistence LANGFUSE_JS = Persistence.inTurn(
            BATCHES,
            Patience.seconds(4, 6),
            Patience.seconds(2.3, 5),
            "OpenTelemetry's exporter with 5 s instead of 10, then the batch is dropped");
    private static final Persistence LANGFUSE_PYTHON = Persistence.inTurn(
            BATCHES,
            Patience.seconds(4, 5),
            Patience.seconds(2.4, 3.6),
            "OpenTelemetry's exporter with 5 s instead of 10, then the batch is dropped");
    private static final Persistence LANGFUSE_CLASSIC = Persistence.sideBySide(
            1.25,
            Patience.seconds(18, 23),
            Patience.seconds(9, 9),
            "3 retries, 3 s after each failure, then the batch is dropped");
    /** Each waits once to twice 1, 2, 4 and 8 s, whatever the answer says. */
    private static final Persistence LANGSMITH_JS = Persistence.sideBySide(
            0.25,
            Patience.seconds(27, 47.5),
            Patience.seconds(15, 30),
            "4 retries after 1 to 2, 2 to 4, 4 to 8 and 8 to 16 s, then the batch is dropped");
    /**
     * One round of tries is 4: at once, and as the answer says, or after 0, 1 and 2 s. Another round begins at once when nobody
     * was there, and none after a 503.
     */
    private static final Persistence LANGSMITH_PYTHON = Persistence.inTurn(
            0.5,
            Patience.seconds(12, 17),
            Patience.seconds(9, 9),
            "4 tries if it is answered 503, else 3 times 4 tries within 9 s, then the batch is dropped");

    private static final Map<String, Persistence> BY_CLIENT = Map.ofEntries(
            Map.entry("otel-java-http", OTEL_JAVA),
            Map.entry("otel-java-grpc", OTEL_JAVA),
            Map.entry("otel-js-protobuf", OTEL_JS),
            Map.entry("otel-js-json", OTEL_JS),
            Map.entry("otel-js-grpc", OTEL_JS_GRPC),
            Map.entry("langfuse-js", LANGFUSE_JS),
            Map.entry("langfuse-js-classic", LANGFUSE_CLASSIC),
            Map.entry("langsmith-js", LANGSMITH_JS),
            Map.entry("openinference-js", OTEL_JS),
            Map.entry("vercel-ai", OTEL_JS),
            Map.entry("otel-python-http", OTEL_PYTHON),
            Map.entry("otel-python-grpc", OTEL_PYTHON_GRPC),
            Map.entry("langfuse-python", LANGFUSE_PYTHON),
            Map.entry("langsmith-python", LANGSMITH_PYTHON),
            Map.entry("openinference-python", OTEL_PYTHON),
            Map.entry("openllmetry-python", OTEL_PYTHON));

    private RecordedFailures() {}

    /** @throws IllegalArgumentException for a client of which nothing was recorded */
    static Persistence of(String client) {
        Persistence recorded = BY_CLIENT.get(client);
        if (recorded == null) {
            throw new IllegalArgumentException("nothing is recorded of " + client);
        }
        return recorded;
    }
}
