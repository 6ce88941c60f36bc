package io.millrace.ingest;

import io.millrace.backing.BackingStack;
import io.millrace.backing.LogBroker;
import io.millrace.embedded.Ports;
import io.millrace.ingest.project.DirectoryEntries;
import io.millrace.ingest.webhook.Sources;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.Counts;
import io.millrace.schema.wire.MaskingEntry;
import io.millrace.schema.wire.SpanBatch;
import io.millrace.schema.wire.WebhookEntry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A real broker behind a proxy, with the topics of the edge, and what tests read from and write to it. */
final class Kafka implements AutoCloseable {
    private final LogBroker broker;
    private final PausableProxy proxy;
    private final KafkaProducer<String, byte[]> control;

    /** A record of the log as a test sees it. */
    record LogEntry(ConsumerRecord<byte[], byte[]> record, SpanBatch batch, Counts counts) {}

    Kafka() throws Exception {
        int proxyPort = Ports.free();
        this.broker = BackingStack.shared().brokerBehind(proxyPort);
        this.proxy = new PausableProxy(proxyPort, new InetSocketAddress(broker.host(), broker.port()));
        broker.start();
        createTopics();
        this.control = transactional();
    }

    /** As the API writes: behind each entry stands the mark of its transaction, which is an offset without a record. */
    private KafkaProducer<String, byte[]> transactional() {
        Map<String, Object> settings = new HashMap<>(broker.clientProperties());
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "control");
        KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    private void createTopics() throws Exception {
        try (Admin admin = Admin.create(new HashMap<>(broker.clientProperties()))) {
            List<NewTopic> topics = new ArrayList<>();
            for (Topic topic : List.of(Topic.SPANS, Topic.CONTROL)) {
                topics.add(new NewTopic(topic.id(), topic.partitions(), (short) 1).configs(topic.settings()));
            }
            admin.createTopics(topics).all().get(100, TimeUnit.SECONDS);
        }
    }

    Map<String, String> client() {
        return broker.clientProperties();
    }

    PausableProxy proxy() {
        return proxy;
    }

    void project(UUID id, int retentionDays) {
        control("project/" + id, DirectoryEntries.projectEntry(id, retentionDays));
    }

    void key(String name, UUID project, String publicKey, String secret, List<String> scopes) {
        control("key/" + name, DirectoryEntries.keyEntry(project, publicKey, secret, scopes, 0));
    }

    void masking(UUID project, MaskingEntry.Builder rules) {
        control(
                "masking/" + project,
                ControlEntry.newBuilder()
                        .setMasking(rules.setProject(DirectoryEntries.bytes(project)))
                        .build()
                        .toByteArray());
    }

    void entry(String key, ControlEntry.Builder entry) {
        control(key, entry.build().toByteArray());
    }

    void sampling(UUID project, double rate, boolean keepErrors) {
        control("sampling/" + project, DirectoryEntries.samplingEntry(project, rate, keepErrors));
    }

    void webhook(WebhookEntry.Builder source) {
        control("webhook/" + source.getId(), Sources.value(source));
    }

    void deleteWebhook(String id) {
        control("webhook/" + id, null);
    }

    void deleteKey(String name) {
        control("key/" + name, null);
    }

    private synchronized void control(String key, byte[] value) {
        control.beginTransaction();
        control.send(new ProducerRecord<>(Topic.CONTROL.id(), key, value));
        control.commitTransaction();
    }

    /** Everything that the log holds for a project. */
    List<LogEntry> log(UUID project) throws Exception {
        List<LogEntry> entries = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                new HashMap<>(broker.clientProperties()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(Topic.SPANS.id()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    Counts counts = Counts.parseFrom(
                            record.headers().lastHeader("counts").value());
                    if (counts.getProject().equals(DirectoryEntries.bytes(project))) {
                        entries.add(new LogEntry(record, SpanBatch.parseFrom(record.value()), counts));
                    }
                }
            }
        }
        return entries;
    }

    @Override
    public void close() throws IOException {
        control.close();
        broker.close();
        proxy.close();
    }
}
