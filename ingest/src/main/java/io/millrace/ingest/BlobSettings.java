package io.millrace.ingest;

import io.millrace.blob.BlobStoreConfig;
import io.millrace.ingest.span.LargePayloads;
import org.jspecify.annotations.Nullable;

/**
 * What the edge knows of the blob store.
 *
 * @param store null: there is none, so that large payloads are cut and files are not kept
 */
record BlobSettings(@Nullable BlobStoreConfig store, LargePayloads payloads) {
    static final BlobSettings NONE = new BlobSettings(null, LargePayloads.DEFAULT);
}
