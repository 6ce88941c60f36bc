package io.millrace.jobs.assembly;

import io.millrace.schema.id.TraceId;
import java.util.UUID;

/** What spans are grouped by. */
public record TraceKey(UUID project, TraceId trace) {
    public static TraceKey of(SpanFact fact) {
        return new TraceKey(fact.project(), fact.trace());
    }

    /** 64 well-mixed bits, for filters. */
    long hash64() {
        long hash = mix(project.getMostSignificantBits() ^ trace.high());
        return mix(hash ^ project.getLeastSignificantBits() * 31 ^ trace.low());
    }

    // The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
