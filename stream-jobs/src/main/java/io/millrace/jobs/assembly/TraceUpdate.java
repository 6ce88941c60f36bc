package io.millrace.jobs.assembly;

import com.google.protobuf.ByteString;
import io.millrace.jobs.store.TraceRow;
import io.millrace.schema.wire.TraceMessage;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A trace as it stands, on its way to {@code millrace.traces.v1}.
 *
 * @param message an encoded {@link TraceMessage}; not to be changed
 */
public record TraceUpdate(TraceKey key, byte[] message) {
    static TraceUpdate of(TraceRow row) {
        TraceSummary summary = row.summary();
        TraceMessage.Builder message = TraceMessage.newBuilder()
                .setProject(bytes(row.project()))
                .setTraceId(ByteString.copyFrom(row.trace().bytes()))
                .setEpoch(row.epoch())
                .setN(row.revision())
                .setState(summary.state().code())
                .setError(summary.error())
                .setPartial(summary.partial())
                .setStartNanos(summary.startNanos())
                .setEndNanos(summary.endNanos())
                .setSpanCount(summary.spanCount())
                .setErrorCount(summary.errorCount())
                .setCountedSpans(summary.countedSpans())
                .setUnpricedSpans(summary.unpricedSpans())
                .setUsage(summary.usage().toMessage())
                .setTimeToFirstTokenNanos(summary.timeToFirstTokenNanos())
                .setName(summary.name())
                .setEnvironment(summary.environment())
                .setUserId(summary.userId())
                .setSessionId(summary.sessionId())
                .setRelease(summary.release())
                .setExternalId(summary.externalId())
                .addAllTags(summary.tags())
                .setReceivedAtMillis(summary.lastReceivedMillis());
        BigInteger cost = summary.costPico();
        if (cost != null) {
            message.setCostPico(ByteString.copyFrom(cost.toByteArray()));
        }
        if (summary.root() != null) {
            message.setRootSpanId(ByteString.copyFrom(summary.root().bytes()));
        }
        return new TraceUpdate(
                new TraceKey(row.project(), row.trace()), message.build().toByteArray());
    }

    private static ByteString bytes(UUID uuid) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .flip());
    }
}
