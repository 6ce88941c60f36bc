package io.millrace.jobs.detection;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Level and spread of a series of values, forgetting exponentially; an outlier moves neither by more than a clipped value
 * would (Huber 1964). The first values weigh alike, so that the level settles within a handful of them.
 */
final class RobustLevel {
    /** A weight of 1 in 30: what lies 30 windows back weighs about a third. */
    private static final double LEAST_WEIGHT = 1.0 / 30;
    /** In spreads. */
    private static final double CLIP = 3;
    /** The mean of the absolute deviation of a normal distribution, as a part of its standard deviation: sqrt(2/pi). */
    private static final double MEAN_TO_SPREAD = Math.sqrt(Math.PI / 2);
    /** Of how many values the prior spread weighs as much. */
    private static final int PRIOR_VALUES = 4;

    private final double priorSpread;
    private double level;
    private double spread;
    private long count;

    RobustLevel(double priorSpread) {
        this.priorSpread = priorSpread;
        this.spread = priorSpread;
    }

    void learn(double value) {
        count++;
        if (count == 1) {
            level = value;
            return;
        }
        double clip = CLIP * Math.max(spread, priorSpread);
        double deviation = Math.max(-clip, Math.min(clip, value - level));
        level += Math.max(LEAST_WEIGHT, 1.0 / count) * deviation;
        spread +=
                Math.max(LEAST_WEIGHT, 1.0 / (count + PRIOR_VALUES)) * (Math.abs(deviation) * MEAN_TO_SPREAD - spread);
    }

    double level() {
        return level;
    }

    /** Wider while few values are known. */
    double spread() {
        return count == 0 ? priorSpread : spread * (1 + 3.0 / count);
    }

    /** The spread as it was learnt, no wider for being young. */
    double learntSpread() {
        return spread;
    }

    long count() {
        return count;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeDouble(level);
        out.writeDouble(spread);
        out.writeLong(count);
    }

    void readFrom(DataInput in) throws IOException {
        level = in.readDouble();
        spread = in.readDouble();
        count = in.readLong();
    }
}
