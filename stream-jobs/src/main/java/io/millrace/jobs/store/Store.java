package io.millrace.jobs.store;

import io.millrace.jobs.detection.Anomaly;

/**
 * An operator's way to the database. Writers and readers open at first use, each with a connection of its own, and are
 * the same ones at each call; closing the store closes them. Not for use by several threads.
 */
public interface Store extends AutoCloseable {
    RowWriter<FactRow> facts();

    RowWriter<BodyRow> bodies();

    RowWriter<TraceRow> traces();

    RowWriter<WindowRow> windows();

    RowWriter<Anomaly> anomalies();

    RowWriter<RejectedRow> rejected();

    FactReader reader();

    LedgerStore ledger();

    /** A number greater than all that were given out before; waits out a database that is away. */
    int nextEpoch() throws InterruptedException;

    /** How many writers and readers of this store are waiting for a database that is away; any thread may ask. */
    int waiting();

    /** How often work was done again since the store was opened; any thread may ask. */
    long retries();

    /** Rows of a table that were committed since the store was opened, replacements included; any thread may ask. */
    long rows(String table);

    @Override
    void close();
}
