package io.millrace.ingest.http;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * In which order an event loop begins with the requests that arrive. Left to itself it begins with all at once, reads a little
 * of each whenever there is some, and under overload ends them all too late. So it begins with a few in each of its rounds;
 * the others wait unread, at the expense of their senders, and are refused when that takes too long or when too many do.
 *
 * <p>One for each event loop and port, used by that loop alone; only the count of those that wait is shared.
 */
public final class Turns {
    /** Enough to keep a loop busy, and about as many milliseconds of work at most. */
    private static final int PER_ROUND = 32;
    /** What one waits with is not read yet but for a buffer of up to 64 KiB, so that all of them hold 64 MiB at most. */
    private static final int MOST_WAITING = 1_000;

    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Executor endOfRound;
    private final Executor nextRound;
    private final LongSupplier nanos;
    private final AtomicInteger waitingAnywhere;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int begun;
    private boolean ends;

    /** A request of which the headers have arrived. */
    interface Arrival {
        void begin();

        /** Stops reading until it begins or is refused. */
        void hold();

        void refuse();
    }

    private record Waiting(Arrival arrival, long since) {}

    /** @param waitingAnywhere how many requests wait at all loops of the edge */
    public static Turns on(Vertx loop, AtomicInteger waitingAnywhere) {
        return new Turns(
                step -> loop.runOnContext(round -> step.run()),
                step -> loop.setTimer(1, round -> step.run()),
                System::nanoTime,
                waitingAnywhere);
    }

    /**
     * @param endOfRound runs something when the loop has seen what had arrived
     * @param nextRound runs something a little later, when the loop has looked for more
     * @param nanos the time to wait by; it never goes back
     */
    Turns(Executor endOfRound, Executor nextRound, LongSupplier nanos, AtomicInteger waitingAnywhere) {
        this.endOfRound = endOfRound;
        this.nextRound = nextRound;
        this.nanos = nanos;
        this.waitingAnywhere = waitingAnywhere;
    }

    /** Begins with a request now, or lets it wait, or refuses it. */
    void take(Arrival arrival) {
        if (waiting.isEmpty() && begun < PER_ROUND) {
            begun++;
            arrival.begin();
            if (!ends) {
                ends = true;
                endOfRound.execute(this::endRound);
            }
        } else if (waitingAnywhere.incrementAndGet() > MOST_WAITING) {
            waitingAnywhere.decrementAndGet();
            arrival.refuse();
        } else {
            arrival.hold();
            waiting.add(new Waiting(arrival, nanos.getAsLong()));
            if (waiting.size() == 1) {
                nextRound.execute(this::round);
            }
        }
    }

    private void endRound() {
        ends = false;
        begun = 0;
    }

    private void round() {
        begun = 0;
        long now = nanos.getAsLong();
        try {
            while (begun < PER_ROUND && !waiting.isEmpty()) {
                Waiting first = waiting.remove();
                waitingAnywhere.decrementAndGet();
                if (now - first.since > PATIENCE_NANOS) {
                    first.arrival.refuse();
                } else {
                    begun++;
                    first.arrival.begin();
                }
            }
        } finally {
            if (!waiting.isEmpty()) {
                nextRound.execute(this::round);
            }
        }
    }
}
