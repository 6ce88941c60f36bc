package io.millrace.ingest.span;

import io.millrace.schema.blob.BlobId;

/**
 * What has to be in the blob store before the span that refers to it is in the log.
 *
 * @param id of the bytes
 */
public record SpanBlob(BlobId id, byte[] bytes, String mediaType) {}
