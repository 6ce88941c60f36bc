package io.millrace.bench.feed;

import io.millrace.bench.stack.FeedSocket;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * Strikes one environment after the other, and times the anomalies: each of their states from its record in the log to its
 * push, and the first state of each from the acknowledgement of the request that made it. All clocks are this machine's.
 */
final class AnomalyProbe implements FeedSocket.Taker {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final FeedSubject subject;
    private final OutageTraffic traffic;
    private final Random random;
    private final CountDownLatch following = new CountDownLatch(1);
    private final AnomalyPushes pushes = new AnomalyPushes();
    private volatile boolean unreadable;

    /**
     * What was measured, in microseconds.
     *
     * @param sinceAppended of each state
     * @param sinceAcknowledged of each anomaly that an outage made
     * @param outages how many were acknowledged
     */
    record Measured(Histogram sinceAppended, Histogram sinceAcknowledged, int outages) {}

    AnomalyProbe(FeedSubject subject, OutageTraffic traffic, long seed) {
        this.subject = subject;
        this.traffic = traffic;
        this.random = new Random(seed);
    }

    /**
     * Measures for a while.
     *
     * @param interval between two outages, on average: at random, since the pipeline has rhythms of its own
     * @throws IOException when a state was not pushed within a minute, or there was none
     */
    Measured measure(Duration duration, Duration interval) throws IOException, InterruptedException {
        List<Outage> outages = new ArrayList<>();
        try (FeedSocket socket = FeedSocket.follow(
                        HttpClient.newHttpClient(),
                        subject.live(),
                        subject.outages().secret(),
                        "anomalies",
                        "{}",
                        "",
                        this);
                AnomalyLog log = follow()) {
            long end = System.nanoTime() + duration.toNanos();
            while (System.nanoTime() < end) {
                Thread.sleep(random.nextLong(2 * interval.toMillis()));
                traffic.strike().ifPresent(outages::add);
            }
            long due = (long) Outage.ANOMALIES * outages.size();
            await(socket, () -> pushes.sinceAcknowledged(outages).getTotalCount() >= due);
            List<AnomalyRecord> records = log.read(subject.outages().project());
            await(socket, () -> pushes.hasAll(records));
            Measured measured =
                    new Measured(pushes.sinceAppended(records), pushes.sinceAcknowledged(outages), outages.size());
            if (unreadable || measured.sinceAcknowledged.getTotalCount() == 0) {
                throw new IOException("of " + outages.size() + " outages no anomaly came, or none that can be read");
            }
            return measured;
        }
    }

    /** The log from a moment on at which the feed is followed: what is appended then has to be pushed. */
    private AnomalyLog follow() throws IOException, InterruptedException {
        if (!following.await(1, TimeUnit.MINUTES)) {
            throw new IOException("the feed does not say that it has caught up");
        }
        return new AnomalyLog(subject.folder());
    }

    private static void await(FeedSocket socket, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            socket.awaitEnd(100);
        }
    }

    @Override
    public void event(String entity, String revision, String cursor, String message) {
        long at = OutageTraffic.micros(Instant.now());
        try {
            pushes.take(entity, revision, message, at);
        } catch (IOException e) {
            unreadable = true;
        }
    }

    @Override
    public void other(String type, String cursor, String message) {
        if (type.equals("caught_up")) {
            following.countDown();
        }
    }
}
