package io.millrace.query;

import io.millrace.schema.span.SpanKind;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Rows of facts, traces and anomalies, as the jobs write them; tests say only what matters to them. */
public final class Facts {
    private Facts() {}

    public static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }

    public static LocalDate day(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }

    public static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /** A span that ended then. */
    public static Row fact(UUID project, String traceId, String spanId, Instant start, Instant end) {
        return new Row("facts")
                .with("project", project)
                .with("trace_id", uuid(traceId))
                .with("span_id", HexFormat.of().parseHex(spanId))
                .with("day", day(end))
                .with("epoch", 1)
                .with("revision", 1L)
                .with("start_nanos", nanos(start))
                .with("end_nanos", nanos(end))
                .with("window_at", utc(end))
                .with("received_at", utc(end))
                .with("source_offset", 0L)
                .with("source_partition", 0)
                .with("content_hash", 1L)
                .with("marks", 0)
                .with("kind", SpanKind.SPAN.code())
                .with("status", 0)
                .with("counted", false)
                .with("root", false)
                .with("name", "span");
    }

    /** A settled trace. */
    public static Row trace(UUID project, String traceId, Instant start, Instant end) {
        return new Row("traces")
                .with("project", project)
                .with("trace_id", uuid(traceId))
                .with("day", day(end))
                .with("epoch", 1)
                .with("revision", 1L)
                .with("start_nanos", nanos(start))
                .with("end_nanos", nanos(end))
                .with("first_received_at", utc(end))
                .with("last_received_at", utc(end))
                .with("span_count", 1)
                .with("error_count", 0)
                .with("counted_spans", 0)
                .with("unpriced_spans", 0)
                .with("state", 2)
                .with("status", 1)
                .with("partial", false)
                .with("kinds", new Integer[] {1})
                .with("name", "trace");
    }

    /** An open anomaly: the error rate of the whole project. */
    public static Row anomaly(UUID project, UUID id, Instant onset) {
        return new Row("anomalies")
                .with("project", project)
                .with("id", id)
                .with("incident", id)
                .with("epoch", 1)
                .with("revision", 1L)
                .with("cube", 0)
                .with("dims", new String[0])
                .with("measure", 1)
                .with("kind", 0)
                .with("state", 0)
                .with("severity", 2)
                .with("observed", 0.5)
                .with("expected", 0.01)
                .with("lower_bound", 0.0)
                .with("upper_bound", 0.025)
                .with("score", 12.5)
                .with("onset", utc(onset))
                .with("first_seen", utc(onset.plusSeconds(4)))
                .with("last_seen", utc(onset.plusSeconds(20)))
                .with("cause_cube", 0)
                .with("cause_dims", new String[0])
                .with("sentence", "The error rate is 50.0 %, usually 1.0 %");
    }

    public static UUID uuid(String hex) {
        return new UUID(Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16));
    }

    /** A row to be inserted. */
    public static final class Row {
        private final String table;
        private final Map<String, Object> columns = new LinkedHashMap<>();

        private Row(String table) {
            this.table = table;
        }

        public static Row of(String table) {
            return new Row(table);
        }

        public Row with(String column, Object value) {
            columns.put(column, value);
            return this;
        }

        public void insert(Api api) throws SQLException {
            if (columns.get("day") instanceof LocalDate day) {
                api.sql("select ensure_day(?)", day);
            }
            String places = "?" + ", ?".repeat(columns.size() - 1);
            api.sql(
                    "insert into " + table + " (" + String.join(", ", columns.keySet()) + ") values (" + places + ")",
                    columns.values().toArray());
        }
    }
}
