package io.millrace.query.project;

import io.millrace.schema.topic.Topic;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies changes of the control data to the control topic, in the order in which they were made, and deletes them when
 * the topic has them. Several processes may run one; a lock lets one of them work at a time, and one that has lost it without
 * knowing cannot write any more once another one does. After a crash in between an entry is sent again, which changes nothing:
 * the last entry of a key counts. Outlives a database or broker that is away.
 */
public final class Outbox implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Outbox.class);
    private static final long POLL_MILLIS = 150;
    private static final long PAUSE_MILLIS = 1_000;
    private static final String SECONDS_FOR_A_STATEMENT = "15";

    /** The same in all processes: of several writers the log takes only the one that was made last. */
    private static final String WRITER = "millrace-control-outbox";

    private static final String LOCK = "select pg_try_advisory_xact_lock(7005300130)";
    private static final String WAITS = "select exists (select from control_outbox)";
    private static final String NEXT = "select seq, key, value from control_outbox order by seq limit 500";
    private static final String DELETE = "delete from control_outbox where seq = any(?)";

    private final String jdbcUrl;
    private final Properties login = new Properties();
    private final Function<String, Producer<String, byte[]>> producers;
    private final Thread thread;
    private @Nullable LogWriter writer;
    private volatile boolean closed;

    private record Entry(long seq, ProducerRecord<String, byte[]> record) {}

    /**
     * @param user who may read and delete the outbox
     * @param producers makes one with a transactional id
     */
    public Outbox(String jdbcUrl, String user, String password, Function<String, Producer<String, byte[]>> producers) {
        this.jdbcUrl = jdbcUrl;
        this.producers = producers;
        login.setProperty("user", user);
        login.setProperty("password", password);
        login.setProperty("connectTimeout", "3");
        login.setProperty("socketTimeout", SECONDS_FOR_A_STATEMENT);
        login.setProperty("ApplicationName", "millrace-outbox");
        thread = new Thread(this::run, "millrace-outbox");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Returns when the thread has ended. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try {
                publish();
            } catch (SQLException | KafkaException e) {
                if (!LogWriter.isSucceeded(e)) {
                    LOGGER.atWarn()
                            .addKeyValue("topic", Topic.CONTROL.id())
                            .addKeyValue("reason", e.toString())
                            .log("control entries wait");
                    pause();
                }
            } catch (InterruptedException e) {
                closed = true;
            }
        }
    }

    private void publish() throws SQLException, InterruptedException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl, login)) {
            connection.setAutoCommit(false);
            while (!closed) {
                if (!publishNext(connection)) {
                    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                }
            }
        } finally {
            closeWriter();
        }
    }

    /** Whether there was something, and no other process is at it. */
    private boolean publishNext(Connection connection) throws SQLException {
        boolean isOurs = is(connection, LOCK) && is(connection, WAITS);
        if (isOurs) {
            // Before the entries are read: so whoever has read less can write no more.
            LogWriter open = writer();
            List<Entry> entries = next(connection);
            open.write(entries.stream().map(Entry::record).toList());
            delete(connection, entries);
        }
        connection.commit();
        return isOurs;
    }

    /** Kept until it fails: as long as no other process writes, nobody has read more than we. */
    private LogWriter writer() {
        LogWriter open = writer;
        if (open == null) {
            open = LogWriter.succeedingAll(producers.apply(WRITER));
            writer = open;
        }
        return open;
    }

    private void closeWriter() {
        LogWriter open = writer;
        writer = null;
        if (open != null) {
            open.close();
        }
    }

    private static boolean is(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static List<Entry> next(Connection connection) throws SQLException {
        List<Entry> entries = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(NEXT)) {
            while (rows.next()) {
                entries.add(new Entry(
                        rows.getLong(1),
                        new ProducerRecord<>(Topic.CONTROL.id(), rows.getString(2), rows.getBytes(3))));
            }
        }
        return entries;
    }

    private static void delete(Connection connection, List<Entry> entries) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DELETE)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "bigint", entries.stream().map(Entry::seq).toArray()));
            statement.executeUpdate();
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            closed = true;
        }
    }
}
