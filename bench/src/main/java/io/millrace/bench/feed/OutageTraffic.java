package io.millrace.bench.feed;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Calls of many environments, two in ten seconds of each, which are all well: what is usual, so that an outage is not. Each
 * environment has an operation and a model of its own.
 */
final class OutageTraffic implements AutoCloseable {
    /** An anomaly is over in less time than it takes until it is this environment's turn again. */
    private static final int ENVIRONMENTS = 160;

    private static final Duration INTERVAL = Duration.ofMillis(250);
    /** Requests until each environment has had one. */
    private static final int ROUND = 20;
    /** Five of them can be no chance, so it does not matter if they are seen in parts. */
    private static final int FAILURES = 10;

    private static final int FINE = 1;
    private static final int FAILED = 2;
    private static final String REQUEST = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[%s]}]}]}";
    private static final String CALL = """
            {"traceId":"%016x%016x","spanId":"%016x","name":"%4$s","startTimeUnixNano":"%5$d","endTimeUnixNano":"%6$d",
             "status":{"code":%7$d},"attributes":[
             {"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},
             {"key":"gen_ai.request.model","value":{"stringValue":"%4$s"}},
             {"key":"deployment.environment.name","value":{"stringValue":"%4$s"}},
             {"key":"gen_ai.usage.input_tokens","value":{"intValue":"10"}},
             {"key":"gen_ai.usage.output_tokens","value":{"intValue":"5"}}]}""";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final FeedSubject subject;
    private final Random random;
    private final Thread thread = new Thread(this::run, "outages");
    private int next;

    OutageTraffic(FeedSubject subject, long seed) {
        this.subject = subject;
        this.random = new Random(seed);
        this.thread.setDaemon(true);
    }

    OutageTraffic start() {
        thread.start();
        return this;
    }

    /** Has calls of the next environment fail; nothing if the edge was too busy for them. Not for several threads. */
    Optional<Outage> strike() throws IOException, InterruptedException {
        String name = name(next++ % ENVIRONMENTS);
        long sent = micros(Instant.now());
        List<String> calls = new ArrayList<>();
        for (int i = 0; i < FAILURES; i++) {
            calls.add(call(name, FAILED));
        }
        return isTaken(calls) ? Optional.of(new Outage(name, sent, micros(Instant.now()))) : Optional.empty();
    }

    static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(10));
    }

    private void run() {
        try {
            for (int turn = 0; true; turn = (turn + 1) % ROUND) {
                calm(turn);
                Thread.sleep(INTERVAL.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void calm(int turn) throws InterruptedException {
        List<String> calls = new ArrayList<>();
        for (int environment = turn; environment < ENVIRONMENTS; environment += ROUND) {
            calls.add(call(name(environment), FINE));
        }
        try {
            isTaken(calls);
        } catch (IOException e) {
            // One call more or less is nothing unusual.
        }
    }

    private static String name(int environment) {
        return "outage-%03d".formatted(environment);
    }

    private String call(String name, int status) {
        Instant now = Instant.now();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        return CALL.formatted(
                random.nextLong(), random.nextLong(), random.nextLong() | 1, name, nanos - 100_000_000L, nanos, status);
    }

    /** Whether the request was acknowledged; an edge that is busy may ask for another one later. */
    private boolean isTaken(List<String> calls) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(subject.ingest().resolve("/v1/traces"))
                .header("Authorization", "Bearer " + subject.outages().secret())
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(10))
                .POST(BodyPublishers.ofString(REQUEST.formatted(String.join(",", calls))))
                .build();
        int status = http.send(request, BodyHandlers.discarding()).statusCode();
        if (status != 200 && status != 503) {
            throw new IOException("calls were answered " + status);
        }
        return status == 200;
    }
}
