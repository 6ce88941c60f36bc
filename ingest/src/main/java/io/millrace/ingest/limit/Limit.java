package io.millrace.ingest.limit;

import java.util.concurrent.TimeUnit;

/**
 * How much may come: so much a second in the long run, and so much at once. This is the generic cell rate algorithm, in whole
 * nanoseconds: what was taken is a time until which the rate is spent, the backlog; it drains by itself.
 *
 * <p>What alone is more than the burst is taken when there is no backlog, and has to be waited for afterwards: refused for
 * ever, it would be lost, and the rate holds in the long run all the same.
 */
public record Limit(long perSecond, long burst) {
    /** Rates up to here have whole nanoseconds for each unit. */
    public static final long MOST_PER_SECOND = 1_000_000_000;

    /** Up to here nothing overflows. */
    public static final long MOST_BURST = 9_000_000_000L;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long DAY = TimeUnit.DAYS.toNanos(1);
    /** Only a clock that was set back can show more. */
    private static final long LONGEST_BACKLOG = 2 * DAY;

    /**
     * @throws IllegalArgumentException when a number is out of bounds, or the burst is more than a day's
     */
    public Limit {
        if (perSecond < 1 || perSecond > MOST_PER_SECOND || burst < 1 || burst > MOST_BURST) {
            throw new IllegalArgumentException("no limit: " + perSecond + " a second, " + burst + " at once");
        }
        if (burst > perSecond * TimeUnit.DAYS.toSeconds(1)) {
            throw new IllegalArgumentException(
                    "a burst of more than a day: " + burst + " at " + perSecond + " a second");
        }
    }

    /** How long so many units take at this rate, in nanoseconds; at most a day. */
    long cost(long units) {
        return Math.min(Math.min(units, MOST_BURST) * SECOND / perSecond, DAY);
    }

    /** How long the burst takes at this rate, in nanoseconds: the backlog up to which more is taken. */
    long tolerance() {
        return burst * SECOND / perSecond;
    }

    /** What is left of the time until which the rate was spent. */
    static long backlog(long takenUntil, long now) {
        return Math.min(Math.max(takenUntil - now, 0), LONGEST_BACKLOG);
    }

    /** How long to wait until {@code cost} is taken; 0 when it is at once. */
    static long wait(long backlog, long cost, long tolerance) {
        return Math.max(backlog + Math.min(cost, tolerance) - tolerance, 0);
    }
}
