package io.millrace.jobs.store;

import io.millrace.jobs.assembly.TraceState;
import io.millrace.schema.id.TraceId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the store knows of a trace.
 *
 * @param row the trace's own row; null while only facts are there
 * @param facts its spans in the order of their ids. Their messages have no body, and none of the fields that rows do
 *     not keep (streaming, level, external ids); no fact is cold
 */
public record StoredTrace(
        UUID project, TraceId trace, @Nullable TraceRow row, List<FactRow> facts) {
    public boolean isSettled() {
        return row != null && row.summary().state() == TraceState.SETTLED;
    }
}
