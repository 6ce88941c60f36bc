package io.millrace.jobs.store;

import io.millrace.schema.id.TraceId;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Looks up traces that are no longer in state. Blocks; not for use by several threads. */
public interface FactReader extends AutoCloseable {
    /**
     * Reads all traces with one statement each for spans and traces; waits out a database that is away.
     *
     * @return those traces of which anything is stored, in no order
     * @throws StoreException when the database refuses for a reason that trying again will not mend
     */
    List<StoredTrace> of(UUID project, Collection<TraceId> traces) throws InterruptedException;

    @Override
    void close();
}
