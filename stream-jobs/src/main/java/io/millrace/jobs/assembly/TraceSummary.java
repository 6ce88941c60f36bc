package io.millrace.jobs.assembly;

import io.millrace.schema.id.SpanId;
import io.millrace.schema.usage.Usage;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A trace at a glance, as rows and the API show it.
 *
 * @param error whether the root failed
 * @param partial whether the trace was flushed at its cap and goes on
 * @param startNanos the earliest start
 * @param endNanos the latest end
 * @param firstReceivedMillis when its first message came in
 * @param lastReceivedMillis when its last message came in
 * @param usage of counted spans
 * @param costPico of counted spans that have a price; null when none has
 * @param timeToFirstTokenNanos of the earliest model call that reports one; 0 when none does
 * @param kinds how many spans of each kind, by code
 */
public record TraceSummary(
        TraceState state,
        boolean error,
        boolean partial,
        long startNanos,
        long endNanos,
        long firstReceivedMillis,
        long lastReceivedMillis,
        int spanCount,
        int errorCount,
        int countedSpans,
        int unpricedSpans,
        Usage usage,
        @Nullable BigInteger costPico,
        long timeToFirstTokenNanos,
        @Nullable SpanId root,
        @Nullable SpanId slowest,
        String name,
        String environment,
        String userId,
        String sessionId,
        String release,
        String externalId,
        List<String> tags,
        List<Integer> kinds) {}
