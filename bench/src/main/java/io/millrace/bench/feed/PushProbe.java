package io.millrace.bench.feed;

import io.millrace.bench.stack.FeedSocket;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Sends traces of one span, and times each from its acknowledgement to its first push. */
final class PushProbe implements FeedSocket.Taker {
    private static final String NAME = "feed-probe";
    private static final long LONGEST_MICROS = 60_000_000;
    private static final String SPAN = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%s","spanId":"%016x","name":"%s",
            "startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}]}""";

    private final FeedSubject subject;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Random random;
    private final CountDownLatch following = new CountDownLatch(1);
    private final Map<String, Long> pushedAt = new ConcurrentHashMap<>();

    PushProbe(FeedSubject subject, long seed) {
        this.subject = subject;
        this.random = new Random(seed);
    }

    /**
     * Microseconds from the acknowledgement of a request to the push of its trace.
     *
     * @param interval between two requests, on average: at random, since the pipeline has rhythms of its own
     * @throws IOException when a trace was not pushed within a minute
     */
    Histogram measure(Duration duration, Duration interval) throws IOException, InterruptedException {
        Map<String, Long> acknowledgedAt = new ConcurrentHashMap<>();
        try (FeedSocket socket = FeedSocket.follow(
                http, subject.live(), subject.secret(), "traces", "{\"name\":\"" + NAME + "\"}", "", this)) {
            following.await(1, TimeUnit.MINUTES);
            long end = System.nanoTime() + duration.toNanos();
            for (long next = System.nanoTime(); next < end; next += between(interval)) {
                Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
                String trace = "%016x%016x".formatted(random.nextLong(), random.nextLong());
                if (send(trace)) {
                    acknowledgedAt.put(trace, System.nanoTime());
                }
            }
            long patience = System.nanoTime() + LONGEST_MICROS * 1_000;
            while (!pushedAt.keySet().containsAll(acknowledgedAt.keySet()) && System.nanoTime() < patience) {
                socket.awaitEnd(100);
            }
        }
        Histogram micros = new Histogram(LONGEST_MICROS, 3);
        for (Map.Entry<String, Long> trace : acknowledgedAt.entrySet()) {
            Long pushed = pushedAt.get(trace.getKey());
            if (pushed == null) {
                throw new IOException("a trace was acknowledged and never pushed: " + trace.getKey());
            }
            // The push may overtake the answer.
            micros.recordValue(Math.min(LONGEST_MICROS, Math.max(0, (pushed - trace.getValue()) / 1_000)));
        }
        return micros;
    }

    private long between(Duration interval) {
        return (long) (2 * random.nextDouble() * interval.toNanos());
    }

    /** Whether the request was acknowledged; an edge that is busy may ask for another one later. */
    private boolean send(String trace) throws IOException, InterruptedException {
        Instant now = Instant.now();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(subject.endpoint().url() + "/v1/traces"))
                .header("Authorization", "Bearer " + subject.secret())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(
                        SPAN.formatted(trace, random.nextLong() | 1, NAME, nanos - 1_000_000, nanos)))
                .build();
        int status = http.send(request, BodyHandlers.discarding()).statusCode();
        if (status != 200 && status != 503) {
            throw new IOException("a probe was answered " + status);
        }
        return status == 200;
    }

    @Override
    public void event(String entity, String revision, String cursor, String message) {
        pushedAt.putIfAbsent(entity, System.nanoTime());
    }

    @Override
    public void other(String type, String cursor, String message) {
        if (type.equals("caught_up")) {
            following.countDown();
        }
    }
}
