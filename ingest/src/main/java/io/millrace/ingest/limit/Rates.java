package io.millrace.ingest.limit;

import io.millrace.schema.wire.RateLimits;
import org.jspecify.annotations.Nullable;

/**
 * How fast a project, or a key, may send; null is no limit.
 *
 * @param bytes of bodies as they arrive
 */
public record Rates(@Nullable Limit spans, @Nullable Limit bytes) {
    public static final Rates NONE = new Rates(null, null);

    /**
     * @throws IllegalArgumentException when a limit is out of bounds
     */
    public static Rates of(RateLimits entry) {
        Limit spans = limit(entry.getSpansPerSecond(), entry.getSpansBurst());
        Limit bytes = limit(entry.getBytesPerSecond(), entry.getBytesBurst());
        return spans == null && bytes == null ? NONE : new Rates(spans, bytes);
    }

    private static @Nullable Limit limit(long perSecond, long burst) {
        return perSecond == 0 ? null : new Limit(perSecond, burst);
    }
}
