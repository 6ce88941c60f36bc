package io.millrace.query.project;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.backing.DatabaseServer;
import io.millrace.query.Api;
import io.millrace.schema.sql.Migrations;
import io.millrace.schema.topic.Topic;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several processes with an outbox over one database and one broker. */
class OutboxIT {
    private static final Api API = Api.shared();
    private static final byte[] VALUE = {1, 2, 3};

    private final DatabaseServer postgres = API.stack().postgres();
    private final String name = "outbox_" + UUID.randomUUID().toString().replace("-", "");
    private final String key = "key/" + UUID.randomUUID();
    private final CountDownLatch sends = new CountDownLatch(1);
    private final CountDownLatch brokerIsBack = new CountDownLatch(1);
    private final CountDownLatch gaveUp = new CountDownLatch(1);
    private Connection database;

    @BeforeEach
    void makeDatabase() throws SQLException {
        try (Connection connection = open("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        new Migrations(postgres.jdbcUrl(name), postgres.user(), postgres.password()).apply();
        database = open(name);
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    @Test
    void aProcessThatHasLostItsLockPutsNoDeletedKeyBack() throws Exception {
        enter(VALUE);
        try (Outbox slow = outbox(this::slowProducer);
                Outbox next = outbox(this::producer)) {
            slow.start();
            sends.await();
            endConnections();
            enter(null);
            next.start();
            Api.eventually().until(this::isEmpty);
            assertThat(lastValue()).isNull();

            brokerIsBack.countDown();
            gaveUp.await();
            assertThat(lastValue()).isNull();
        }
    }

    @Test
    void processesTakeTurns() throws Exception {
        try (Outbox one = outbox(this::producer);
                Outbox other = outbox(this::producer)) {
            one.start();
            other.start();
            for (byte round = 0; round < 5; round++) {
                enter(new byte[] {round});
                Api.eventually().until(this::isEmpty);
                assertThat(lastValue()).containsExactly(round);
            }
        }
    }

    private Outbox outbox(Function<String, Producer<String, byte[]>> producers) {
        return new Outbox(postgres.jdbcUrl(name), postgres.user(), postgres.password(), producers);
    }

    private Producer<String, byte[]> producer(String transactionalId) {
        Map<String, Object> settings = client();
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    /** Its first record is sent only when the broker is back. */
    @SuppressWarnings("unchecked")
    private Producer<String, byte[]> slowProducer(String transactionalId) {
        Producer<String, byte[]> quick = producer(transactionalId);
        return (Producer<String, byte[]>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Producer.class}, (self, method, arguments) -> {
                    if (method.getName().equals("send")) {
                        sends.countDown();
                        brokerIsBack.await();
                    }
                    try {
                        return method.invoke(quick, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    } finally {
                        if (method.getName().equals("close")) {
                            gaveUp.countDown();
                        }
                    }
                });
    }

    private Map<String, Object> client() {
        return new HashMap<>(API.stack().broker().clientProperties());
    }

    private Connection open(String database) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
    }

    private void enter(byte[] value) throws SQLException {
        try (PreparedStatement insert =
                database.prepareStatement("insert into control_outbox (key, value) values (?, ?)")) {
            insert.setString(1, key);
            insert.setBytes(2, value);
            insert.executeUpdate();
        }
    }

    /** As when Postgres fails over: the lock is nobody's, and who had it is not told. */
    private void endConnections() throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name
                    + "' and application_name = 'millrace-outbox'");
        }
    }

    private boolean isEmpty() throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("select not exists (select from control_outbox)")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** What the topic says of the key at its end. */
    private byte[] lastValue() {
        TopicPartition partition = new TopicPartition(Topic.CONTROL.id(), 0);
        byte[] last = {};
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(client(), new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, byte[]> entry : consumer.poll(Duration.ofMillis(100))) {
                    last = key.equals(entry.key()) ? entry.value() : last;
                }
            }
        }
        return last;
    }
}
