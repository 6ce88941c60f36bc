package io.millrace.ingest.langsmith;

import org.jspecify.annotations.Nullable;

/**
 * A run's place in its trace: for each run from the root down to itself its start and its id,
 * {@code 20261120T215705939001Z<uuid>}, with dots between.
 */
final class DottedOrder {
    private DottedOrder() {}

    /** The id of the root, which is the trace's. */
    static @Nullable String root(@Nullable String order) {
        if (order == null) {
            return null;
        }
        int end = order.indexOf('.');
        return id(end < 0 ? order : order.substring(0, end));
    }

    /** The id of the run's parent; null of the root. */
    static @Nullable String parent(@Nullable String order) {
        int end = order == null ? -1 : order.lastIndexOf('.');
        return order == null || end < 0 ? null : id(order.substring(order.lastIndexOf('.', end - 1) + 1, end));
    }

    private static @Nullable String id(String segment) {
        int time = segment.indexOf('Z');
        return time < 0 || time + 1 == segment.length() ? null : segment.substring(time + 1);
    }
}
