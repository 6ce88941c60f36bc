package io.millrace.jobs.store;

import io.millrace.jobs.assembly.Partials;
import io.millrace.jobs.assembly.TraceSummary;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.usage.UsageBucket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** Summaries of traces. The newer (epoch, revision) stays. */
final class TraceTable implements Table<TraceRow> {
    static final String COLUMNS = """
            project, trace_id, day, epoch, revision, start_nanos, end_nanos, first_received_at, last_received_at, \
            span_count, error_count, counted_spans, unpriced_spans, state, status, partial, cost_pico_usd, \
            input, input_cache_read, input_cache_write_5m, input_cache_write_1h, input_audio, input_image, \
            output, output_reasoning, output_audio, output_image, time_to_first_token_nanos, \
            root_span_id, slowest_span_id, name, environment, user_id, session_id, release, external_id, tags, kinds, \
            partials""";

    private static final String KEY = "project, trace_id, day";
    private static final String ON_CONFLICT = "(" + KEY + ") do update set " + Staging.assignments(COLUMNS, KEY)
            + " where (excluded.epoch, excluded.revision) > (traces.epoch, traces.revision)";
    private static final int USUAL_BYTES = 1_024;

    private final DayCopy<TraceRow> copy =
            new DayCopy<>("traces", COLUMNS, ON_CONFLICT, this::epochDay, TraceRow::rewrite, TraceTable::encode);

    private record Key(UUID project, TraceId trace, long day) {}

    @Override
    public String name() {
        return "traces";
    }

    @Override
    public Object key(TraceRow row) {
        return new Key(row.project(), row.trace(), row.epochDay());
    }

    @Override
    public TraceRow newer(TraceRow first, TraceRow second) {
        boolean replaced = RowOrder.isNewer(second.epoch(), second.revision(), first.epoch(), first.revision());
        TraceRow newer = replaced ? second : first;
        // Only if neither is the first write of the key is it a rewrite of what the table has.
        return first.rewrite() == second.rewrite() ? newer : newer.asRewrite(false);
    }

    @Override
    public int compare(TraceRow row, TraceRow other) {
        int byProject = RowOrder.compare(row.project(), other.project());
        return byProject != 0 ? byProject : row.trace().compareTo(other.trace());
    }

    @Override
    public int bytes(TraceRow row) {
        Partials own = row.own();
        return own == null ? USUAL_BYTES : USUAL_BYTES + own.bytes();
    }

    @Override
    public long epochDay(TraceRow row) {
        return row.epochDay();
    }

    @Override
    public void setUp(Connection connection) throws SQLException {
        copy.setUp(connection);
    }

    @Override
    public void write(Connection connection, List<TraceRow> rows) throws SQLException {
        copy.write(connection, rows);
    }

    private static void encode(TraceRow row, CopyBuffer out) {
        TraceSummary summary = row.summary();
        long firstToken = summary.timeToFirstTokenNanos();
        SpanStatus status = summary.error() ? SpanStatus.ERROR : SpanStatus.OK;
        out.uuid(row.project()).uuid(row.trace().uuid()).date(row.epochDay());
        out.int4(row.epoch()).int8(row.revision());
        out.int8(summary.startNanos()).int8(summary.endNanos());
        out.timeOfMillis(summary.firstReceivedMillis()).timeOfMillis(summary.lastReceivedMillis());
        out.int4(summary.spanCount()).int4(summary.errorCount());
        out.int4(summary.countedSpans()).int4(summary.unpricedSpans());
        out.int2(summary.state().code()).int2(status.code()).bool(summary.partial());
        if (summary.costPico() == null) {
            out.none();
        } else {
            out.numeric(summary.costPico());
        }
        for (int i = 0; i < UsageBucket.COUNT; i++) {
            out.int8(summary.usage().get(i));
        }
        out.int8OrNone(firstToken == 0 ? null : firstToken);
        FactTable.encodeId(summary.root(), out);
        FactTable.encodeId(summary.slowest(), out);
        out.textOrNone(summary.name()).textOrNone(summary.environment());
        out.textOrNone(summary.userId()).textOrNone(summary.sessionId());
        out.textOrNone(summary.release()).textOrNone(summary.externalId());
        FactTable.encodeTags(summary.tags(), out);
        out.ints(summary.kinds());
        FactTable.encodePartials(row.own(), out);
    }
}
