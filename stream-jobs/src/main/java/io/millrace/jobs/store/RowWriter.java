package io.millrace.jobs.store;

/**
 * Puts rows into a table. Rows are replacements by key: writing one twice, or an older one later, changes nothing.
 * Not for use by several threads.
 *
 * @param <T> the row
 */
public interface RowWriter<T> extends AutoCloseable {
    /**
     * Takes a row; it is durable after the next {@link #flush}. Blocks while the database is behind, however long that
     * takes, so that back-pressure reaches the log.
     *
     * @throws StoreException when the database refuses the row for a reason that trying again will not mend
     */
    void write(T row) throws InterruptedException;

    /** Has the rows taken so far written now, and does not wait: so that writers which are flushed one by one work at once. */
    void hurry();

    /** Returns when every row taken so far is committed; waits out a database that is away. */
    void flush() throws InterruptedException;

    /** Lets go of the connection; rows not flushed are dropped. */
    @Override
    void close();
}
