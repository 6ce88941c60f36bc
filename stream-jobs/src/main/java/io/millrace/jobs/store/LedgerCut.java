package io.millrace.jobs.store;

import java.util.List;
import java.util.Map;

/**
 * The ledger as of a completed checkpoint.
 *
 * @param epoch of the operator attempt; an older one never overwrites a newer one
 * @param checkpoint its number
 * @param streamTimeMillis the log's own time at the checkpoint
 * @param nextOffsets by partition: messages from there on are not in the counts
 * @param rows those that changed since the cut before
 */
public record LedgerCut(
        int epoch, long checkpoint, long streamTimeMillis, Map<Integer, Long> nextOffsets, List<LedgerRow> rows) {
    public LedgerCut {
        nextOffsets = Map.copyOf(nextOffsets);
        rows = List.copyOf(rows);
    }
}
