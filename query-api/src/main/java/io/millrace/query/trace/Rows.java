package io.millrace.query.trace;

import io.millrace.query.trace.TraceSummary.Figures;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The columns that are read, and what they mean. */
final class Rows {
    private static final String USAGE_COLUMNS =
            Arrays.stream(UsageBucket.values()).map(UsageBucket::label).collect(Collectors.joining(", "));

    static final String FACT_COLUMNS = """
            span_id, parent_span_id, name, kind, status, start_nanos, end_nanos, received_at, content_hash, marks, counted,
            root, time_to_first_token_nanos, cost_pico_usd, reported_cost_pico_usd, weight, provider, request_model,
            response_model, operation, environment, service_name, release, prompt_name, prompt_version, session_id,
            user_id, error_type, service_tier, cost_source, price_version, price_note, tags, """ + USAGE_COLUMNS;

    static final String TRACE_COLUMNS = """
            trace_id, state, status, partial, name, user_id, session_id, environment, release, external_id, tags,
            root_span_id, start_nanos, end_nanos, span_count, error_count, counted_spans, unpriced_spans, cost_pico_usd,
            time_to_first_token_nanos, """ + USAGE_COLUMNS;

    private Rows() {}

    static Fact fact(Row row) {
        @Nullable Double weight = row.getDouble("weight");
        return new Fact(
                span(row.getBuffer("span_id")),
                spanOrNull(row.getBuffer("parent_span_id")),
                row.getString("name"),
                SpanKind.of(row.getShort("kind")),
                SpanStatus.of(row.getShort("status")),
                row.getLong("start_nanos"),
                row.getLong("end_nanos"),
                row.getOffsetDateTime("received_at").toInstant(),
                row.getLong("content_hash"),
                row.getInteger("marks"),
                row.getBoolean("counted"),
                row.getBoolean("root"),
                row.getLong("time_to_first_token_nanos"),
                usage(row),
                integer(row.getLong("cost_pico_usd")),
                integer(row.getLong("reported_cost_pico_usd")),
                weight == null ? 1 : weight,
                labels(row),
                texts(row, "tags"));
    }

    static TraceSummary summary(Row row) {
        return new TraceSummary(
                TraceId.of(row.getUUID("trace_id")),
                TraceState.of(row.getShort("state")),
                SpanStatus.of(row.getShort("status")) == SpanStatus.ERROR,
                row.getBoolean("partial"),
                row.getString("name"),
                row.getString("user_id"),
                row.getString("session_id"),
                row.getString("environment"),
                row.getString("release"),
                row.getString("external_id"),
                texts(row, "tags"),
                spanOrNull(row.getBuffer("root_span_id")),
                figures(row));
    }

    private static Figures figures(Row row) {
        @Nullable BigDecimal cost = row.getBigDecimal("cost_pico_usd");
        @Nullable Usage usage = usage(row);
        return new Figures(
                row.getLong("start_nanos"),
                row.getLong("end_nanos"),
                row.getInteger("span_count"),
                row.getInteger("error_count"),
                row.getInteger("counted_spans"),
                row.getInteger("unpriced_spans"),
                usage == null ? Usage.ZERO : usage,
                cost == null ? null : cost.toBigInteger(),
                row.getLong("time_to_first_token_nanos"));
    }

    private static Fact.Labels labels(Row row) {
        return new Fact.Labels(
                row.getString("provider"),
                row.getString("request_model"),
                row.getString("response_model"),
                row.getString("operation"),
                row.getString("environment"),
                row.getString("service_name"),
                row.getString("release"),
                row.getString("prompt_name"),
                row.getString("prompt_version"),
                row.getString("session_id"),
                row.getString("user_id"),
                row.getString("error_type"),
                row.getString("service_tier"),
                row.getString("cost_source"),
                row.getString("price_version"),
                row.getString("price_note"));
    }

    /** Null when every bucket is: a span that reported no usage is told from one that used nothing. */
    private static @Nullable Usage usage(Row row) {
        long[] tokens = new long[UsageBucket.COUNT];
        boolean reported = false;
        for (UsageBucket bucket : UsageBucket.values()) {
            @Nullable Long count = row.getLong(bucket.label());
            if (count != null) {
                tokens[bucket.ordinal()] = count;
                reported = true;
            }
        }
        return reported ? Usage.of(tokens) : null;
    }

    private static @Nullable BigInteger integer(@Nullable Long value) {
        return value == null ? null : BigInteger.valueOf(value);
    }

    private static SpanId span(Buffer bytes) {
        return SpanId.of(bytes.getBytes());
    }

    private static @Nullable SpanId spanOrNull(@Nullable Buffer bytes) {
        return bytes == null || bytes.length() == 0 ? null : span(bytes);
    }

    private static List<String> texts(Row row, String column) {
        @Nullable String[] texts = row.getArrayOfStrings(column);
        return texts == null ? List.of() : List.of(texts);
    }
}
