package io.millrace.jobs.store;

import io.millrace.jobs.assembly.TraceLimit;
import io.millrace.jobs.detection.Anomaly;
import io.millrace.schema.id.TraceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A store in memory. Lists hold rows in the order of writing, replaced ones too; its reader finds the newest. */
public final class ListStore implements Store {
    private static final Map<UUID, ListStore> STORES = new ConcurrentHashMap<>();

    public final List<FactRow> facts = Collections.synchronizedList(new ArrayList<>());
    public final List<BodyRow> bodies = Collections.synchronizedList(new ArrayList<>());
    public final List<TraceRow> traces = Collections.synchronizedList(new ArrayList<>());
    public final List<WindowRow> windows = Collections.synchronizedList(new ArrayList<>());
    public final List<Anomaly> anomalies = Collections.synchronizedList(new ArrayList<>());
    public final List<RejectedRow> rejected = Collections.synchronizedList(new ArrayList<>());
    public final List<LedgerCut> cuts = Collections.synchronizedList(new ArrayList<>());
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
    public RowWriter<Anomaly> anomalies() {
        return new ListWriter<>(anomalies, flushes);
    }

    @Override
    public RowWriter<RejectedRow> rejected() {
        return new ListWriter<>(rejected, flushes);
    }

    @Override
    public FactReader reader() {
        return new ListReader();
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
    public long retries() {
        return 0;
    }

    @Override
    public long rows(String table) {
        return 0;
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
        public void hurry() {}

        @Override
        public void flush() {
            flushes.incrementAndGet();
        }

        @Override
        public void close() {}
    }

    /** Finds the newest row of each key, as the tables keep it. */
    private final class ListReader implements FactReader {
        @Override
        public List<StoredTrace> traces(
                UUID project, Collection<TraceId> wantedTraces, TraceLimit limit, Predicate<FactRow> wanted) {
            Map<TraceId, StoredTrace.Collector> found = new LinkedHashMap<>();
            for (FactRow row : newestFacts()) {
                if (row.fact().project().equals(project)
                        && wantedTraces.contains(row.fact().trace())
                        && wanted.test(row)) {
                    at(found, project, row.fact().trace(), limit).add(row);
                }
            }
            synchronized (traces) {
                for (TraceRow row : traces) {
                    if (row.project().equals(project) && wantedTraces.contains(row.trace())) {
                        at(found, project, row.trace(), limit).row(row);
                    }
                }
            }
            return found.values().stream().map(StoredTrace.Collector::stored).toList();
        }

        @Override
        public List<FactRow> spans(UUID project, Collection<SpanKey> spans) {
            return newestFacts().stream()
                    .filter(row -> row.fact().project().equals(project)
                            && spans.contains(
                                    new SpanKey(row.fact().trace(), row.fact().id())))
                    .toList();
        }

        @Override
        public void close() {}

        private StoredTrace.Collector at(
                Map<TraceId, StoredTrace.Collector> found, UUID project, TraceId trace, TraceLimit limit) {
            return found.computeIfAbsent(trace, id -> new StoredTrace.Collector(project, id, limit));
        }

        private Collection<FactRow> newestFacts() {
            Map<Object, FactRow> newest = new LinkedHashMap<>();
            synchronized (facts) {
                for (FactRow row : facts) {
                    newest.put(
                            List.of(
                                    row.fact().project(),
                                    row.fact().trace(),
                                    row.fact().id()),
                            row);
                }
            }
            return newest.values();
        }
    }
}
