package io.millrace.jobs.store;

import io.millrace.jobs.assembly.Partials;
import io.millrace.jobs.assembly.TraceSummary;
import io.millrace.schema.id.TraceId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code traces}.
 *
 * @param epochDay days since 1970-01-01, of the first accepted span; fixed
 * @param rewrite a row of its key was written before; if not, the row may be in the table all the same, from an attempt
 *     that this one repeats
 * @param epoch with revision: which write of the row is newer
 * @param own messages about the trace itself; null when there were none
 */
public record TraceRow(
        UUID project,
        TraceId trace,
        long epochDay,
        TraceSummary summary,
        boolean rewrite,
        int epoch,
        long revision,
        @Nullable Partials own) {
    TraceRow asRewrite(boolean value) {
        return new TraceRow(project, trace, epochDay, summary, value, epoch, revision, own);
    }

    /** The same row with other messages about the trace itself. */
    public TraceRow with(@Nullable Partials others) {
        return new TraceRow(project, trace, epochDay, summary, rewrite, epoch, revision, others);
    }
}
