package io.millrace.query.live;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** How far the jobs have come, as far as they have said so. Thread-safe. */
public final class StreamTime {
    private final AtomicLong newest = new AtomicLong(Long.MIN_VALUE);

    /** The jobs have said that stream time is there, or beyond. */
    public void reached(long epochSecond) {
        newest.accumulateAndGet(epochSecond, Math::max);
    }

    Optional<Instant> newest() {
        long second = newest.get();
        return second == Long.MIN_VALUE ? Optional.empty() : Optional.of(Instant.ofEpochSecond(second));
    }
}
