package io.millrace.jobs.store;

import com.google.protobuf.ByteString;
import io.millrace.jobs.assembly.Partials;
import io.millrace.jobs.assembly.SpanCost;
import io.millrace.jobs.assembly.SpanFact;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.SpanMessage;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A believable model call; tests state what differs. */
public final class Facts {
    public static final UUID PROJECT = UUID.fromString("01930000-0000-7000-8000-00000000000a");
    public static final TraceId TRACE = new TraceId(0x4bf92f3577b34da6L, 0xa3ce929d0e0e4736L);
    public static final SpanId SPAN = new SpanId(0, 0x00f067aa0ba902b7L, false);
    public static final SpanId PARENT = new SpanId(0, 0x53995c3f42cd8ad8L, false);
    public static final Usage USAGE = Usage.of(new long[] {1200, 300, 20, 10, 4, 5, 180, 60, 7, 8});
    public static final SpanCost COST = new SpanCost(4_200_000_000L, 4_100_000_000L, "computed", "2026-11-01", "exact");

    private UUID project = PROJECT;
    private TraceId trace = TRACE;
    private SpanId span = SPAN;
    private @Nullable SpanId parent = PARENT;
    private Instant end = Instant.now().minusSeconds(3);
    private long latencyNanos = 1_234_567_891L;
    private @Nullable Usage usage = USAGE;
    private SpanCost cost = COST;
    private SpanKind kind = SpanKind.LLM;
    private SpanStatus status = SpanStatus.OK;
    private Consumer<SpanMessage.Builder> change = message -> {};
    private String environment = "production";
    private String release = "1.4.2";
    private int marks;
    private @Nullable Partials partials;
    private long offset = 4711;
    private boolean counted = true;
    private boolean root;
    private boolean cold;
    private int epoch = 3;
    private long revision = 17;

    public static Facts aCall() {
        return new Facts();
    }

    public Facts project(UUID value) {
        project = value;
        return this;
    }

    public Facts trace(TraceId value) {
        trace = value;
        return this;
    }

    /** It came in parts, which are these. */
    public Facts partials(Partials value) {
        partials = value;
        return this;
    }

    public Facts span(long low) {
        span = new SpanId(0, low, false);
        return this;
    }

    public Facts span(SpanId value) {
        span = value;
        return this;
    }

    public Facts asRoot() {
        root = true;
        parent = null;
        return this;
    }

    public Facts end(Instant value) {
        end = value;
        return this;
    }

    public Facts latencyNanos(long value) {
        latencyNanos = value;
        return this;
    }

    public Facts kind(SpanKind value) {
        kind = value;
        return this;
    }

    public Facts failed() {
        status = SpanStatus.ERROR;
        return this;
    }

    public Facts usage(@Nullable Usage value, SpanCost price) {
        usage = value;
        cost = price;
        return this;
    }

    public Facts counted(boolean value) {
        counted = value;
        return this;
    }

    public Facts cold() {
        cold = true;
        return this;
    }

    public Facts environment(String value) {
        environment = value;
        return this;
    }

    public Facts release(String value) {
        release = value;
        return this;
    }

    public Facts marks(int value) {
        marks = value;
        return this;
    }

    public Facts offset(long value) {
        offset = value;
        return this;
    }

    public Facts revision(int newEpoch, long newRevision) {
        epoch = newEpoch;
        revision = newRevision;
        return this;
    }

    public Facts message(Consumer<SpanMessage.Builder> more) {
        change = change.andThen(more);
        return this;
    }

    public FactRow row() {
        long endNanos = end.getEpochSecond() * 1_000_000_000L + end.getNano();
        SpanMessage.Builder message = SpanMessage.newBuilder()
                .setTraceId(ByteString.copyFrom(trace.bytes()))
                .setSpanId(ByteString.copyFrom(span.bytes()))
                .setName("answer question")
                .setKind(kind.code())
                .setStartNanos(endNanos - latencyNanos)
                .setEndNanos(endNanos)
                .setStatus(status.code())
                .setProvider("openai")
                .setRequestModel("gpt-4o")
                .setResponseModel("gpt-4o-2024-08-06")
                .setOperation("chat")
                .setReportedCostUsd("0.0041")
                .setTimeToFirstTokenNanos(345_000_000)
                .setPromptName("support")
                .setPromptVersion("7")
                .setSessionId("session-1")
                .setUserId("user-1")
                .addAllTags(List.of("beta", "eu"))
                .setEnvironment(environment)
                .setRelease(release)
                .setErrorType(status == SpanStatus.ERROR ? "timeout" : "")
                .setMarks(marks)
                .setServiceTier("flex")
                .setWeight(2.5)
                .setContentHash(0x9E3779B97F4A7C15L);
        if (parent != null) {
            message.setParentSpanId(ByteString.copyFrom(parent.bytes()));
        }
        if (usage != null) {
            message.setUsage(usage.toMessage());
        }
        change.accept(message);
        SpanFact fact = new SpanFact(
                project,
                trace,
                span,
                parent,
                message.build(),
                environment,
                "shop",
                release,
                usage,
                cost,
                endNanos,
                end.plusMillis(40).toEpochMilli(),
                marks,
                2,
                offset,
                partials);
        return new FactRow(fact, counted, root, cold, false, epoch, revision);
    }
}
