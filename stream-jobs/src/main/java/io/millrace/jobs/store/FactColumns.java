package io.millrace.jobs.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.jobs.assembly.Partials;
import io.millrace.jobs.assembly.SpanCost;
import io.millrace.jobs.assembly.SpanFact;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.wire.SpanMessage;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes a span of a row of {@code facts}. */
public final class FactColumns {
    /** What {@link #read} needs, for a select. */
    public static final String NAMES = FactTable.COLUMNS;

    private static final int PICO_DIGITS = 12;
    private static final long NANOS_PER_MICRO = 1_000;

    private FactColumns() {}

    /** The span of the row under the cursor. */
    public static FactRow read(ResultSet row) throws SQLException {
        UUID project = row.getObject("project", UUID.class);
        TraceId trace = TraceId.of(row.getObject("trace_id", UUID.class));
        SpanId span = SpanId.of(row.getBytes("span_id"));
        byte @Nullable [] parent = row.getBytes("parent_span_id");
        Usage usage = usage(row);
        SpanFact fact = new SpanFact(
                project,
                trace,
                span,
                parent == null ? null : SpanId.of(parent),
                message(row, trace, span, parent, usage),
                text(row, "environment"),
                text(row, "service_name"),
                text(row, "release"),
                usage,
                cost(row),
                windowAtNanos(row),
                instant(row, "received_at").toEpochMilli(),
                row.getInt("marks"),
                row.getInt("source_partition"),
                row.getLong("source_offset"),
                partials(row));
        return new FactRow(
                fact,
                row.getBoolean("counted"),
                row.getBoolean("root"),
                false,
                false,
                row.getInt("epoch"),
                row.getLong("revision"));
    }

    private static SpanMessage message(
            ResultSet row, TraceId trace, SpanId span, byte @Nullable [] parent, @Nullable Usage usage)
            throws SQLException {
        SpanMessage.Builder message = SpanMessage.newBuilder()
                .setTraceId(ByteString.copyFrom(trace.bytes()))
                .setSpanId(ByteString.copyFrom(span.bytes()))
                .setName(text(row, "name"))
                .setKind(row.getInt("kind"))
                .setStartNanos(row.getLong("start_nanos"))
                .setEndNanos(row.getLong("end_nanos"))
                .setStatus(row.getInt("status"))
                .setProvider(text(row, "provider"))
                .setRequestModel(text(row, "request_model"))
                .setResponseModel(text(row, "response_model"))
                .setOperation(text(row, "operation"))
                .setTimeToFirstTokenNanos(row.getLong("time_to_first_token_nanos"))
                .setPromptName(text(row, "prompt_name"))
                .setPromptVersion(text(row, "prompt_version"))
                .setSessionId(text(row, "session_id"))
                .setUserId(text(row, "user_id"))
                .addAllTags(texts(row, "tags"))
                .setEnvironment(text(row, "environment"))
                .setRelease(text(row, "release"))
                .setErrorType(text(row, "error_type"))
                .setMarks(row.getInt("marks"))
                .setServiceTier(text(row, "service_tier"))
                .setWeight(row.getDouble("weight"))
                .setContentHash(row.getLong("content_hash"));
        if (parent != null) {
            message.setParentSpanId(ByteString.copyFrom(parent));
        }
        if (usage != null) {
            message.setUsage(usage.toMessage());
        }
        Long reported = longOrNull(row, "reported_cost_pico_usd");
        if (reported != null) {
            message.setReportedCostUsd(BigDecimal.valueOf(reported, PICO_DIGITS)
                    .stripTrailingZeros()
                    .toPlainString());
        }
        return message.build();
    }

    static @Nullable Partials partials(ResultSet row) throws SQLException {
        byte @Nullable [] bytes = row.getBytes("partials");
        try {
            return bytes == null ? null : Partials.of(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("a row's partials are not readable", e);
        }
    }

    private static SpanCost cost(ResultSet row) throws SQLException {
        return new SpanCost(
                longOrNull(row, "cost_pico_usd"),
                longOrNull(row, "reported_cost_pico_usd"),
                text(row, "cost_source"),
                text(row, "price_version"),
                text(row, "price_note"));
    }

    static @Nullable Usage usage(ResultSet row) throws SQLException {
        long[] tokens = new long[UsageBucket.COUNT];
        boolean any = false;
        for (UsageBucket bucket : UsageBucket.values()) {
            Long value = longOrNull(row, bucket.label());
            tokens[bucket.ordinal()] = value == null ? 0 : value;
            any |= value != null;
        }
        return any ? Usage.of(tokens) : null;
    }

    /** The column has microseconds; where it is the span's end, the end has the rest. */
    static long windowAtNanos(ResultSet row) throws SQLException {
        Instant at = instant(row, "window_at");
        long micros =
                Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000L), at.getNano() / NANOS_PER_MICRO);
        long end = row.getLong("end_nanos");
        return Math.floorDiv(end, NANOS_PER_MICRO) == micros ? end : Math.multiplyExact(micros, NANOS_PER_MICRO);
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        Timestamp timestamp = row.getTimestamp(column);
        return timestamp.toInstant();
    }

    static String text(ResultSet row, String column) throws SQLException {
        String value = row.getString(column);
        return value == null ? "" : value;
    }

    static List<String> texts(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    static @Nullable Long longOrNull(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }
}
