package io.millrace.jobs.log;

import org.jspecify.annotations.Nullable;

/**
 * A record of {@code millrace.spans.v1} as it was read.
 *
 * @param timestampMillis when the edge received the request
 * @param tickMillis the time that a tick tells; -1 in any other record
 * @param counts the header of that name; null when there is none
 * @param replay the header of that name; null when there is none
 * @param value an encoded {@code SpanBatch}; empty in a tick and where a request brought nothing to accept
 */
public record LogRecord(
        int partition,
        long offset,
        long timestampMillis,
        long tickMillis,
        byte @Nullable [] counts,
        byte @Nullable [] replay,
        byte[] value) {
    /** Not a tick. */
    public static final long NO_TICK = -1;

    public boolean isTick() {
        return tickMillis != NO_TICK;
    }
}
