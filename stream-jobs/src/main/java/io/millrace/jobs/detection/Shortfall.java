package io.millrace.jobs.detection;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Whether less comes than usual, told as soon as there is evidence and not at the end of a window: the cumulative sum of the
 * logarithm of how much more likely the counts are with a tenth of the usual rate than with all of it, never below zero
 * (Page 1954). Counts that vary more than a Poisson's, from window to window or from look to look, weigh as much less: looks
 * are many, and show soon what comes in clumps; windows show what swings slowly.
 *
 * <p>How far the sum gets by itself, because senders send in batches, is learnt: it has to get several times as far to mean
 * something. What a single look adds is no part of that: of what comes twice a second each empty second adds two. What did
 * mean something is learnt too: once it weighs little, and who begins to send in batches is silent only for a while.
 */
final class Shortfall {
    private static final double REMAINING = 0.1;
    private static final double PER_EXPECTED = 1 - REMAINING;
    private static final double PER_ARRIVED = -Math.log(REMAINING);
    /** Odds of a million to one: less is no evidence, however smoothly a series comes. */
    private static final double LEAST = 14;
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
    /** Of how many looks it weighs as much that they vary as a Poisson's count does. */
    private static final int PRIOR_LOOKS = 30;
    /** What lies as many looks back weighs about a third. */
    private static final int REMEMBERED_LOOKS = 600;
    /** The most that a look counts for: a sender that catches up is no habit. */
    private static final double LARGEST = 30;
    /** Shorter than this it may be a hiccup of ours. */
    private static final long LEAST_MILLIS = 3_000;

    private double sum;
    /** When the sum was zero last. */
    private long since;

    private long until;
    private long spansSince;
    /** The largest sum since then. */
    private double high;

    /** The mean of the largest sums on their ways from zero to zero, without what a single look adds. */
    private double meanHigh = PRIOR_HIGH;

    private int highs;
    /** The largest of them, lately. */
    private double highest = PRIOR_HIGHEST;
    /** The variance from look to look over that of a Poisson's count. */
    private double dispersion = 1;

    private int looks;

    /**
     * Takes what came in a while.
     *
     * @param expected how much of it usually comes in as long
     * @param spans how many spans came, whatever it is that is looked at
     * @param least its variance from window to window over that of a Poisson's count, as it was learnt; at least 1
     * @param most what that may be, for all that was learnt
     */
    void take(double expected, long arrived, long spans, double least, double most, long from, long to) {
        highest *= Math.pow(KEPT, (to - from) / 1_000.0);
        if (sum == 0) {
            since = from;
            spansSince = 0;
        }
        if (!isTold()) {
            learnDispersion(expected, arrived);
        }
        double weight = 1 / Math.max(least, Math.min(dispersion, most));
        double next = sum + weight * (PER_EXPECTED * expected - PER_ARRIVED * arrived);
        // It need not climb for ever: that it is over shall be seen when it is.
        sum = Math.max(0, Math.min(next, 2 * enough()));
        spansSince += spans;
        until = to;
        high = Math.max(high, sum);
        if (sum == 0 && high > 0) {
            learnHigh(Math.max(0, high - weight * PER_EXPECTED * expected));
            high = 0;
        }
    }

    private void learnDispersion(double expected, long arrived) {
        if (expected <= 0) {
            return;
        }
        double off = arrived - expected;
        looks = Math.min(looks + 1, REMEMBERED_LOOKS);
        dispersion += (Math.min(LARGEST, off * off / expected) - dispersion) / (PRIOR_LOOKS + looks);
    }

    private void learnHigh(double beyond) {
        highs = Math.min(highs + 1, REMEMBERED_HIGHS);
        meanHigh += (beyond - meanHigh) / (PRIOR_HIGHS + highs);
        highest = Math.max(highest, beyond > CHANCE ? beyond : Math.min(beyond, PRIOR_HIGHEST));
    }

    /** Forgets what came, not what is usual. */
    void reset() {
        sum = 0;
        high = 0;
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
        out.writeDouble(high);
        out.writeDouble(meanHigh);
        out.writeInt(highs);
        out.writeDouble(highest);
        out.writeDouble(dispersion);
        out.writeInt(looks);
    }

    void readFrom(DataInput in) throws IOException {
        sum = in.readDouble();
        since = in.readLong();
        until = in.readLong();
        spansSince = in.readLong();
        high = in.readDouble();
        meanHigh = in.readDouble();
        highs = in.readInt();
        highest = in.readDouble();
        dispersion = in.readDouble();
        looks = in.readInt();
    }
}
