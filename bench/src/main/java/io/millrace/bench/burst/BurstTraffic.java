package io.millrace.bench.burst;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * An application that makes ten requests a second, one after the other, and sends each again until it is acknowledged. For
 * forty seconds every two minutes or so most of them fail.
 */
public final class BurstTraffic implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final Duration CALM_FIRST = Duration.ofSeconds(100);
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final Duration CALM_BETWEEN = Duration.ofSeconds(80);
    private static final int CALM_BETWEEN_MORE_SECONDS = 20;
    /** Of requests in time: an anomaly is over after three whole windows, and windows are closed five seconds later. */
    private static final Duration CALM_THAT_ENDS = Duration.ofSeconds(50);

    private static final double FAILING = 0.6;
    /** Stream time is five seconds behind; a span that comes within that is in time for its window. */
    private static final Duration PROMPT = Duration.ofSeconds(4);

    private static final Duration ENDING = Duration.ofSeconds(20);
    private static final long RETRY_MILLIS = 200;
    private static final int FAILED = 2;
    private static final int FINE = 1;
    private static final String TRACE = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%016x%016x","spanId":"%016x","name":"answer",
             "startTimeUnixNano":"%d","endTimeUnixNano":"%d","status":{"code":%d},
             "attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"invoke_agent"}}]}]}]}]}""";

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Supplier<URI> ingest;
    private final String secret;
    private final Random random;
    private final List<Burst> bursts = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "bursts");
    private volatile boolean finishing;
    private volatile Instant lastDue = Instant.EPOCH;

    /**
     * @param ingest where to send just now; asked for each request
     * @param secret of a project of its own
     */
    public BurstTraffic(Supplier<URI> ingest, String secret, long seed) {
        this.ingest = ingest;
        this.secret = secret;
        this.random = new Random(seed);
        this.thread.setDaemon(true);
    }

    public BurstTraffic start() {
        thread.start();
        return this;
    }

    /** Makes no more requests once the calm behind the burst under way is long enough, and waits for that. */
    public void finish() throws InterruptedException {
        finishing = true;
        thread.join();
    }

    /** Until when requests came as they should: later windows may lack the last ones, and behind them is silence. */
    public Instant until() {
        return lastDue.minus(ENDING);
    }

    /** Those that began, as of now. */
    public synchronized List<Burst> bursts() {
        return List.copyOf(bursts);
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(10));
    }

    private void run() {
        try {
            boolean apart = calm(Instant.now(), CALM_FIRST);
            for (Instant begin = Instant.now(); !finishing; begin = Instant.now()) {
                burst(begin, apart);
                apart = calm(begin.plus(LONG), CALM_BETWEEN.plusSeconds(random.nextInt(CALM_BETWEEN_MORE_SECONDS)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return whether the last part of it came in time, so that it can be seen that all is well again */
    private boolean calm(Instant begin, Duration length) throws InterruptedException {
        Instant end = begin.plus(length);
        Instant promptSince = begin;
        for (Instant due = begin; due.isBefore(end); due = due.plus(INTERVAL)) {
            deliver(due, FINE);
            if (!isPrompt(due)) {
                promptSince = due;
            }
        }
        return !promptSince.isAfter(end.minus(CALM_THAT_ENDS));
    }

    private void burst(Instant begin, boolean apart) throws InterruptedException {
        Instant end = begin.plus(LONG);
        int prompt = 0;
        replaceLast(new Burst(begin, end, prompt, apart), true);
        for (Instant due = begin; due.isBefore(end); due = due.plus(INTERVAL)) {
            boolean fails = random.nextDouble() < FAILING;
            deliver(due, fails ? FAILED : FINE);
            if (fails && isPrompt(due)) {
                prompt++;
            }
        }
        replaceLast(new Burst(begin, end, prompt, apart), false);
    }

    private static boolean isPrompt(Instant due) {
        return Duration.between(due, Instant.now()).compareTo(PROMPT) < 0;
    }

    private synchronized void replaceLast(Burst burst, boolean isNew) {
        if (!isNew) {
            bursts.remove(bursts.size() - 1);
        }
        bursts.add(burst);
    }

    /** Waits until it is due and sends it, as often as it takes. */
    private void deliver(Instant end, int status) throws InterruptedException {
        long nanos = end.getEpochSecond() * 1_000_000_000L + end.getNano();
        String body = TRACE.formatted(
                random.nextLong(), random.nextLong(), random.nextLong() | 1, nanos - 200_000_000L, nanos, status);
        Thread.sleep(Math.max(0, Duration.between(Instant.now(), end).toMillis()));
        while (!isTaken(body)) {
            Thread.sleep(RETRY_MILLIS);
        }
        lastDue = end;
    }

    private boolean isTaken(String body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(ingest.get().resolve("/v1/traces"))
                .header("Authorization", "Bearer " + secret)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(10))
                .POST(BodyPublishers.ofString(body))
                .build();
        try {
            int status = http.send(request, BodyHandlers.discarding()).statusCode();
            if (status >= 400 && status < 500 && status != 401) {
                throw new IllegalStateException("a request was answered " + status + ", which no repetition mends");
            }
            return status == 200;
        } catch (IOException e) {
            return false;
        }
    }
}
