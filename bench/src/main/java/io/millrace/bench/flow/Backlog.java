package io.millrace.bench.flow;

import java.util.ArrayList;
import java.util.List;

/**
 * How far storing lags behind acknowledging, sampled over time. Stores write in batches, so the lag is a sawtooth: whether
 * it grows shows in the lows of consecutive blocks of time, not in single samples.
 */
final class Backlog {
    private final List<Sample> samples = new ArrayList<>();

    /**
     * @param seconds since the traffic began
     * @param spans acknowledged and not stored
     */
    record Sample(double seconds, long spans) {}

    synchronized void add(double seconds, long spans) {
        samples.add(new Sample(seconds, spans));
    }

    /** The largest lag so far. */
    synchronized long highest() {
        return samples.stream().mapToLong(Sample::spans).max().orElse(0);
    }

    /** The last lag; 0 before the first sample. */
    synchronized long last() {
        return samples.isEmpty() ? 0 : samples.get(samples.size() - 1).spans;
    }

    /**
     * By how many spans per second the lag grows from {@code from} on: the slope of the least-squares line through the
     * lows of blocks of this length; 0 with fewer than two blocks.
     */
    synchronized double growth(double from, double blockSeconds) {
        List<Sample> lows = new ArrayList<>();
        long block = -1;
        for (Sample sample : samples) {
            if (sample.seconds < from) {
                continue;
            }
            long index = (long) ((sample.seconds - from) / blockSeconds);
            if (index != block) {
                lows.add(sample);
                block = index;
            } else if (sample.spans < lows.get(lows.size() - 1).spans) {
                lows.set(lows.size() - 1, sample);
            }
        }
        return slope(lows);
    }

    private static double slope(List<Sample> points) {
        double meanX = points.stream().mapToDouble(Sample::seconds).average().orElse(0);
        double meanY = points.stream().mapToDouble(Sample::spans).average().orElse(0);
        double numerator = 0;
        double denominator = 0;
        for (Sample point : points) {
            numerator += (point.seconds - meanX) * (point.spans - meanY);
            denominator += (point.seconds - meanX) * (point.seconds - meanX);
        }
        return denominator == 0 ? 0 : numerator / denominator;
    }
}
