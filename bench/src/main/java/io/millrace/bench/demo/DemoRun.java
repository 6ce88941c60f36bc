package io.millrace.bench.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.bench.stack.FeedSocket;
import io.millrace.bench.stack.Ready;
import io.millrace.bench.stack.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One demo from its start until its end, and what is told of anomalies meanwhile: over the live feed, as it is pushed. */
final class DemoRun implements FeedSocket.Taker {
    private static final Duration START = Duration.ofMinutes(5);
    private static final long BETWEEN_LOOKS_MILLIS = 200;
    /** What has not been told a minute after the last incident is not found. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(60);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, ToldAnomaly> told = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable String> problem = new AtomicReference<>();

    /** The demo with its incidents, each once. */
    Verdicts withIncidents(Stack.Launch launch) throws IOException, InterruptedException {
        try (Stack stack = Stack.start(launch);
                FeedSocket anomalies = follow(stack)) {
            Instant end = StagedIncident.read(stack.folder().demoIncidents()).stream()
                    .map(StagedIncident::end)
                    .max(Instant::compareTo)
                    .orElseThrow();
            listen(anomalies, end.plus(AFTERWARDS));
            return Verdicts.of(StagedIncident.read(stack.folder().demoIncidents()), List.copyOf(told.values()));
        }
    }

    /** The demo while nothing goes wrong. */
    Verdicts calm(Stack.Launch launch, Duration time) throws IOException, InterruptedException {
        try (Stack stack = Stack.start(launch);
                FeedSocket anomalies = follow(stack)) {
            listen(anomalies, Instant.now().plus(time));
            return Verdicts.of(List.of(), List.copyOf(told.values()));
        }
    }

    /** Seconds from the start of the command to the first trace on the feed. */
    double firstTrace(Stack.Launch launch) throws IOException, InterruptedException {
        long began = System.nanoTime();
        CountDownLatch first = new CountDownLatch(1);
        FeedSocket.Taker taker = new FeedSocket.Taker() {
            @Override
            public void event(String entity, String revision, String cursor, String message) {
                first.countDown();
            }

            @Override
            public void other(String type, String cursor, String message) {
                // It only waits for the first event.
            }
        };
        try (Stack stack = Stack.start(launch)) {
            Ready ready = stack.awaitReady(START);
            try (FeedSocket traces = follow(stack, ready, "traces", taker)) {
                if (!first.await(START.toSeconds(), TimeUnit.SECONDS)) {
                    throw new IOException("no trace came");
                }
                return (System.nanoTime() - began) / 1e9;
            }
        }
    }

    private FeedSocket follow(Stack stack) throws IOException, InterruptedException {
        Ready ready = stack.awaitReady(START);
        // The demo begins when the line has been printed.
        Instant longest = Instant.now().plus(START);
        while (!Files.exists(stack.folder().demoIncidents())) {
            if (Instant.now().isAfter(longest)) {
                throw new IOException("there is no " + stack.folder().demoIncidents());
            }
            Thread.sleep(BETWEEN_LOOKS_MILLIS);
        }
        return follow(stack, ready, "anomalies", this);
    }

    private static FeedSocket follow(Stack stack, Ready ready, String channel, FeedSocket.Taker taker)
            throws IOException {
        URI live = URI.create("ws://" + ready.api().getAuthority() + "/v1/live");
        String secret = stack.folder().credentials().secret();
        return FeedSocket.follow(HttpClient.newHttpClient(), live, secret, channel, "{}", "", taker);
    }

    private void listen(FeedSocket anomalies, Instant until) throws IOException, InterruptedException {
        while (Instant.now().isBefore(until)) {
            if (anomalies.awaitEnd(BETWEEN_LOOKS_MILLIS)) {
                throw new IOException("the feed was closed");
            }
            String of = problem.get();
            if (of != null) {
                throw new IOException("the feed said " + of);
            }
        }
    }

    @Override
    public void event(String entity, String revision, String cursor, String message) {
        Instant now = Instant.now();
        try {
            JsonNode anomaly = JSON.readTree(message).required("data");
            told.computeIfAbsent(entity, absent -> ToldAnomaly.of(anomaly, now));
        } catch (IOException | IllegalArgumentException e) {
            problem.set(message);
        }
    }

    @Override
    public void other(String type, String cursor, String message) {
        if (type.equals("error") || type.equals("gap")) {
            problem.set(message);
        }
    }
}
