package io.millrace.query.trace;

import io.millrace.schema.id.SpanId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.usage.Usage;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A span as the store keeps it, without its body.
 *
 * @param usage null when none was reported
 * @param costPico null when unpriced
 * @param weight how many spans this one stands for
 */
record Fact(
        SpanId id,
        @Nullable SpanId parent,
        String name,
        SpanKind kind,
        SpanStatus status,
        long startNanos,
        long endNanos,
        Instant receivedAt,
        long contentHash,
        int marks,
        boolean counted,
        boolean root,
        @Nullable Long timeToFirstTokenNanos,
        @Nullable Usage usage,
        @Nullable BigInteger costPico,
        @Nullable BigInteger reportedCostPico,
        double weight,
        Labels labels,
        List<String> tags) {

    /** The texts of a span; each is null where it has none. */
    record Labels(
            @Nullable String provider,
            @Nullable String requestModel,
            @Nullable String responseModel,
            @Nullable String operation,
            @Nullable String environment,
            @Nullable String serviceName,
            @Nullable String release,
            @Nullable String promptName,
            @Nullable String promptVersion,
            @Nullable String sessionId,
            @Nullable String userId,
            @Nullable String errorType,
            @Nullable String serviceTier,
            @Nullable String costSource,
            @Nullable String priceVersion,
            @Nullable String priceNote) {

        /** What answered, else what was asked. */
        @Nullable
        String model() {
            return responseModel == null ? requestModel : responseModel;
        }
    }

    boolean isError() {
        return status == SpanStatus.ERROR;
    }

    /** Whether its end is known. */
    boolean isComplete() {
        return !Mark.INCOMPLETE.in(marks);
    }

    /** A span that ends before it starts lasts no time. */
    long durationNanos() {
        return Math.max(0, endNanos - startNanos);
    }
}
