package io.millrace.jobs.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A table as its writer sees it.
 *
 * @param <T> its row
 */
interface Table<T> {
    /** What the writer's connection and thread are called. */
    String name();

    /** Rows of equal keys are one row of the table. */
    Object key(T row);

    /**
     * Which of two rows of one key is written.
     *
     * @param first came before {@code second}
     */
    T newer(T first, T second);

    /** The order of the primary key: neighbours in the index are written together, and all writers lock in one order. */
    int compare(T row, T other);

    /** About how many bytes the row takes. */
    int bytes(T row);

    /** Whether a row needs the partition of its day. */
    default boolean hasDays() {
        return true;
    }

    /** Days since 1970-01-01: the partition that has to be there. */
    long epochDay(T row);

    /** Makes what statements need for as long as the connection lives. */
    void setUp(Connection connection) throws SQLException;

    /**
     * Writes rows as the first thing in the connection's transaction, which the table may roll back and begin anew.
     *
     * @param rows sorted, each key once
     */
    void write(Connection connection, List<T> rows) throws SQLException;
}
