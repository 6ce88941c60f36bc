package io.millrace.ingest.log;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** For how long nothing has been acknowledged although something was sent. */
final class Silence {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private volatile @Nullable Long since;

    Silence(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** To be told of each acknowledgement. */
    void end() {
        if (since != null) {
            since = null;
        }
    }

    /**
     * To be told of each record whose time is over.
     *
     * @return whether the brokers may be elsewhere by now, and their addresses have to be asked for anew
     */
    boolean isTooLong() {
        long now = nanoTime.getAsLong();
        Long begun = since;
        if (begun == null) {
            since = now;
            return false;
        }
        return now - begun > LONGEST.toNanos();
    }
}
