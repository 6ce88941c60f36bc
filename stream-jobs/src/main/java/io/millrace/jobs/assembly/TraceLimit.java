package io.millrace.jobs.assembly;

import java.io.Serializable;
import java.util.List;

/**
 * How much of one trace is kept in state. A trace that reaches it is flushed: it settles, is partial from then on, and
 * its older half stays in the store only.
 *
 * @param spans how many spans
 * @param bytes of their messages as they were encoded, without bodies
 */
public record TraceLimit(int spans, long bytes) implements Serializable {
    public static final TraceLimit DEFAULT = new TraceLimit(32_000, 8 << 20);

    public boolean isReached(int spanCount, long byteCount) {
        return spanCount >= spans || byteCount >= bytes;
    }

    /** How many of the oldest of these spans go when the limit is reached, so that half of the limit is free again. */
    public int excess(List<SpanFact> facts, long byteCount) {
        int gone = 0;
        long left = byteCount;
        while (gone < facts.size() && (facts.size() - gone > spans / 2 || left > bytes / 2)) {
            left -= facts.get(gone++).bytes();
        }
        return gone;
    }
}
