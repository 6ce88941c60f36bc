package io.millrace.ingest.log;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** The records of one request on their way: durable when the last one is, failed when the first one is. */
final class PendingAppend {
    private final UUID project;
    private final AtomicInteger missing;
    private final CompletableFuture<Void> durable = new CompletableFuture<>();

    /** @param project whose records they are */
    PendingAppend(UUID project, int records) {
        this.project = project;
        this.missing = new AtomicInteger(records);
        if (records == 0) {
            durable.complete(null);
        }
    }

    UUID project() {
        return project;
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
