package io.millrace.bench.load;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sums by series and window, from one source. Two tables of different sources are compared cell by cell. */
public final class Table {
    private final List<String> measures;
    private final Map<Key, long[]> rows = new HashMap<>();

    /** @param windowStart seconds since the epoch */
    public record Key(Grain grain, Cube cube, List<String> dims, long windowStart) {
        @Override
        public String toString() {
            return grain.label() + " " + cube + dims + " at " + Instant.ofEpochSecond(windowStart);
        }
    }

    /** A cell in which two tables disagree. */
    public record Difference(Key key, String measure, long expected, long actual) {
        @Override
        public String toString() {
            return key + " " + measure + ": expected " + expected + ", found " + actual + " (" + (actual - expected)
                    + ")";
        }
    }

    /** @param measures the names of a row's numbers, in order */
    public Table(List<String> measures) {
        this.measures = List.copyOf(measures);
    }

    public int size() {
        return rows.size();
    }

    /** Adds the numbers to the row's; a row that is not there yet counts as zeros. */
    public void add(Key key, long[] values) {
        add(key, values, 0);
    }

    /** The same with the numbers that begin at {@code from}. */
    void add(Key key, long[] values, int from) {
        long[] row = rows.computeIfAbsent(key, absent -> new long[measures.size()]);
        for (int i = 0; i < row.length; i++) {
            row[i] = Math.addExact(row[i], values[from + i]);
        }
    }

    /** The sum of a measure over all rows of a cube at a grain. */
    public long total(Grain grain, Cube cube, String measure) {
        int column = measures.indexOf(measure);
        return rows.entrySet().stream()
                .filter(row -> row.getKey().grain() == grain && row.getKey().cube() == cube)
                .mapToLong(row -> row.getValue()[column])
                .reduce(0, Math::addExact);
    }

    /** Takes in the rows of another table of the same measures. */
    public void addAll(Table other) {
        other.rows.forEach(this::add);
    }

    /** The rows of one grain and cube, with other measures computed from the row's own. */
    public Table view(List<String> names, Projection projection) {
        Table view = new Table(names);
        rows.forEach((key, values) -> view.add(key, projection.of(values)));
        return view;
    }

    /** Computes the numbers of another set of measures. */
    @FunctionalInterface
    public interface Projection {
        /** @param values a row's numbers in the order of its table's measures */
        long[] of(long[] values);
    }

    /** All cells that differ; a row that is missing on one side differs where the other side's is not zero. */
    public List<Difference> differences(Table actual) {
        if (!measures.equals(actual.measures)) {
            throw new IllegalArgumentException("cannot compare " + measures + " with " + actual.measures);
        }
        Set<Key> keys = new HashSet<>(rows.keySet());
        keys.addAll(actual.rows.keySet());
        List<Difference> differences = new ArrayList<>();
        long[] zeros = new long[measures.size()];
        for (Key key : keys) {
            long[] expected = rows.getOrDefault(key, zeros);
            long[] found = actual.rows.getOrDefault(key, zeros);
            for (int i = 0; i < zeros.length; i++) {
                if (expected[i] != found[i]) {
                    differences.add(new Difference(key, measures.get(i), expected[i], found[i]));
                }
            }
        }
        return differences;
    }
}
