package io.millrace.jobs.detection;

import io.millrace.schema.window.QuantileSketch;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What latency is usual for a series, as the level of its windows' 95th percentiles on a logarithmic scale, and how often a
 * request lies far beyond it.
 *
 * <p>The first windows wait for the level: by that of the very first, in which only short requests have ended yet, much of
 * what follows would be slow, for once and all at once.
 */
final class Latencies {
    /** Of the usual 95th percentile: slower than this is slow. */
    private static final double SLOW = 1.25;
    /** Of the usual 95th percentile: a window's that is less is not worth telling, however many are slow. */
    private static final double NOTABLE = 1.5;
    /** When a model becomes slow, much of what ends soon after was begun before. */
    private static final double SUSPECTED = 0.5;

    /** Natural logarithms. */
    private final RobustLevel level = new RobustLevel(0.3);

    private final Rate slow = new Rate();
    /** Encoded sketches of the first windows, until the level is known. */
    private final List<byte[]> waiting = new ArrayList<>(0);

    void learn(QuantileSketch window) {
        if (window.isEmpty()) {
            return;
        }
        if (isKnown()) {
            learnSlow(window);
        } else {
            waiting.add(window.encode());
        }
        level.learn(Math.log(Math.max(1e-3, window.quantile(0.95))));
        if (isKnown()) {
            waiting.forEach(first -> learnSlow(QuantileSketch.decode(first)));
            waiting.clear();
        }
    }

    private void learnSlow(QuantileSketch window) {
        slow.learn(slowOf(window), window.count());
    }

    /** Whether enough windows were learnt from; nothing is slow before. */
    boolean isKnown() {
        return level.count() >= SeriesProfile.WARM_UP;
    }

    /** How many of these are slow. */
    long slowOf(QuantileSketch requests) {
        return isKnown() ? requests.countAbove(SLOW * usual()) : 0;
    }

    /** The usual 95th percentile, milliseconds. */
    double usual() {
        return Math.exp(level.level());
    }

    /** A 95th percentile that is worth telling, milliseconds. */
    double notable() {
        return NOTABLE * usual();
    }

    /** The share that may be slow. */
    double tolerated() {
        return Math.min(1, 1.5 * slow.value() + 0.02);
    }

    /** A share that shows that something is wrong. */
    double suspected(double notableShare) {
        return Math.max(SUSPECTED, tolerated() + notableShare);
    }

    /** The variance of how many are slow over that of independent requests. */
    double dispersion() {
        return slow.dispersion();
    }

    void writeTo(DataOutput out) throws IOException {
        level.writeTo(out);
        slow.writeTo(out);
        out.writeByte(waiting.size());
        for (byte[] sketch : waiting) {
            out.writeInt(sketch.length);
            out.write(sketch);
        }
    }

    void readFrom(DataInput in) throws IOException {
        level.readFrom(in);
        slow.readFrom(in);
        waiting.clear();
        int size = in.readByte();
        for (int i = 0; i < size; i++) {
            byte[] sketch = new byte[in.readInt()];
            in.readFully(sketch);
            waiting.add(sketch);
        }
    }
}
