package io.millrace.jobs.store;

import io.millrace.jobs.assembly.Partials;
import io.millrace.jobs.assembly.SpanCost;
import io.millrace.jobs.assembly.SpanFact;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.wire.SpanMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Spans. The newer (epoch, revision) stays; a row that came after its window was closed marks the window dirty. */
final class FactTable implements Table<FactRow> {
    static final String COLUMNS = """
            project, trace_id, day, epoch, revision, start_nanos, end_nanos, window_at, received_at, source_offset, \
            content_hash, source_partition, marks, kind, status, counted, root, time_to_first_token_nanos, \
            input, input_cache_read, input_cache_write_5m, input_cache_write_1h, input_audio, input_image, \
            output, output_reasoning, output_audio, output_image, cost_pico_usd, reported_cost_pico_usd, weight, \
            span_id, parent_span_id, name, provider, request_model, response_model, operation, environment, \
            service_name, release, prompt_name, prompt_version, session_id, user_id, error_type, service_tier, \
            cost_source, price_version, price_note, tags, placed_after, partials""";

    private static final String KEY = "project, trace_id, span_id, day";
    private static final String ON_CONFLICT = "(" + KEY + ") do update set " + Staging.assignments(COLUMNS, KEY)
            + " where (excluded.epoch, excluded.revision) > (facts.epoch, facts.revision)";
    private static final long NANOS_PER_DAY = 86_400_000_000_000L;
    private static final int USUAL_BYTES = 512;

    private final DayCopy<FactRow> copy =
            new DayCopy<>("facts", COLUMNS, ON_CONFLICT, this::epochDay, FactRow::rewrite, this::encode);

    private record Key(UUID project, TraceId trace, SpanId span, long day) {}

    @Override
    public String name() {
        return "facts";
    }

    @Override
    public Object key(FactRow row) {
        SpanFact fact = row.fact();
        return new Key(fact.project(), fact.trace(), fact.id(), epochDay(row));
    }

    @Override
    public FactRow newer(FactRow first, FactRow second) {
        boolean replaced = RowOrder.isNewer(second.epoch(), second.revision(), first.epoch(), first.revision());
        FactRow newer = replaced ? second : first;
        // Only if neither is the first write of the key is it a rewrite of what the table has.
        return first.rewrite() == second.rewrite() ? newer : newer.asRewrite(false);
    }

    @Override
    public int compare(FactRow row, FactRow other) {
        SpanFact one = row.fact();
        SpanFact two = other.fact();
        int byProject = RowOrder.compare(one.project(), two.project());
        int byTrace = byProject != 0 ? byProject : one.trace().compareTo(two.trace());
        return byTrace != 0 ? byTrace : one.id().compareTo(two.id());
    }

    @Override
    public int bytes(FactRow row) {
        return USUAL_BYTES + row.fact().bytes();
    }

    @Override
    public long epochDay(FactRow row) {
        return Math.floorDiv(row.fact().windowAtNanos(), NANOS_PER_DAY);
    }

    @Override
    public void setUp(Connection connection) throws SQLException {
        copy.setUp(connection);
    }

    @Override
    public void write(Connection connection, List<FactRow> rows) throws SQLException {
        copy.write(connection, rows);
        WindowMarks.markDirty(connection, rows.stream().filter(FactRow::cold).toList());
    }

    private void encode(FactRow row, CopyBuffer out) {
        SpanFact fact = row.fact();
        SpanMessage message = fact.message();
        SpanCost cost = fact.cost();
        long firstToken = message.getTimeToFirstTokenNanos();
        out.uuid(fact.project()).uuid(fact.trace().uuid()).date(epochDay(row));
        out.int4(row.epoch()).int8(row.revision());
        out.int8(message.getStartNanos()).int8(message.getEndNanos());
        out.timeOfNanos(fact.windowAtNanos()).timeOfMillis(fact.receivedAtMillis());
        out.int8(fact.offset()).int8(message.getContentHash()).int4(fact.partition());
        out.int4(fact.marks()).int2(message.getKind()).int2(message.getStatus());
        out.bool(row.counted()).bool(row.root());
        out.int8OrNone(firstToken == 0 ? null : firstToken);
        encodeUsage(fact.usage(), out);
        out.int8OrNone(cost.pico()).int8OrNone(cost.reportedPico());
        encodeWeight(message.getWeight(), out);
        out.bytea(fact.id().bytes());
        encodeId(fact.parent(), out);
        out.text(message.getName()).textOrNone(message.getProvider());
        out.textOrNone(message.getRequestModel()).textOrNone(message.getResponseModel());
        out.textOrNone(message.getOperation()).textOrNone(fact.environment());
        out.textOrNone(fact.service()).textOrNone(fact.release());
        out.textOrNone(message.getPromptName()).textOrNone(message.getPromptVersion());
        out.textOrNone(message.getSessionId()).textOrNone(message.getUserId());
        out.textOrNone(message.getErrorType()).textOrNone(message.getServiceTier());
        out.textOrNone(cost.source()).textOrNone(cost.version()).textOrNone(cost.note());
        encodeTags(message.getTagsList(), out);
        Partials partials = fact.partials();
        out.int8OrNone(partials == null || partials.placedAfter() == 0 ? null : partials.placedAfter());
        encodePartials(partials, out);
    }

    static void encodePartials(@Nullable Partials partials, CopyBuffer out) {
        if (partials == null) {
            out.none();
        } else {
            out.bytea(partials.toBytes());
        }
    }

    static void encodeId(@Nullable SpanId id, CopyBuffer out) {
        if (id == null) {
            out.none();
        } else {
            out.bytea(id.bytes());
        }
    }

    static void encodeTags(List<String> tags, CopyBuffer out) {
        if (tags.isEmpty()) {
            out.none();
        } else {
            out.texts(tags.subList(0, Math.min(tags.size(), SeriesText.MAX_TAGS)));
        }
    }

    private static void encodeUsage(@Nullable Usage usage, CopyBuffer out) {
        for (int i = 0; i < UsageBucket.COUNT; i++) {
            out.int8OrNone(usage == null ? null : usage.get(i));
        }
    }

    private static void encodeWeight(double weight, CopyBuffer out) {
        if (weight == 0 || weight == 1) {
            out.none();
        } else {
            out.float8(weight);
        }
    }
}
