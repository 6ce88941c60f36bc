package io.millrace.ingest.span;

import org.jspecify.annotations.Nullable;

/**
 * One item that was not taken, as the answer names it.
 *
 * @param index its place among the items of the request, from 0
 * @param traceId in hex, or as the dialect's sender wrote it; null if it could not be read
 * @param spanId as {@code traceId}
 * @param detail one sentence for people; never holds payload text
 */
public record Refusal(
        int index, @Nullable String traceId, @Nullable String spanId, RefusalReason reason, String detail) {}
