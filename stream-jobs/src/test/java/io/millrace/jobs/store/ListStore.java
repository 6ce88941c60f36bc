package io.millrace.jobs.store;

import io.millrace.schema.id.TraceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A store in memory. Lists hold rows in the order of writing, replaced ones too. */
public final class ListStore implements Store {
    private static final Map<UUID, ListStore> STORES = new ConcurrentHashMap<>();

    public final List<FactRow> facts = Collections.synchronizedList(new ArrayList<>());
    public final List<BodyRow> bodies = Collections.synchronizedList(new ArrayList<>());
    public final List<TraceRow> traces = Collections.synchronizedList(new ArrayList<>());
    public final List<WindowRow> windows = Collections.synchronizedList(new ArrayList<>());
    public final List<LedgerCut> cuts = Collections.synchronizedList(new ArrayList<>());
    /** What the reader finds. */
    public final List<StoredTrace> stored = Collections.synchronizedList(new ArrayList<>());
    /** Flushes of all writers. */
    public final AtomicInteger flushes = new AtomicInteger();

    private final UUID id = UUID.randomUUID();
    private final AtomicInteger epochs = new AtomicInteger();

    public ListStore() {
        STORES.put(id, this);
    }

    /** Opens this very store, also after it has been serialized, as long as that stays within the JVM. */
    public StoreFactory factory() {
        UUID key = id;
        return () -> STORES.get(key);
    }

    @Override
    public RowWriter<FactRow> facts() {
        return new ListWriter<>(facts, flushes);
    }

    @Override
    public RowWriter<BodyRow> bodies() {
        return new ListWriter<>(bodies, flushes);
    }

    @Override
    public RowWriter<TraceRow> traces() {
        return new ListWriter<>(traces, flushes);
    }

    @Override
    public RowWriter<WindowRow> windows() {
        return new ListWriter<>(windows, flushes);
    }

    @Override
    public FactReader reader() {
        return new FactReader() {
            @Override
            public List<StoredTrace> of(UUID project, Collection<TraceId> traces) {
                synchronized (stored) {
                    return stored.stream()
                            .filter(one -> one.project().equals(project) && traces.contains(one.trace()))
                            .toList();
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public LedgerStore ledger() {
        return cuts::add;
    }

    @Override
    public int nextEpoch() {
        return epochs.incrementAndGet();
    }

    @Override
    public int waiting() {
        return 0;
    }

    @Override
    public void close() {}

    private record ListWriter<T>(List<T> rows, AtomicInteger flushes) implements RowWriter<T> {
        @Override
        public void write(T row) {
            rows.add(row);
        }

        @Override
        public void flush() {
            flushes.incrementAndGet();
        }

        @Override
        public void close() {}
    }
}
