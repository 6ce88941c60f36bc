package io.millrace.jobs.store;

import io.millrace.jobs.assembly.TraceLimit;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Looks up what is no longer in state. Blocks, and waits out a database that is away; not for use by several threads.
 * All methods throw {@link StoreException} when the database refuses for a reason that trying again will not mend.
 */
public interface FactReader extends AutoCloseable {
    /** A span among all of a project. */
    record SpanKey(TraceId trace, SpanId span) {}

    /**
     * Reads all traces with one statement each for spans and traces.
     *
     * @param limit how much of a trace is wanted span by span: of what is beyond it only what it adds up to
     * @param wanted facts that are not are passed over as if they were not there
     * @return those traces of which anything is stored, in no order
     */
    List<StoredTrace> traces(UUID project, Collection<TraceId> traces, TraceLimit limit, Predicate<FactRow> wanted)
            throws InterruptedException;

    /** Reads single spans: those of them that are stored, in no order. */
    List<FactRow> spans(UUID project, Collection<SpanKey> spans) throws InterruptedException;

    @Override
    void close();
}
