package io.millrace.jobs.keeper;

import io.millrace.jobs.store.Database;
import io.millrace.jobs.store.Days;
import io.millrace.jobs.store.Session;
import io.millrace.schema.window.Revision;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The right to be the only keeper: an advisory lock that is held by the very connection that does the work, so that it
 * cannot be lost while work goes on. Each tenure has an epoch of its own, greater than those before.
 */
final class Tenure implements AutoCloseable {
    private static final String TRY_LOCK = "select pg_try_advisory_lock(7005300120)";
    private static final String NEXT_EPOCH = "select nextval('operator_epoch')";
    /** What is lost with the database's power is done again: marks and results go in one transaction. */
    private static final String NO_HURRY = "set synchronous_commit = off";

    private final Session session;
    private final Days days;
    private boolean leading;
    private int epoch;
    private long revisions;

    /**
     * @param setUp done on each new connection
     */
    Tenure(Database database, Session.Work<?> setUp) {
        this.session = new Session(database, "keeper", connection -> {
            begin(connection);
            return setUp.on(connection);
        });
        this.days = new Days(session);
    }

    /**
     * Does the work in a transaction.
     *
     * @throws NotLeading when another keeper is at work
     */
    <R> R transact(Session.Work<R> work) throws InterruptedException {
        return session.transact(connection -> {
            if (!leading) {
                throw new NotLeading();
            }
            return work.on(connection);
        });
    }

    Days days() {
        return days;
    }

    /** A revision greater than all of this generation. */
    Revision next(int generation) {
        return new Revision(generation, epoch, ++revisions);
    }

    @Override
    public void close() {
        session.close();
    }

    private void begin(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(NO_HURRY);
            leading = false;
            leading = "t".equals(value(statement, TRY_LOCK));
            if (leading) {
                epoch = Integer.parseInt(value(statement, NEXT_EPOCH));
            }
        }
    }

    private static String value(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            if (!row.next()) {
                throw new SQLException("no row: " + sql);
            }
            return String.valueOf(row.getString(1));
        }
    }
}
