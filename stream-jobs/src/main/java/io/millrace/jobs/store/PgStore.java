package io.millrace.jobs.store;

import io.millrace.jobs.detection.Anomaly;
import io.millrace.schema.window.Grain;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The store in Postgres. */
final class PgStore implements Store {
    private final Database database;
    private final Deque<Runnable> open = new ArrayDeque<>();
    private @Nullable RowWriter<FactRow> facts;
    private @Nullable RowWriter<BodyRow> bodies;
    private @Nullable RowWriter<TraceRow> traces;
    private @Nullable RowWriter<WindowRow> windows;
    private @Nullable RowWriter<Anomaly> anomalies;
    private @Nullable RowWriter<RejectedRow> rejected;
    private @Nullable PgFactReader reader;
    private @Nullable PgLedgerStore ledger;

    PgStore(Database database) {
        this.database = database;
    }

    @Override
    public RowWriter<FactRow> facts() {
        return facts = writer(facts, FactTable::new);
    }

    @Override
    public RowWriter<BodyRow> bodies() {
        return bodies = writer(bodies, BodyTable::new);
    }

    @Override
    public RowWriter<TraceRow> traces() {
        return traces = writer(traces, TraceTable::new);
    }

    @Override
    public RowWriter<WindowRow> windows() {
        return windows = writer(windows, () -> new WindowTable(Grain.TEN_SECONDS, Grain.MINUTE));
    }

    @Override
    public RowWriter<Anomaly> anomalies() {
        return anomalies = writer(anomalies, AnomalyTable::new);
    }

    @Override
    public RowWriter<RejectedRow> rejected() {
        return rejected = writer(rejected, RejectedTable::new);
    }

    @Override
    public FactReader reader() {
        PgFactReader there = reader;
        if (there == null) {
            there = new PgFactReader(database);
            open.push(there::close);
            reader = there;
        }
        return there;
    }

    @Override
    public LedgerStore ledger() {
        PgLedgerStore there = ledger;
        if (there == null) {
            there = new PgLedgerStore(database);
            open.push(there::close);
            ledger = there;
        }
        return there;
    }

    @Override
    public int nextEpoch() throws InterruptedException {
        return database.nextEpoch();
    }

    @Override
    public int waiting() {
        return database.waiting();
    }

    @Override
    public long retries() {
        return database.retries();
    }

    @Override
    public long rows(String table) {
        return database.rows(table);
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            open.pop().run();
        }
    }

    private <T> RowWriter<T> writer(@Nullable RowWriter<T> there, Supplier<Table<T>> table) {
        if (there != null) {
            return there;
        }
        RowWriter<T> writer = new PgRowWriter<>(database, table.get());
        open.push(writer::close);
        return writer;
    }
}
