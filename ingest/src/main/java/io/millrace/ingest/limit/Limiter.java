package io.millrace.ingest.limit;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Counts what is taken from buckets. */
public interface Limiter {
    /** Takes all of it, or nothing. It answers soon, and never fails. */
    CompletionStage<Verdict> take(List<Charge> charges);

    /** Whether this edge counts alone, with its share of each limit. */
    boolean isLocal();
}
