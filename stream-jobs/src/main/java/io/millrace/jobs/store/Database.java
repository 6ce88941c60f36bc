package io.millrace.jobs.store;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Where a role's rows are, how connections to it are opened, and which of its errors pass by themselves. */
public final class Database {
    private static final String CONNECT_SECONDS = "5";
    /** Longer than any statement of ours takes: a peer that is silent for so long is gone. */
    private static final String SILENCE_SECONDS = "90";

    /** The server, too, must notice that a client is gone: its locks go with it. */
    private static final String OPTIONS = "-c synchronous_commit=on -c TimeZone=UTC -c jit=off"
            + " -c tcp_keepalives_idle=20 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    private static final Set<String> PASSING_CLASSES = Set.of(
            "08", // connection
            "40", // rolled back: deadlock, serialization
            "53", // disk, memory, connections
            "58"); // I/O
    /** Malformed messages, which will be no better the next time. */
    private static final String PROTOCOL_VIOLATION = "08P01";

    private static final Set<String> PASSING_STATES = Set.of(
            "25006", // read only, after a fail-over
            "55006", // object in use
            "55P03", // lock not available
            "57P01", "57P02", "57P03", "57P04", "57P05");

    private final String jdbcUrl;
    private final String user;
    private final String password;
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder retries = new LongAdder();
    private final ConcurrentMap<String, LongAdder> rows = new ConcurrentHashMap<>();

    /**
     * @param user the role whose rights the connections have
     */
    public Database(String jdbcUrl, String user, String password) {
        this.jdbcUrl = jdbcUrl;
        this.user = user;
        this.password = password;
    }

    /**
     * A connection in transactions, whose commits are durable.
     *
     * @param purpose what {@code pg_stat_activity} says of it
     */
    Connection open(String purpose) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "millrace " + purpose);
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("loginTimeout", CONNECT_SECONDS);
        properties.setProperty("socketTimeout", SILENCE_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("prepareThreshold", "1");
        // Details of an error quote rows, and errors are logged.
        properties.setProperty("logServerErrorDetail", "false");
        properties.setProperty("options", OPTIONS);
        Connection connection = DriverManager.getConnection(jdbcUrl, properties);
        connection.setAutoCommit(false);
        return connection;
    }

    /** Whether doing the same again may succeed without anybody changing the statement or the rows. */
    static boolean passes(SQLException error) {
        String state = error.getSQLState();
        if (state == null || state.length() != 5) {
            return hasInputOutputCause(error);
        }
        boolean passing = PASSING_STATES.contains(state) || PASSING_CLASSES.contains(state.substring(0, 2));
        return passing && !state.equals(PROTOCOL_VIOLATION) || hasInputOutputCause(error);
    }

    /** A number greater than all that were given out before; waits out a database that is away. */
    public int nextEpoch() throws InterruptedException {
        try (Session session = new Session(this, "epoch", connection -> true)) {
            return session.transact(connection -> {
                try (Statement statement = connection.createStatement();
                        ResultSet row = statement.executeQuery("select nextval('operator_epoch')")) {
                    if (!row.next()) {
                        throw new SQLException("a sequence without a value");
                    }
                    return row.getInt(1);
                }
            });
        }
    }

    /** How many threads are waiting for the database to come back. */
    public int waiting() {
        return waiting.get();
    }

    /** How often work was done again since the start. */
    public long retries() {
        return retries.sum();
    }

    long rows(String table) {
        LongAdder written = rows.get(table);
        return written == null ? 0 : written.sum();
    }

    void countRows(String table, int written) {
        rows.computeIfAbsent(table, first -> new LongAdder()).add(written);
    }

    void startsWaiting() {
        waiting.incrementAndGet();
    }

    void stopsWaiting() {
        waiting.decrementAndGet();
    }

    void countRetry() {
        retries.increment();
    }

    private static boolean hasInputOutputCause(SQLException error) {
        @Nullable Throwable cause = error.getCause();
        return cause instanceof IOException;
    }
}
