package io.millrace.jobs.assembly;

import com.google.protobuf.ByteString;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.SpanMessage;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A believable span to start from; a test says only what differs. */
public final class Spans {
    public static final UUID PROJECT = UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057");
    public static final TraceId TRACE = new TraceId(7, 7);
    /** 2026-11-20T12:00:00Z. */
    public static final long NOON_MILLIS = 1_795_176_000_000L;

    private long id = 1;
    private long parent;
    private TraceId trace = TRACE;
    private SpanKind kind = SpanKind.SPAN;
    private String name = "step";
    private long startMillis = NOON_MILLIS;
    private long durationMillis = 100;
    private long receivedMillis = NOON_MILLIS + 1_000;
    private boolean error;
    private int marks;
    private long contentHash = 1;
    private @Nullable Usage usage;
    private @Nullable Long pico;
    private String model = "";
    private String externalTraceId = "";
    private long offset;
    private int partition;

    private Spans() {}

    public static Spans span(long id) {
        Spans span = new Spans();
        span.id = id;
        return span;
    }

    /** A model call of 100 tokens in and 10 out that costs 5 pico-dollars. */
    public static Spans call(long id) {
        return span(id).kind(SpanKind.LLM).model("m").tokens(100, 10).pico(5L);
    }

    public Spans under(long parentId) {
        parent = parentId;
        return this;
    }

    public Spans trace(TraceId other) {
        trace = other;
        return this;
    }

    public Spans kind(SpanKind other) {
        kind = other;
        return this;
    }

    public Spans name(String other) {
        name = other;
        return this;
    }

    public Spans startMillis(long millis) {
        startMillis = millis;
        return this;
    }

    public Spans lasting(long millis) {
        durationMillis = millis;
        return this;
    }

    public Spans receivedMillis(long millis) {
        receivedMillis = millis;
        return this;
    }

    public Spans failed() {
        error = true;
        return this;
    }

    public Spans marked(Mark mark) {
        marks |= mark.bit();
        return this;
    }

    public Spans content(long hash) {
        contentHash = hash;
        return this;
    }

    public Spans model(String other) {
        model = other;
        return this;
    }

    public Spans tokens(long in, long out) {
        usage = Usage.of(new long[] {in, 0, 0, 0, 0, 0, out, 0, 0, 0});
        return this;
    }

    public Spans pico(@Nullable Long cost) {
        pico = cost;
        return this;
    }

    public Spans externalTrace(String name) {
        externalTraceId = name;
        return this;
    }

    public Spans at(int logPartition, long logOffset) {
        partition = logPartition;
        offset = logOffset;
        return this;
    }

    public SpanFact build() {
        SpanId spanId = new SpanId(0, id, false);
        SpanId parentId = parent == 0 ? null : new SpanId(0, parent, false);
        long endNanos = (startMillis + durationMillis) * 1_000_000;
        SpanMessage.Builder message = SpanMessage.newBuilder()
                .setTraceId(ByteString.copyFrom(trace.bytes()))
                .setSpanId(ByteString.copyFrom(spanId.bytes()))
                .setName(name)
                .setKind(kind.code())
                .setStartNanos(startMillis * 1_000_000)
                .setEndNanos(endNanos)
                .setStatus(error ? 2 : 0)
                .setResponseModel(model)
                .setMarks(marks)
                .setExternalTraceId(externalTraceId)
                .setContentHash(contentHash);
        if (parentId != null) {
            message.setParentSpanId(ByteString.copyFrom(parentId.bytes()));
        }
        if (usage != null) {
            message.setUsage(usage.toMessage());
        }
        SpanCost cost = pico == null ? SpanCost.NONE : new SpanCost(pico, null, "computed", "1", "exact");
        return new SpanFact(
                PROJECT,
                trace,
                spanId,
                parentId,
                message.build(),
                "test",
                "service",
                "1.0",
                usage,
                cost,
                Mark.CLOCK_SKEW.in(marks) ? receivedMillis * 1_000_000 : endNanos,
                receivedMillis,
                marks,
                partition,
                offset);
    }
}
