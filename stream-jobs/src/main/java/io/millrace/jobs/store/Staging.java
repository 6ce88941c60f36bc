package io.millrace.jobs.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes many rows that may be there already: they are copied into a temporary table, which needs no log and no index,
 * and from there inserted or updated by one statement. Measured: a third less of the database's time than batched
 * inserts.
 */
final class Staging {
    /** The buffer stays: it must not grow with the batches that follow a slow while. */
    private static final int CHUNK_BYTES = 1 << 18;

    private final String name;
    private final List<String> columns;
    private final String create;
    private final String columnList;
    private final String upsert;
    private final CopyBuffer buffer = new CopyBuffer();

    /**
     * @param table whose rows are written
     * @param columns in the order in which {@link #write} gets them
     * @param onConflict what follows {@code on conflict}
     */
    Staging(String table, String columns, String onConflict) {
        this.name = table + "_staged";
        this.columns = columnsOf(columns);
        this.create = "create temp table " + name + " on commit delete rows as select " + columns + " from " + table
                + " with no data";
        this.columnList = columns;
        this.upsert = "insert into " + table + " (" + columns + ") select " + columns + " from " + name
                + " on conflict " + onConflict;
    }

    static List<String> columnsOf(String columns) {
        return Arrays.stream(columns.split(",")).map(String::strip).toList();
    }

    /** {@code a = excluded.a, b = excluded.b} for all columns that are no part of the key. */
    static String assignments(String columns, String key) {
        List<String> fixed = columnsOf(key);
        return columnsOf(columns).stream()
                .filter(column -> !fixed.contains(column))
                .map(column -> column + " = excluded." + column)
                .collect(Collectors.joining(", "));
    }

    void setUp(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(create);
        }
    }

    /**
     * @param encode puts a row's fields into the buffer, which has begun a row of as many fields as there are columns
     */
    <T> void write(Connection connection, List<T> rows, BiConsumer<T, CopyBuffer> encode) throws SQLException {
        copy(connection, name, rows, encode);
        try (PreparedStatement statement = connection.prepareStatement(upsert)) {
            statement.executeUpdate();
        }
    }

    /** For a second batch in one transaction. */
    void clear(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("truncate " + name);
        }
    }

    /** Copies rows of the same columns into any table; a key that is there is an error. */
    <T> void copy(Connection connection, String into, List<T> rows, BiConsumer<T, CopyBuffer> encode)
            throws SQLException {
        String copy = "copy " + into + " (" + columnList + ") from stdin (format binary)";
        CopyIn in = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy);
        buffer.start();
        for (T row : rows) {
            encode.accept(row, buffer.row(columns.size()));
            if (buffer.length() >= CHUNK_BYTES) {
                in.writeToCopy(buffer.array(), 0, buffer.length());
                buffer.sent();
            }
        }
        buffer.finish();
        in.writeToCopy(buffer.array(), 0, buffer.length());
        in.endCopy();
    }
}
