package io.millrace.query.trace;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.query.live.Decoder;
import io.millrace.query.live.LiveEvent;
import io.millrace.query.trace.TraceSummary.Figures;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.window.Revision;
import io.millrace.schema.wire.TraceMessage;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The channel {@code traces}: what lists show of a trace, at every state of it. */
public final class TraceChannel implements Decoder<SaidTrace> {
    private static final int ID_BYTES = 16;
    /** What an event weighs beside its texts, decoded and as JSON. */
    private static final int EVENT_BYTES = 1_200;

    @Override
    public Topic topic() {
        return Topic.TRACES;
    }

    @Override
    public boolean isConflated() {
        return false;
    }

    @Override
    public Optional<LiveEvent<SaidTrace>> decode(int partition, long offset, byte[] value)
            throws InvalidProtocolBufferException {
        TraceMessage message = TraceMessage.parseFrom(value);
        if (message.getProject().size() != ID_BYTES || message.getTraceId().size() != ID_BYTES) {
            return Optional.empty();
        }
        TraceSummary summary = summary(message);
        return Optional.of(new LiveEvent<>(
                uuid(message.getProject()),
                summary.id().toString(),
                new Revision(0, message.getEpoch(), message.getN()),
                partition,
                offset,
                new SaidTrace(summary),
                3 * value.length + EVENT_BYTES));
    }

    @Override
    public Selection<SaidTrace> select(Map<String, List<String>> filter) {
        return TraceSelection.parse(filter);
    }

    private static TraceSummary summary(TraceMessage message) {
        return new TraceSummary(
                TraceId.of(uuid(message.getTraceId())),
                TraceState.of(message.getState()),
                message.getError(),
                message.getPartial(),
                message.getName(),
                message.getUserId(),
                message.getSessionId(),
                message.getEnvironment(),
                message.getRelease(),
                message.getExternalId(),
                List.copyOf(message.getTagsList()),
                message.getRootSpanId().isEmpty()
                        ? null
                        : SpanId.of(message.getRootSpanId().toByteArray()),
                figures(message));
    }

    private static Figures figures(TraceMessage message) {
        return new Figures(
                message.getStartNanos(),
                message.getEndNanos(),
                message.getSpanCount(),
                message.getErrorCount(),
                message.getCountedSpans(),
                message.getUnpricedSpans(),
                message.hasUsage() ? Usage.of(message.getUsage()) : Usage.ZERO,
                message.getCostPico().isEmpty()
                        ? null
                        : new BigInteger(message.getCostPico().toByteArray()),
                message.getTimeToFirstTokenNanos() == 0 ? null : message.getTimeToFirstTokenNanos());
    }

    private static UUID uuid(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
