package io.millrace.jobs.detection;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Whether less comes than usual, told as soon as there is evidence and not at the end of a window: the cumulative sum of the
 * logarithm of how much more likely the counts are with a tenth of the usual rate than with all of it, never below zero
 * (Page 1954). Counts that vary more than a Poisson's weigh as much less.
 *
 * <p>How far the sum gets by itself, because senders send in batches or we look at odd moments, is learnt: it has to get
 * several times as far to mean something. What did mean something is learnt too: once it weighs little, and who begins to
 * send in batches is silent only for a while.
 */
final class Shortfall {
    private static final double REMAINING = 0.1;
    private static final double PER_EXPECTED = 1 - REMAINING;
    private static final double PER_ARRIVED = -Math.log(REMAINING);
    /** Odds of twenty thousand to one: less is no evidence, however smoothly a series comes. */
    private static final double LEAST = 10;
    /** Highs of Poisson traffic are exponential: sixteen times their mean comes once in ten million. */
    private static final double TIMES_MEAN = 16;
    /** Highs of senders that send in batches are all alike. */
    private static final double TIMES_HIGHEST = 4;
    /** Chance gets as far now and then, by two or three seconds in a row in which nothing comes of what comes twice a second. */
    private static final double CHANCE = 7;
    /** As of Poisson traffic. */
    private static final double PRIOR_HIGH = 1;

    private static final double PRIOR_HIGHEST = TIMES_MEAN / TIMES_HIGHEST * PRIOR_HIGH;

    private static final int PRIOR_HIGHS = 10;
    private static final int REMEMBERED_HIGHS = 200;
    /** What is left of the highest after a second: half after half an hour. */
    private static final double KEPT = Math.pow(0.5, 1.0 / 1_800);
    /** Shorter than this it may be a hiccup of ours. */
    private static final long LEAST_MILLIS = 3_000;

    private double sum;
    /** When the sum was zero last. */
    private long since;

    private long until;
    private long spansSince;
    /** The largest sum since then. */
    private double most;

    /** The mean of the largest sums on their ways from zero to zero. */
    private double meanHigh = PRIOR_HIGH;

    private int highs;
    /** The largest of them, lately. */
    private double highest = PRIOR_HIGHEST;

    /**
     * Takes what came in a while.
     *
     * @param expected how much of it usually comes in as long
     * @param spans how many spans came, whatever it is that is looked at
     * @param dispersion its usual variance over that of a Poisson's count; at least 1
     */
    void take(double expected, long arrived, long spans, double dispersion, long from, long to) {
        highest *= Math.pow(KEPT, (to - from) / 1_000.0);
        if (sum == 0) {
            since = from;
            spansSince = 0;
        }
        double next = sum + (PER_EXPECTED * expected - PER_ARRIVED * arrived) / dispersion;
        // It need not climb for ever: that it is over shall be seen when it is.
        sum = Math.max(0, Math.min(next, 2 * enough()));
        spansSince += spans;
        until = to;
        most = Math.max(most, sum);
        if (sum == 0 && most > 0) {
            learn(most);
            most = 0;
        }
    }

    private void learn(double high) {
        highs = Math.min(highs + 1, REMEMBERED_HIGHS);
        meanHigh += (high - meanHigh) / (PRIOR_HIGHS + highs);
        highest = Math.max(highest, high > CHANCE ? high : Math.min(high, PRIOR_HIGHEST));
    }

    /** Forgets what came, not what is usual. */
    void reset() {
        sum = 0;
        most = 0;
    }

    boolean isTold() {
        return sum >= enough() && until - since >= LEAST_MILLIS;
    }

    private double enough() {
        return Math.max(LEAST, Math.min(TIMES_MEAN * meanHigh, TIMES_HIGHEST * highest));
    }

    /** When it began, as far as can be known. */
    long since() {
        return since;
    }

    /** How many spans came since then in a time of this length. */
    double spansPer(long millis) {
        return until <= since ? 0 : (double) spansSince * millis / (until - since);
    }

    /** The negative decimal logarithm of the odds. */
    double score() {
        return sum / Math.log(10);
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeDouble(sum);
        out.writeLong(since);
        out.writeLong(until);
        out.writeLong(spansSince);
        out.writeDouble(most);
        out.writeDouble(meanHigh);
        out.writeInt(highs);
        out.writeDouble(highest);
    }

    void readFrom(DataInput in) throws IOException {
        sum = in.readDouble();
        since = in.readLong();
        until = in.readLong();
        spansSince = in.readLong();
        most = in.readDouble();
        meanHigh = in.readDouble();
        highs = in.readInt();
        highest = in.readDouble();
    }
}
