package io.millrace.jobs.store;

import java.util.Map;
import java.util.UUID;

/**
 * A row of {@code ledger}: what one partition brought for a project in one minute, as absolute counts.
 *
 * @param minuteMillis start of the minute of the edge's clock, in milliseconds since the epoch
 * @param segment one life of the counters in keyed state; a row's counts are the sum over its segments
 * @param accepted items appended to the log
 * @param duplicate items that changed nothing
 * @param merged partials that added to a span's row
 * @param waiting items that wait in state for a row of their own; may be below 0 in a segment
 * @param refused by reason; never durable
 * @param ignored by reason
 * @param quarantined by reason; durable but not understood
 */
public record LedgerRow(
        UUID project,
        long minuteMillis,
        int partition,
        long segment,
        long accepted,
        long duplicate,
        long merged,
        long waiting,
        Map<String, Long> refused,
        Map<String, Long> ignored,
        Map<String, Long> quarantined) {
    public LedgerRow {
        refused = Map.copyOf(refused);
        ignored = Map.copyOf(ignored);
        quarantined = Map.copyOf(quarantined);
    }
}
