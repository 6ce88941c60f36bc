package io.millrace.ingest.span;

import io.millrace.schema.wire.Counts;

/**
 * One record of the log, ready to be sent.
 *
 * @param value an encoded {@code SpanBatch}; empty when the request brought nothing but refused or ignored items
 * @param counts what the record answers for: the header {@code counts}
 */
public record EncodedRecord(byte[] value, Counts counts) {}
