package io.millrace.ingest.span;

import org.jspecify.annotations.Nullable;

/**
 * One item that was not taken, as the answer names it.
 *
 * @param index its place among the items of the request, from 0
 * @param traceId in hex, as far as it could be read
 * @param spanId in hex, as far as it could be read
 * @param detail one sentence for people; never holds payload text
 */
public record Refusal(
        int index, @Nullable String traceId, @Nullable String spanId, RefusalReason reason, String detail) {}
