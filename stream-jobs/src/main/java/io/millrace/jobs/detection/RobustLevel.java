package io.millrace.jobs.detection;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Level and spread of a series of values, forgetting exponentially; an outlier moves neither by more than a clipped value
 * would (Huber 1964). It begins with the median of a handful of values: the first window of a series is a part of one, and
 * a level that had to creep away from it would take its way for spread.
 */
final class RobustLevel {
    /** What lies as many windows back weighs about a third. */
    private static final int REMEMBERED = 30;
    /** In spreads. */
    private static final double CLIP = 3;
    /** The mean of the absolute deviation of a normal distribution, as a part of its standard deviation: sqrt(2/pi). */
    private static final double MEAN_TO_SPREAD = Math.sqrt(Math.PI / 2);
    /** Of how many values a prior spread weighs as much that is a guess. */
    private static final int PRIOR_VALUES = 4;
    /** After so many values their median is the level, and it goes on from there. */
    private static final int BEGINNING = 6;

    private final double priorSpread;
    private final int priorValues;
    /** Of how many values the spread is remembered. */
    private final int spreadRemembered;

    private double level;
    private double spread;
    private long count;
    /** The first values, until there are enough of them. */
    private final List<Double> beginning = new ArrayList<>(0);

    RobustLevel(double priorSpread) {
        this(priorSpread, PRIOR_VALUES, REMEMBERED);
    }

    /**
     * @param priorValues of how many values the prior spread weighs as much
     * @param spreadRemembered what lies as many values back weighs about a third in the spread
     */
    RobustLevel(double priorSpread, int priorValues, int spreadRemembered) {
        this.priorSpread = priorSpread;
        this.priorValues = priorValues;
        this.spreadRemembered = spreadRemembered;
        this.spread = priorSpread;
    }

    void learn(double value) {
        count++;
        if (count <= BEGINNING) {
            beginning.add(value);
            begin();
            return;
        }
        beginning.clear();
        double deviation = clipped(value - level, Math.max(spread, priorSpread));
        level += deviation / Math.min(REMEMBERED, count);
        spread += (Math.abs(deviation) * MEAN_TO_SPREAD - spread) / Math.min(spreadRemembered, count + priorValues);
    }

    private void begin() {
        double[] values =
                beginning.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = values.length / 2;
        level = values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
        double sum = 0;
        for (double value : values) {
            sum += Math.abs(clipped(value - level, priorSpread)) * MEAN_TO_SPREAD;
        }
        spread = (priorValues * priorSpread + sum) / (priorValues + count);
    }

    private static double clipped(double deviation, double spread) {
        return Math.max(-CLIP * spread, Math.min(CLIP * spread, deviation));
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
        for (double value : beginning) {
            out.writeDouble(value);
        }
    }

    void readFrom(DataInput in) throws IOException {
        level = in.readDouble();
        spread = in.readDouble();
        count = in.readLong();
        beginning.clear();
        for (int i = 0; i < count && count <= BEGINNING; i++) {
            beginning.add(in.readDouble());
        }
    }
}
