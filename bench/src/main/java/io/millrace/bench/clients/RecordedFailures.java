package io.millrace.bench.clients;

import java.time.Duration;
import java.util.Map;

/** What each client was seen to do, or says in its source that it does, when spans are not taken. */
final class RecordedFailures {
    private static final Persistence OTEL_JS =
            Persistence.inTurn(10, 10, "5 retries within 10 s in all, then the batch is dropped");
    private static final Persistence OTEL_JS_GRPC =
            Persistence.inTurn(3.5, 0, "no retry: a batch that meets with UNAVAILABLE is dropped");
    private static final Persistence OTEL_JAVA =
            Persistence.inTurn(10, 10, "5 tries within 10 s in all, then the batch is dropped");
    private static final Persistence OTEL_PYTHON =
            Persistence.inTurn(10, 10, "6 tries within 10 s in all, then the batch is dropped");
    private static final Persistence LANGFUSE =
            Persistence.inTurn(5, 5, "OpenTelemetry's exporter with 5 s in all, then the batch is dropped");
    private static final Persistence LANGFUSE_CLASSIC =
            Persistence.sideBySide(1, 23, 9, "3 retries, 3 s after each failure, then the batch is dropped");
    private static final Persistence LANGSMITH_JS =
            Persistence.sideBySide(0.25, 43, 25.5, "4 retries after about 2, 3, 6 and 15 s, then the batch is dropped");
    /** Its 9 s if nobody answers are what outages of 14 and 20 s showed: its source gives the tries, not how long they take. */
    private static final Persistence LANGSMITH_PYTHON = new Persistence(
            Duration.ofMillis(250),
            Duration.ofSeconds(60),
            Duration.ofSeconds(9),
            true,
            "3 times 4 tries, up to 2 s apart or as the answer says, then the batch is dropped; one that waits for a"
                    + " processor meanwhile is not");

    private static final Map<String, Persistence> BY_CLIENT = Map.ofEntries(
            Map.entry("otel-java-http", OTEL_JAVA),
            Map.entry("otel-java-grpc", OTEL_JAVA),
            Map.entry("otel-js-protobuf", OTEL_JS),
            Map.entry("otel-js-json", OTEL_JS),
            Map.entry("otel-js-grpc", OTEL_JS_GRPC),
            Map.entry("langfuse-js", LANGFUSE),
            Map.entry("langfuse-js-classic", LANGFUSE_CLASSIC),
            Map.entry("langsmith-js", LANGSMITH_JS),
            Map.entry("openinference-js", OTEL_JS),
            Map.entry("vercel-ai", OTEL_JS),
            Map.entry("otel-python-http", OTEL_PYTHON),
            Map.entry("otel-python-grpc", OTEL_PYTHON),
            Map.entry("langfuse-python", LANGFUSE),
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
