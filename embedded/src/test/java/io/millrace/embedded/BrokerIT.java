package io.millrace.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerIT {
    private static final String TOPIC = "spans";

    @TempDir
    Path folder;

    private DataFolder data;
    private BrokerConfig config;
    private Broker broker;

    @BeforeEach
    void start() {
        data = DataFolder.open(folder);
        config = BrokerConfig.in(data);
        broker = new Broker(config);
        broker.start();
    }

    @AfterEach
    void stop() {
        broker.close();
        data.close();
    }

    @Test
    void keepsRecordsWhenItsFolderIsOpenedAgain() throws Exception {
        create(broker);
        produce(broker, "before");

        broker.close();
        broker = new Broker(BrokerConfig.in(data));
        broker.start();
        produce(broker, "after");

        assertThat(consume(broker, 2)).containsExactly("before", "after");
    }

    @Test
    void refusesAWrongPassword() {
        var wrong = new Broker(new BrokerConfig(
                config.folder(),
                config.port(),
                config.port(),
                config.controllerPort(),
                "guessed",
                config.retentionCheck()));

        try (var admin = Admin.create(properties(wrong))) {
            assertThatThrownBy(() -> admin.describeCluster().nodes().get())
                    .hasCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void refusesAWrongPasswordAtTheControllerToo() {
        var wrong = new HashMap<>(properties(broker));
        wrong.remove("bootstrap.servers");
        wrong.put("bootstrap.controllers", "127.0.0.1:" + config.controllerPort());
        wrong.put("sasl.jaas.config", BrokerSettings.login("guessed") + ";");

        try (var admin = Admin.create(wrong)) {
            assertThatThrownBy(() -> admin.describeMetadataQuorum().quorumInfo().get())
                    .hasCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void createsNoTopicByItself() {
        try (var admin = Admin.create(properties(broker))) {
            assertThatThrownBy(() -> admin.describeTopics(List.of("typo"))
                            .allTopicNames()
                            .get())
                    .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Test
    void tellsClientsTheProxysPort() throws Exception {
        broker.close();
        int proxy = Ports.free();
        broker = new Broker(config.withAdvertisedPort(proxy));
        broker.start();

        var direct = new HashMap<>(properties(broker));
        direct.put("bootstrap.servers", "127.0.0.1:" + broker.port());
        try (var admin = Admin.create(direct);
                var forward = new Forward(proxy, broker.port())) {
            assertThat(broker.bootstrap()).endsWith(":" + proxy);
            assertThat(admin.describeCluster().nodes().get())
                    .singleElement()
                    .satisfies(node -> assertThat(node.port()).isEqualTo(proxy));
            assertThat(forward.port()).isEqualTo(proxy);
        }
    }

    /** Kafka refuses what is more than an hour ahead of it, unless told otherwise: every topic that was made before too. */
    @Test
    void takesRecordsFromAnyClock() throws Exception {
        create(broker);
        long yearAhead = System.currentTimeMillis() + Duration.ofDays(365).toMillis();

        try (var producer =
                new KafkaProducer<>(properties(broker), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, null, yearAhead, null, "ahead".getBytes(UTF_8)))
                    .get();
            producer.send(new ProducerRecord<>(TOPIC, null, 1L, null, "behind".getBytes(UTF_8)))
                    .get();
        }

        assertThat(consume(broker, 2)).containsExactly("ahead", "behind");
    }

    static void create(Broker broker) throws Exception {
        try (var admin = Admin.create(properties(broker))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        }
    }

    static void produce(Broker broker, String value) throws Exception {
        try (var producer =
                new KafkaProducer<>(properties(broker), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, value.getBytes(UTF_8))).get();
        }
    }

    static List<String> consume(Broker broker, int count) {
        var values = new ArrayList<String>();
        try (var consumer =
                new KafkaConsumer<>(properties(broker), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(new String(record.value(), UTF_8)));
            }
        }
        return values;
    }

    private static Map<String, Object> properties(Broker broker) {
        return new HashMap<>(broker.clientProperties());
    }
}
