package io.millrace.jobs.ledger;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A posting to the ledger: what a record of the log declares, or what became of messages. Everything is added.
 *
 * @param project null for a tick, which moves the offset only
 * @param minuteMillis the received minute of the record
 * @param partition of the record
 * @param nextOffset the offset behind the record; -1 when the posting is of outcomes
 * @param accepted messages that the record declares
 * @param duplicate messages that changed nothing
 * @param merged messages that changed a span that was there
 * @param waiting messages that wait for a row of their own; below 0 for those that wait no longer
 * @param refused by reason, as the record declares
 * @param ignored by reason, as the record declares
 * @param quarantined by reason; below 0 for those that are understood after all
 */
public record Account(
        @Nullable UUID project,
        long minuteMillis,
        int partition,
        long nextOffset,
        long accepted,
        long duplicate,
        long merged,
        long waiting,
        Map<String, Long> refused,
        Map<String, Long> ignored,
        Map<String, Long> quarantined) {
    public static final long MINUTE_MILLIS = 60_000;

    /** A record that carries nothing to account for. */
    public static Account tick(int partition, long nextOffset) {
        return new Account(null, 0, partition, nextOffset, 0, 0, 0, 0, Map.of(), Map.of(), Map.of());
    }

    /** What became of messages that did not make a row of their own. */
    public static Account outcomes(
            UUID project, long minuteMillis, int partition, long duplicate, long merged, long waiting) {
        return new Account(
                project, minuteMillis, partition, -1, 0, duplicate, merged, waiting, Map.of(), Map.of(), Map.of());
    }

    /**
     * A record that was understood when it was replayed. It was accepted before: its items only change from quarantined to
     * whatever becomes of its messages.
     *
     * @param partition of the replay, as is {@code nextOffset}
     * @param reason by which they were quarantined
     */
    public static Account recovered(
            UUID project, long minuteMillis, int partition, long nextOffset, String reason, long items) {
        return new Account(
                project,
                minuteMillis,
                partition,
                nextOffset,
                0,
                0,
                0,
                0,
                Map.of(),
                Map.of(),
                items == 0 ? Map.of() : Map.of(reason, -items));
    }

    /** The start of the minute that holds this millisecond. */
    public static long minuteOf(long millis) {
        return Math.floorDiv(millis, MINUTE_MILLIS) * MINUTE_MILLIS;
    }
}
