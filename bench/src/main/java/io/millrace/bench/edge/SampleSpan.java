package io.millrace.bench.edge;

import java.util.List;

/**
 * A span before it is encoded in one way or the other.
 *
 * @param traceHigh the first half of the trace's id
 * @param traceLow the second half
 * @param parent 0 for none
 * @param startNanos since the epoch
 */
record SampleSpan(
        long traceHigh,
        long traceLow,
        long id,
        long parent,
        String name,
        long startNanos,
        long durationNanos,
        List<Attribute> attributes) {
    /** The service that all of them come from. */
    static final String SERVICE = "support-desk";

    /** @param value a String, a Long or a Double */
    record Attribute(String key, Object value) {
        static Attribute of(String key, String value) {
            return new Attribute(key, value);
        }

        static Attribute of(String key, long value) {
            return new Attribute(key, value);
        }

        static Attribute of(String key, double value) {
            return new Attribute(key, value);
        }
    }

    long endNanos() {
        return startNanos + durationNanos;
    }
}
