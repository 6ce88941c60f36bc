package io.millrace.ingest.http;

/**
 * A body that has arrived, as it is packed.
 *
 * @param bytes to be closed by whoever takes them
 */
public record Packed(HeldBytes bytes, Encoding encoding) {}
