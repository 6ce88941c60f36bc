package io.millrace.ingest.http;

import io.millrace.blob.BlobStore;
import io.millrace.ingest.metric.IngestMetrics;
import io.millrace.ingest.span.LargePayloads;
import io.millrace.ingest.span.SpanBlob;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge's way to the blob store, with threads of its own: a slow store keeps nobody waiting who does not need it. What it
 * has is bounded by the requests under way, whose memory is held until their blobs are durable.
 */
public final class BlobWrites {
    private static final Logger LOGGER = LoggerFactory.getLogger(BlobWrites.class);

    private final @Nullable BlobStore store;
    private final LargePayloads payloads;
    private final WorkerExecutor threads;
    private final IngestMetrics metrics;

    /**
     * @param store null if there is none
     * @param payloads which of them go there, if there is one
     */
    public BlobWrites(
            @Nullable BlobStore store, LargePayloads payloads, WorkerExecutor threads, IngestMetrics metrics) {
        this.store = store;
        this.payloads = store == null ? LargePayloads.NONE : payloads;
        this.threads = threads;
        this.metrics = metrics;
    }

    /** Which payloads a decoder shall take out of spans. */
    LargePayloads payloads() {
        return payloads;
    }

    /** Runs a step that writes blobs. */
    <T> Future<T> run(Callable<T> step) {
        return threads.executeBlocking(step, false);
    }

    /**
     * Puts all of them into the store; each is durable then. Blocks.
     *
     * @param wanted whether anybody still waits for it
     * @throws Refused when the store is away, or nobody waits any more
     */
    void write(UUID project, List<SpanBlob> blobs, BooleanSupplier wanted) throws Refused {
        for (SpanBlob blob : blobs) {
            if (!wanted.getAsBoolean()) {
                throw Failure.LOG_TIMEOUT.because("");
            }
            write(project, blob);
        }
    }

    private void write(UUID project, SpanBlob blob) throws Refused {
        BlobStore open = store;
        if (open == null) {
            throw new IllegalStateException("there is no blob store");
        }
        long start = System.nanoTime();
        try {
            open.put(project, blob.id(), blob.bytes(), blob.mediaType());
        } catch (IOException away) {
            LOGGER.atWarn()
                    .addKeyValue("project", project)
                    .addKeyValue("bytes", blob.bytes().length)
                    .addKeyValue("reason", away.getMessage())
                    .log("blob is not kept");
            throw Failure.BLOBS_AWAY.because("send again in a moment");
        }
        metrics.blob(blob.bytes().length, System.nanoTime() - start);
    }
}
