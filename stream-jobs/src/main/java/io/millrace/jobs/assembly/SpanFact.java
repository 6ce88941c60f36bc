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
        long offset) {

    public SpanKind kind() {
        return SpanKind.of(message.getKind());
    }

    public boolean isError() {
        return message.getStatus() == SpanStatus.ERROR.code();
    }

    /** Of its message as it was encoded, without a body. */
    public int bytes() {
        return message.getSerializedSize();
    }

    /** A model call with usage that does not merely repeat what inner spans report. */
    public boolean mayCount() {
        return usage != null && kind().callsModel() && !Mark.USAGE_OF_CHILDREN.in(marks);
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
