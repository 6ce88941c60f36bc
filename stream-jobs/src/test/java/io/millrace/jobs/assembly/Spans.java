package io.millrace.jobs.assembly;

import com.google.protobuf.ByteString;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.PartialMessage;
import io.millrace.schema.wire.SpanMessage;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.function.Consumer;
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
    private boolean hasStart = true;
    private boolean hasEnd = true;
    private @Nullable PartialMessage partial;
    private boolean isNote;
    private Consumer<SpanMessage.Builder> saying = message -> {};

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

    /** A message of a span that is sent in parts, with an id and content of its own. */
    public Spans part(long messageId, long saidAtMillis, boolean update) {
        contentHash = messageId;
        partial = PartialMessage.newBuilder()
                .setAtNanos(saidAtMillis * 1_000_000)
                .setUpdate(update)
                .setId(ByteString.copyFrom(ByteBuffer.allocate(16).putLong(8, messageId)))
                .build();
        return this;
    }

    /** A message that begins a span: no end. */
    public static Spans begin(long id, long messageId) {
        Spans span = span(id);
        span.hasEnd = false;
        return span.part(messageId, NOON_MILLIS, false);
    }

    /** A message that ends a span: neither start nor name. */
    public static Spans end(long id, long messageId) {
        Spans span = span(id).name("");
        span.hasStart = false;
        return span.part(messageId, NOON_MILLIS + 100, true);
    }

    /** A message with neither start nor end nor name. */
    public static Spans update(long id, long messageId) {
        Spans span = end(id, messageId);
        span.hasEnd = false;
        return span.part(messageId, NOON_MILLIS + 50, true);
    }

    /** A message about the trace itself. */
    public static Spans ofTrace(long messageId) {
        Spans span = update(0, messageId);
        return span.part(messageId, NOON_MILLIS, false);
    }

    /** A note on some span, as it is when it was taken off its record. */
    public static Spans note(long messageId) {
        Spans span = ofTrace(messageId);
        span.isNote = true;
        return span;
    }

    /** It says more than the rest of this can. */
    public Spans saying(Consumer<SpanMessage.Builder> more) {
        saying = saying.andThen(more);
        return this;
    }

    public SpanFact build() {
        SpanId spanId = id == 0 ? SpanFact.ofTrace(trace) : new SpanId(0, id, false);
        SpanId parentId = parent == 0 ? null : new SpanId(0, parent, false);
        long endNanos = (startMillis + durationMillis) * 1_000_000;
        SpanMessage.Builder message = SpanMessage.newBuilder()
                .setTraceId(ByteString.copyFrom(trace.bytes()))
                .setSpanId(id == 0 ? ByteString.EMPTY : ByteString.copyFrom(spanId.bytes()))
                .setName(name)
                .setKind(kind.code())
                .setStartNanos(hasStart ? startMillis * 1_000_000 : 0)
                .setEndNanos(hasEnd ? endNanos : 0)
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
        if (partial != null) {
            message.setPartial(partial.toBuilder().setNote(isNote));
        }
        saying.accept(message);
        SpanCost cost = pico == null ? SpanCost.NONE : new SpanCost(pico, null, "computed", "1", "exact");
        SpanFact fact = new SpanFact(
                PROJECT,
                trace,
                spanId,
                parentId,
                message.build(),
                partial == null ? "test" : message.getEnvironment(),
                partial == null ? "service" : "",
                partial == null ? "1.0" : message.getRelease(),
                usage,
                cost,
                Mark.CLOCK_SKEW.in(marks) ? receivedMillis * 1_000_000 : endNanos,
                receivedMillis,
                marks,
                partition,
                offset,
                null);
        return partial == null ? fact : fact.asPartial();
    }
}
