package io.millrace.bench.flow;

import io.millrace.bench.stack.ApiClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** Asks the API, over and over, how many spans are visible. */
final class FreshnessProbe implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final Duration BEFORE = Duration.ofSeconds(20);
    private static final Duration AFTER = Duration.ofHours(1);

    private final ApiClient api;
    private final Instant from;
    private final Instant to;
    private final long baseline;
    private final Freshness.Polls polls = new Freshness.Polls();
    private final Thread thread = new Thread(this::poll, "freshness");
    private volatile boolean closed;
    private volatile int errors;

    private FreshnessProbe(ApiClient api, Instant from, Instant to, long baseline) {
        this.api = api;
        this.from = from;
        this.to = to;
        this.baseline = baseline;
    }

    /** Starts to ask; what is visible already does not count. */
    static FreshnessProbe start(ApiClient api) throws IOException, InterruptedException {
        long now = Instant.now().minus(BEFORE).getEpochSecond() / 10 * 10;
        Instant from = Instant.ofEpochSecond(now);
        Instant to = from.plus(AFTER);
        FreshnessProbe probe = new FreshnessProbe(api, from, to, api.visibleSpans(from, to));
        probe.thread.setDaemon(true);
        probe.thread.start();
        return probe;
    }

    /** Polls that failed. */
    int errors() {
        return errors;
    }

    /** What was seen; only after {@link #close()}. */
    Freshness.Polls polls() {
        return polls;
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        LockSupport.unpark(thread);
        thread.join();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void poll() {
        for (long next = System.nanoTime(); !closed; next += INTERVAL.toNanos()) {
            try {
                long count = api.visibleSpans(from, to) - baseline;
                polls.add(System.nanoTime(), count);
            } catch (IOException e) {
                errors++;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            next = Math.max(next, System.nanoTime() - INTERVAL.toNanos());
            LockSupport.parkNanos(next + INTERVAL.toNanos() - System.nanoTime());
        }
    }
}
