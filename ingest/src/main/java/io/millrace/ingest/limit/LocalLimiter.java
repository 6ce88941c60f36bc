package io.millrace.ingest.limit;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Counts in this process only, as the one edge there is. */
public final class LocalLimiter implements Limiter {
    private final LocalBuckets buckets;

    public LocalLimiter(LocalBuckets buckets) {
        this.buckets = buckets;
    }

    @Override
    public CompletionStage<Verdict> take(List<Charge> charges) {
        return CompletableFuture.completedFuture(buckets.take(charges, 1));
    }

    @Override
    public boolean isLocal() {
        return true;
    }
}
