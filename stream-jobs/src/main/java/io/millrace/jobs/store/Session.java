package io.millrace.jobs.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that comes back. Work is done in a transaction, and again from its beginning, on a new connection if need
 * be, for as long as the database is away. One thread works; any thread may close.
 */
public final class Session implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Session.class);
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    private final Database database;
    private final String purpose;
    private final Work<?> setUp;
    private volatile @Nullable Connection connection;
    private volatile boolean closed;

    /**
     * What is done with a connection.
     *
     * @param <R> what comes of it
     */
    @FunctionalInterface
    public interface Work<R> {
        R on(Connection connection) throws SQLException;
    }

    /**
     * @param purpose what {@code pg_stat_activity} says
     * @param setUp done and committed on each new connection
     */
    public Session(Database database, String purpose, Work<?> setUp) {
        this.database = database;
        this.purpose = purpose;
        this.setUp = setUp;
    }

    /**
     * Does the work and commits.
     *
     * @throws StoreException for an error that trying again will not mend, or when the session is closed meanwhile
     * @throws InterruptedException when interrupted while waiting for the database
     */
    public <R> R transact(Work<R> work) throws InterruptedException {
        long pause = 0;
        try {
            while (true) {
                try {
                    Connection open = connect();
                    R result = work.on(open);
                    open.commit();
                    if (pause > 0) {
                        LOGGER.atInfo().addKeyValue("reason", purpose).log("the database is back");
                    }
                    return result;
                } catch (SQLException e) {
                    release(e);
                    if (pause == 0) {
                        database.startsWaiting();
                        LOGGER.atWarn()
                                .addKeyValue("reason", purpose)
                                .addKeyValue("status", e.getSQLState())
                                .log("the database is away: {}", e.getMessage());
                    }
                    pause = Math.min(LONGEST_PAUSE_MILLIS, pause == 0 ? FIRST_PAUSE_MILLIS : pause * 2);
                    database.countRetry();
                    TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause + 1));
                } catch (RuntimeException e) {
                    drop();
                    throw e;
                }
            }
        } finally {
            if (pause > 0) {
                database.stopsWaiting();
            }
        }
    }

    private Connection connect() throws SQLException {
        if (closed) {
            throw new StoreException("the session is closed", null);
        }
        Connection open = connection;
        if (open == null) {
            open = database.open(purpose);
            connection = open;
            if (closed) {
                drop();
                throw new StoreException("the session is closed", null);
            }
            setUp.on(open);
            open.commit();
        }
        return open;
    }

    /** After an error that passes the connection is let go of, or rolled back if it still works. */
    private void release(SQLException error) {
        if (closed || !Database.passes(error)) {
            drop();
            throw new StoreException(purpose + ": " + error.getMessage() + " [" + error.getSQLState() + "]", error);
        }
        Connection open = connection;
        try {
            if (open != null
                    && error.getSQLState() != null
                    && error.getSQLState().startsWith("40")) {
                open.rollback();
                return;
            }
        } catch (SQLException e) {
            error.addSuppressed(e);
        }
        drop();
    }

    private void drop() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOGGER.atDebug().addKeyValue("reason", purpose).log("closing failed", e);
            }
        }
    }

    /** Also ends a statement that is under way. */
    @Override
    public void close() {
        closed = true;
        Connection open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOGGER.atDebug().addKeyValue("reason", purpose).log("closing failed", e);
            }
        }
    }
}
