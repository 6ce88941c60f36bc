package io.millrace.query.ledger;

import java.util.Map;
import java.util.TreeMap;

/**
 * What records of the log say of themselves.
 *
 * @param accepted messages in them
 * @param refused items of their requests that were never durable, by reason
 * @param ignored items that were taken and mean nothing to us, by reason
 */
record LogCounts(long accepted, Map<String, Long> refused, Map<String, Long> ignored) {
    static final LogCounts NONE = new LogCounts(0, Map.of(), Map.of());

    LogCounts plus(LogCounts other) {
        return new LogCounts(
                accepted + other.accepted, Reasons.sum(refused, other.refused), Reasons.sum(ignored, other.ignored));
    }

    /** Counts by reason. */
    static final class Reasons {
        private Reasons() {}

        static Map<String, Long> sum(Map<String, Long> a, Map<String, Long> b) {
            if (b.isEmpty()) {
                return a;
            }
            Map<String, Long> sum = new TreeMap<>(a);
            b.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
            return sum;
        }

        static long total(Map<String, Long> counts) {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }
    }
}
