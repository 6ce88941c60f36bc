package io.millrace.schema.window;

import java.util.Comparator;

/**
 * Which of two values of one window is newer. A write wins only if it is greater, so that an attempt that lives on after
 * its successor started always loses.
 *
 * @param generation 0 for the stream, one more at each recompute from facts
 * @param epoch taken from a database sequence at each start of an operator
 * @param n counts within the epoch
 */
public record Revision(int generation, int epoch, long n) implements Comparable<Revision> {
    private static final Comparator<Revision> ORDER = Comparator.comparingInt(Revision::generation)
            .thenComparingInt(Revision::epoch)
            .thenComparingLong(Revision::n);

    @Override
    public int compareTo(Revision other) {
        return ORDER.compare(this, other);
    }
}
