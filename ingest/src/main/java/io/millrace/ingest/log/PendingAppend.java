package io.millrace.ingest.log;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** The records of one request on their way: durable when the last one is, failed when the first one is. */
final class PendingAppend {
    private final UUID project;
    private final AtomicInteger missing;
    private final long untilNanos;
    private final CompletableFuture<Void> durable = new CompletableFuture<>();

    /**
     * @param project whose records they are
     * @param untilNanos when it is too late for its client, in the time of the log's clock
     */
    PendingAppend(UUID project, int records, long untilNanos) {
        this.project = project;
        this.untilNanos = untilNanos;
        this.missing = new AtomicInteger(records);
        if (records == 0) {
            durable.complete(null);
        }
    }

    UUID project() {
        return project;
    }

    /** Whether there is still time for it, and nothing of it failed. */
    boolean isWaiting(long nanoTime) {
        return nanoTime - untilNanos < 0 && !durable.isDone();
    }

    void succeeded() {
        if (missing.decrementAndGet() == 0) {
            durable.complete(null);
        }
    }

    void failed(LogException reason) {
        durable.completeExceptionally(reason);
    }

    CompletionStage<Void> durable() {
        return durable;
    }
}
