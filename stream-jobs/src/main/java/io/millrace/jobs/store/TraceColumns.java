package io.millrace.jobs.store;

import io.millrace.jobs.assembly.TraceState;
import io.millrace.jobs.assembly.TraceSummary;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.usage.Usage;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes a summary of a row of {@code traces}. */
final class TraceColumns {
    private TraceColumns() {}

    static TraceRow read(ResultSet row) throws SQLException {
        return new TraceRow(
                row.getObject("project", UUID.class),
                TraceId.of(row.getObject("trace_id", UUID.class)),
                row.getObject("day", LocalDate.class).toEpochDay(),
                summary(row),
                false,
                row.getInt("epoch"),
                row.getLong("revision"),
                FactColumns.partials(row));
    }

    private static TraceSummary summary(ResultSet row) throws SQLException {
        BigDecimal cost = row.getBigDecimal("cost_pico_usd");
        Usage usage = FactColumns.usage(row);
        return new TraceSummary(
                TraceState.values()[row.getInt("state")],
                row.getInt("status") == SpanStatus.ERROR.code(),
                row.getBoolean("partial"),
                row.getLong("start_nanos"),
                row.getLong("end_nanos"),
                FactColumns.instant(row, "first_received_at").toEpochMilli(),
                FactColumns.instant(row, "last_received_at").toEpochMilli(),
                row.getInt("span_count"),
                row.getInt("error_count"),
                row.getInt("counted_spans"),
                row.getInt("unpriced_spans"),
                usage == null ? Usage.ZERO : usage,
                cost == null ? null : cost.toBigIntegerExact(),
                row.getLong("time_to_first_token_nanos"),
                id(row, "root_span_id"),
                id(row, "slowest_span_id"),
                FactColumns.text(row, "name"),
                FactColumns.text(row, "environment"),
                FactColumns.text(row, "user_id"),
                FactColumns.text(row, "session_id"),
                FactColumns.text(row, "release"),
                FactColumns.text(row, "external_id"),
                FactColumns.texts(row, "tags"),
                List.of((Integer[]) row.getArray("kinds").getArray()));
    }

    private static @Nullable SpanId id(ResultSet row, String column) throws SQLException {
        byte @Nullable [] bytes = row.getBytes(column);
        return bytes == null ? null : SpanId.of(bytes);
    }
}
