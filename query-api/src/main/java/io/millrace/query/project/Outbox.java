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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies changes of the control data to the control topic, in the order in which they were made, and deletes them when
 * the topic has them. Several processes may run one; a lock lets one of them work at a time. After a crash in between an
 * entry is sent again, which changes nothing: the last entry of a key counts. Outlives a database or broker that is away.
 */
public final class Outbox implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Outbox.class);
    private static final long POLL_MILLIS = 150;
    private static final long PAUSE_MILLIS = 1_000;
    private static final String SECONDS_FOR_A_STATEMENT = "15";

    private static final String LOCK = "select pg_try_advisory_xact_lock(7005300130)";
    private static final String NEXT = "select seq, key, value from control_outbox order by seq limit 500";
    private static final String DELETE = "delete from control_outbox where seq = any(?)";

    private final String jdbcUrl;
    private final Properties login = new Properties();
    private final Supplier<Producer<String, byte[]>> producers;
    private final Thread thread;
    private volatile boolean closed;

    private record Entry(long seq, String key, byte @Nullable [] value) {}

    /**
     * @param user who may read and delete the outbox
     */
    public Outbox(String jdbcUrl, String user, String password, Supplier<Producer<String, byte[]>> producers) {
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
            try (Connection connection = DriverManager.getConnection(jdbcUrl, login);
                    Producer<String, byte[]> producer = producers.get()) {
                connection.setAutoCommit(false);
                while (!closed) {
                    if (publishNext(connection, producer) == 0) {
                        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
                    }
                }
            } catch (SQLException | ExecutionException | KafkaException e) {
                LOGGER.atWarn()
                        .addKeyValue("topic", Topic.CONTROL.id())
                        .addKeyValue("reason", e.toString())
                        .log("control entries wait");
                pause();
            } catch (InterruptedException e) {
                closed = true;
            }
        }
    }

    /** How many entries were published; none as well if another process is at it. */
    private static int publishNext(Connection connection, Producer<String, byte[]> producer)
            throws SQLException, ExecutionException, InterruptedException {
        List<Entry> entries = isFirst(connection) ? next(connection) : List.of();
        List<Future<RecordMetadata>> sent = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            sent.add(producer.send(new ProducerRecord<>(Topic.CONTROL.id(), entry.key, entry.value)));
        }
        for (Future<RecordMetadata> acknowledged : sent) {
            acknowledged.get();
        }
        if (!entries.isEmpty()) {
            delete(connection, entries);
        }
        connection.commit();
        return entries.size();
    }

    private static boolean isFirst(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(LOCK)) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static List<Entry> next(Connection connection) throws SQLException {
        List<Entry> entries = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(NEXT)) {
            while (rows.next()) {
                entries.add(new Entry(rows.getLong(1), rows.getString(2), rows.getBytes(3)));
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
