package io.millrace.bench.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.bench.stack.ApiClient;
import io.millrace.bench.stack.Ready;
import io.millrace.bench.stack.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One demo from its start until its end, and what is told of anomalies meanwhile. */
final class DemoRun {
    private static final Duration START = Duration.ofMinutes(5);
    private static final long BETWEEN_POLLS_MILLIS = 200;
    /** What has not been told a minute after the last incident is not found. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(60);

    private final Map<String, ToldAnomaly> told = new LinkedHashMap<>();

    /** The demo with its incidents, each once. */
    Verdicts withIncidents(Stack.Launch launch) throws IOException, InterruptedException {
        try (Stack stack = Stack.start(launch)) {
            ApiClient api = client(stack);
            Instant end = StagedIncident.read(stack.folder().demoIncidents()).stream()
                    .map(StagedIncident::end)
                    .max(Instant::compareTo)
                    .orElseThrow();
            follow(api, end.plus(AFTERWARDS));
            return Verdicts.of(StagedIncident.read(stack.folder().demoIncidents()), anomalies());
        }
    }

    /** The demo while nothing goes wrong. */
    Verdicts calm(Stack.Launch launch, Duration time) throws IOException, InterruptedException {
        try (Stack stack = Stack.start(launch)) {
            ApiClient api = client(stack);
            follow(api, Instant.now().plus(time));
            return Verdicts.of(List.of(), anomalies());
        }
    }

    private static ApiClient client(Stack stack) throws IOException, InterruptedException {
        Ready ready = stack.awaitReady(START);
        // The demo begins when the line has been printed.
        Instant longest = Instant.now().plus(START);
        while (!Files.exists(stack.folder().demoIncidents())) {
            if (Instant.now().isAfter(longest)) {
                throw new IOException("there is no " + stack.folder().demoIncidents());
            }
            Thread.sleep(BETWEEN_POLLS_MILLIS);
        }
        return new ApiClient(ready.api(), stack.folder().credentials().secret());
    }

    private void follow(ApiClient api, Instant until) throws IOException, InterruptedException {
        for (Instant now = Instant.now(); now.isBefore(until); now = Instant.now()) {
            for (JsonNode anomaly : api.anomalies()) {
                told.computeIfAbsent(anomaly.required("id").asText(), id -> ToldAnomaly.of(anomaly, Instant.now()));
            }
            Thread.sleep(BETWEEN_POLLS_MILLIS);
        }
    }

    private List<ToldAnomaly> anomalies() {
        return new ArrayList<>(told.values());
    }
}
