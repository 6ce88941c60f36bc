package io.millrace.jobs.detection;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/** How often something is so, out of all times it could be; forgetting exponentially. */
final class Rate {
    /** Of a window's counts, what still weighs after the next window. */
    private static final double KEPT = 0.98;
    /** As if so many had been seen before, of which half a one was so. */
    private static final double PRIOR_TRIALS = 50;

    private static final double PRIOR_HITS = 0.5;
    /** What the logarithm of a probability is taken for that is too small for a double. */
    private static final double MOST = 300;

    /** As if the counts of so many expected hits had varied as independent trials do. */
    private static final double PRIOR_VARIANCE = 10;

    private double hits;
    private double trials;
    /** Squares of what windows were off, and what they would be of independent trials. */
    private double squares;

    private double variance;

    void learn(long windowHits, long windowTrials) {
        double usual = value();
        double off = windowHits - usual * windowTrials;
        squares = squares * KEPT + off * off;
        variance = variance * KEPT + usual * (1 - usual) * windowTrials;
        hits = hits * KEPT + windowHits;
        trials = trials * KEPT + windowTrials;
    }

    /** Between 0 and 1. */
    double value() {
        return Math.min(1, (hits + PRIOR_HITS) / (trials + PRIOR_TRIALS));
    }

    /** The variance of its counts over that of independent trials, which have 1; more if they come in clumps. */
    double dispersion() {
        return Math.max(1, (squares + PRIOR_VARIANCE) / (variance + PRIOR_VARIANCE));
    }

    /**
     * How unlikely it is that of {@code n} at least {@code k} are so, if each is with the probability {@code p}: the
     * negative decimal logarithm of the exact binomial tail.
     */
    static double score(long k, long n, double p) {
        if (k <= 0 || n <= 0 || k <= n * p) {
            return 0;
        }
        int all = (int) Math.min(n, Integer.MAX_VALUE);
        double tail = BinomialDistribution.of(all, Math.min(1, p)).survivalProbability((int) Math.min(k, all) - 1);
        return tail <= 0 ? MOST : Math.min(MOST, -Math.log10(tail));
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeDouble(hits);
        out.writeDouble(trials);
        out.writeDouble(squares);
        out.writeDouble(variance);
    }

    void readFrom(DataInput in) throws IOException {
        hits = in.readDouble();
        trials = in.readDouble();
        squares = in.readDouble();
        variance = in.readDouble();
    }
}
