package io.millrace.ingest.span;

import org.jspecify.annotations.Nullable;

/**
 * One item that was not taken, as the answer names it.
 *
 * @param index its place among the items of the request, from 0
 * @param traceId in hex, or as the dialect's sender wrote it, if need be {@linkplain #cut cut}; null if it could not be read
 * @param spanId as {@code traceId}
 * @param detail one sentence for people; never holds payload text
 */
public record Refusal(
        int index, @Nullable String traceId, @Nullable String spanId, RefusalReason reason, String detail) {
    /** Of an id: more than any that a client makes, and an answer of a thousand stays short. */
    private static final int MOST_CHARS = 200;
    /** About what one takes beside its texts, in memory and in an answer. */
    private static final int BYTES = 200;

    public Refusal {
        traceId = cut(traceId);
        spanId = cut(spanId);
    }

    /** An id as answers name it: its sender knows it by its beginning. */
    public static @Nullable String cut(@Nullable String id) {
        return id == null || id.length() <= MOST_CHARS ? id : id.substring(0, MOST_CHARS) + "…";
    }

    int bytes() {
        return BYTES + length(traceId) + length(spanId) + detail.length();
    }

    private static int length(@Nullable String id) {
        return id == null ? 0 : id.length();
    }
}
