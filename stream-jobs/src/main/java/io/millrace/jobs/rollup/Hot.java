package io.millrace.jobs.rollup;

import io.millrace.schema.window.Grain;

/** Which windows are the stream's to write, and which the keeper's. */
public final class Hot {
    /** How long after its end the stream keeps a window. */
    public static final long LATENESS_MILLIS = 600_000;

    private Hot() {}

    /** Whether the ten-second window that holds {@code nanos} is still the stream's at this stream time. */
    public static boolean isHot(long nanos, long streamTimeMillis) {
        long start = Grain.TEN_SECONDS.floor(Math.floorDiv(nanos, 1_000_000_000L));
        return isHot(start, Grain.TEN_SECONDS.seconds(), streamTimeMillis);
    }

    /** Whether the window of this start and length, in seconds, is still the stream's. */
    public static boolean isHot(long windowStart, int seconds, long streamTimeMillis) {
        return (windowStart + seconds) * 1_000 + LATENESS_MILLIS > streamTimeMillis;
    }
}
