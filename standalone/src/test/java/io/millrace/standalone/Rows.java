package io.millrace.standalone;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

/** What is in Postgres, seen by its owner. */
final class Rows implements AutoCloseable {
    private static final int WHOLE_PROJECT = 0;

    private final Connection connection;

    private Rows(Connection connection) {
        this.connection = connection;
    }

    static Rows of(Stack stack) {
        Servers servers = stack.servers();
        try {
            return new Rows(DriverManager.getConnection(
                    "jdbc:postgresql://" + servers.databaseHost() + ":" + servers.databasePort() + "/millrace",
                    servers.user(),
                    servers.password()));
        } catch (SQLException e) {
            throw new IllegalStateException("postgres does not let us in", e);
        }
    }

    long facts(UUID project) {
        return number("select count(*) from facts where project = ?", project);
    }

    /** How much room the bodies of a project's spans take, packed as they are. */
    long bodyBytes(UUID project) {
        return number("select coalesce(sum(length(block)), 0) from bodies where project = ?", project);
    }

    /** What the series of the whole project has in a window; -1 where there is no row. */
    long spans(String table, UUID project, Instant windowStart) {
        return ofWindow("spans", table, project, windowStart);
    }

    /** 0 as long as only the stream has written the window; -1 where there is no row. */
    long generation(String table, UUID project, Instant windowStart) {
        return ofWindow("generation", table, project, windowStart);
    }

    private long ofWindow(String column, String table, UUID project, Instant windowStart) {
        return number(
                "select " + column + " from " + table
                        + " where project = ? and cube = ? and window_start = to_timestamp(?)",
                project,
                WHOLE_PROJECT,
                windowStart.getEpochSecond());
    }

    /** How many windows of a project wait to be computed. */
    long marks(UUID project) {
        return number("select count(*) from stale_windows where project = ?", project)
                + number("select count(*) from dirty_windows where project = ?", project);
    }

    /** Stream time at the last completed checkpoint; the beginning of time before it. */
    Instant streamTime() {
        return Instant.ofEpochSecond(
                number("select extract(epoch from min(stream_time))::bigint from ledger_progress having count(*) = 4"));
    }

    private long number(String sql, Object... arguments) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : -1;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
