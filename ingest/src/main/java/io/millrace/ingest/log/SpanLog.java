package io.millrace.ingest.log;

import io.millrace.ingest.span.EncodedRecord;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The durable log of span batches. A completed append is the promise that a 2xx makes to a client. */
public interface SpanLog {
    /**
     * Appends all records of one request, without ever blocking the caller.
     *
     * @param project whose records they are
     * @param records in order; the first one carries what the request was refused
     * @param receivedAtMillis the edge's clock; becomes the timestamp of every record
     * @return completes, on any thread, when every record is durable; fails with {@link LogException} as soon as one of
     *     them is not: some of the others may be durable nevertheless
     */
    CompletionStage<Void> append(UUID project, List<EncodedRecord> records, long receivedAtMillis);

    /** Why nothing can be appended now; empty when it can. */
    Optional<String> unreadiness();

    /** Bytes that were handed over and are not yet acknowledged; what brings few is counted as more. */
    long unacknowledgedBytes();
}
