package io.millrace.bench.load;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the acknowledged requests must amount to, whatever their order: sums per series and ten-second window, and an
 * exclusive-or of all span ids, in which a span that is replaced by another one shows. Threads may share it.
 */
public final class Truth {
    private final List<Series> series;
    private final Map<Long, long[]> windows = new HashMap<>();
    private long spans;
    private long spanIds;

    /** @param series those that the workload numbers its spans by */
    public Truth(List<Series> series) {
        this.series = List.copyOf(series);
    }

    /** Counts one acknowledged request, once, however often it was sent. */
    public synchronized void acknowledge(Workload workload, Schedule schedule, long sequence) {
        workload.count(schedule, sequence, this);
    }

    /** The numbers of all series in the window that holds this moment; a series' begin at its number x measures. */
    long[] window(long epochNanos) {
        long start = Grain.TEN_SECONDS.floor(Math.floorDiv(epochNanos, 1_000_000_000L));
        return windows.computeIfAbsent(start, absent -> new long[series.size() * Measure.COUNT]);
    }

    void span(long spanId) {
        spans++;
        spanIds ^= spanId;
    }

    /** How many spans were acknowledged. */
    public synchronized long spans() {
        return spans;
    }

    /** The exclusive-or of the ids of all acknowledged spans, read as big-endian numbers. */
    public synchronized long spanIds() {
        return spanIds;
    }

    /** All sums of a cube at a grain. */
    public synchronized Table table(Grain grain, Cube cube) {
        Table table = new Table(Measure.columns());
        windows.forEach((start, sums) -> {
            for (int i = 0; i < series.size(); i++) {
                int from = i * Measure.COUNT;
                if (sums[from] != 0 && cube.holds(series.get(i))) {
                    table.add(new Table.Key(grain, cube, cube.dims(series.get(i)), grain.floor(start)), sums, from);
                }
            }
        });
        return table;
    }
}
