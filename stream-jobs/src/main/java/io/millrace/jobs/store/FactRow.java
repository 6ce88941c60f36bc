package io.millrace.jobs.store;

import io.millrace.jobs.assembly.SpanFact;

/**
 * A row of {@code facts}.
 *
 * @param counted its usage counts: no model call below it reports usage
 * @param root it is its trace's root, whose latency and status are the trace's
 * @param cold its window is the keeper's: the writer marks the window dirty in the same transaction
 * @param rewrite a row of its key was written before; if not, the row may be in the table all the same, from an attempt
 *     that this one repeats
 * @param epoch with revision: which write of the row is newer
 */
public record FactRow(
        SpanFact fact, boolean counted, boolean root, boolean cold, boolean rewrite, int epoch, long revision) {
    /** The same row of another content. */
    public FactRow with(SpanFact other) {
        return new FactRow(other, counted, root, cold, rewrite, epoch, revision);
    }

    FactRow asRewrite(boolean value) {
        return new FactRow(fact, counted, root, cold, value, epoch, revision);
    }
}
