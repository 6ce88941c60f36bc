package io.millrace.jobs.assembly;

import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.SpanMessage;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the jobs know of a span: its message without the body, where and when it came, and what it costs. Immutable.
 *
 * @param message the edge's message with an empty body
 * @param environment the span's own, else its origin's; empty when neither has one
 * @param service the origin's service name; may be empty
 * @param release the span's own, else its origin's service version; may be empty
 * @param usage tokens in disjoint buckets; null when the span reported none
 * @param cost what the usage costs
 * @param windowAtNanos decides which windows count the span; fixed at first acceptance
 * @param receivedAtMillis the edge's clock
 * @param marks bits of {@link Mark}
 * @param partition where in the log the message stands
 * @param offset where in the partition
 * @param partials the messages of a span that is sent in parts, which it is merged from; null when it came whole
 */
public record SpanFact(
        UUID project,
        TraceId trace,
        SpanId id,
        @Nullable SpanId parent,
        SpanMessage message,
        String environment,
        String service,
        String release,
        @Nullable Usage usage,
        SpanCost cost,
        long windowAtNanos,
        long receivedAtMillis,
        int marks,
        int partition,
        long offset,
        @Nullable Partials partials) {
    private static final long MAX_AHEAD_NANOS = 300_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    /** Whether a span ends so far ahead of the edge's clock that one of two clocks is wrong. */
    public static boolean isAhead(long endNanos, long receivedAtMillis) {
        return endNanos < 0 || endNanos > receivedAtMillis * NANOS_PER_MILLI + MAX_AHEAD_NANOS;
    }

    /** The id under which a message goes that is about the trace itself. */
    public static SpanId ofTrace(TraceId trace) {
        return new SpanId(trace.high(), trace.low(), true);
    }

    /** Whether it is no span, but what a message says of the trace itself. */
    public boolean isOfTrace() {
        return message.getSpanId().isEmpty();
    }

    /** The span that a message of it makes by itself, without a price. */
    public SpanFact asPartial() {
        return PartialFold.span(this, Partials.of(this), (span, tokens) -> SpanCost.NONE);
    }

    /** Whether its end is known. */
    public boolean isComplete() {
        return !Mark.INCOMPLETE.in(marks);
    }

    public SpanKind kind() {
        return SpanKind.of(message.getKind());
    }

    public boolean isError() {
        return message.getStatus() == SpanStatus.ERROR.code();
    }

    /** Of its message, or messages, as they were encoded, without bodies. */
    public int bytes() {
        return message.getSerializedSize() + (partials == null ? 0 : partials.bytes());
    }

    /** A model call with usage that does not merely repeat what inner spans report, and that has ended. */
    public boolean mayCount() {
        return usage != null && kind().callsModel() && !Mark.USAGE_OF_CHILDREN.in(marks) && isComplete();
    }

    /** The same span where {@code place} was accepted, and in its window. */
    SpanFact placedAs(SpanFact place) {
        return new SpanFact(
                project,
                trace,
                id,
                parent,
                message,
                environment,
                service,
                release,
                usage,
                cost,
                place.windowAtNanos,
                place.receivedAtMillis,
                marks,
                place.partition,
                place.offset,
                partials);
    }

    SpanFact withPartials(Partials others) {
        return new SpanFact(
                project,
                trace,
                id,
                parent,
                message,
                environment,
                service,
                release,
                usage,
                cost,
                windowAtNanos,
                receivedAtMillis,
                marks,
                partition,
                offset,
                others);
    }

    /** The response model, else the request model; may be empty. */
    public String model() {
        return message.getResponseModel().isEmpty() ? message.getRequestModel() : message.getResponseModel();
    }

    /** Name and version joined by a colon; empty without a prompt. */
    public String prompt() {
        if (message.getPromptName().isEmpty()) {
            return "";
        }
        return message.getPromptVersion().isEmpty()
                ? message.getPromptName()
                : message.getPromptName() + ":" + message.getPromptVersion();
    }

    /** Never negative: an end before the start counts as no duration. */
    public long durationNanos() {
        return Math.max(0, message.getEndNanos() - message.getStartNanos());
    }
}
