package io.millrace.jobs.detection;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Whether something is so more often than is tolerated, told as soon as there is evidence, wherever in a window it began:
 * the cumulative sum of the logarithm of how much more likely each trial's outcome is with a clearly higher share than with
 * the tolerated one, never below zero (Page 1954). Trials that come out alike in clumps weigh as much less. A window by itself
 * dilutes what began late in it.
 */
final class Excess {
    /**
     * Odds of sixty thousand to one against the tolerated share. Against the usual one, which is well below, it is about
     * one to a hundred million at each trial.
     */
    private static final double ENOUGH = 11;
    /** Farther it need not climb: that it is over shall be seen when it is, and not by chance before. */
    private static final double MOST = 1.5 * ENOUGH;
    /** Fewer are an accident. */
    private static final long FEWEST_HITS = 5;

    private static final double MOST_SUSPECTED = 0.99;

    private double sum;
    /** Start of the window in which the sum left zero. */
    private long since;

    private long hits;
    private long trials;

    /**
     * Takes what came in a while.
     *
     * @param newHits for how many of the {@code newTrials} it was so
     * @param tolerated share, above 0
     * @param suspected share, above {@code tolerated}
     * @param dispersion the usual variance of hits over that of independent trials; at least 1
     * @param window start of the window that they belong to
     */
    void take(long newHits, long newTrials, double tolerated, double suspected, double dispersion, long window) {
        if (newTrials <= 0 || tolerated >= MOST_SUSPECTED) {
            return;
        }
        double alternative = Math.min(MOST_SUSPECTED, suspected);
        double evidence = newHits * Math.log(alternative / tolerated)
                + (newTrials - newHits) * Math.log((1 - alternative) / (1 - tolerated));
        double next = sum + evidence / dispersion;
        if (next <= 0) {
            reset();
            return;
        }
        if (sum == 0) {
            since = window;
        } else if (newHits > 0) {
            // Windows are looked at as they come: an earlier one is where it began if it has hits.
            since = Math.min(since, window);
        }
        sum = Math.min(MOST, next);
        hits += newHits;
        trials += newTrials;
    }

    void reset() {
        sum = 0;
        hits = 0;
        trials = 0;
    }

    boolean isTold() {
        return sum >= ENOUGH && hits >= FEWEST_HITS;
    }

    /** Of all trials since it began; 0 to 1. */
    double share() {
        return trials == 0 ? 0 : (double) hits / trials;
    }

    /** Start of the window in which it began, as far as can be known. */
    long since() {
        return since;
    }

    /** The decimal logarithm of the odds. */
    double score() {
        return sum / Math.log(10);
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeDouble(sum);
        out.writeLong(since);
        out.writeLong(hits);
        out.writeLong(trials);
    }

    void readFrom(DataInput in) throws IOException {
        sum = in.readDouble();
        since = in.readLong();
        hits = in.readLong();
        trials = in.readLong();
    }
}
