package io.millrace.bench.edge;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The log of spans, seen from outside: what the edge wrote to it, and a topic like it. */
final class SpanTopic implements AutoCloseable {
    /** A topic with the settings of that of spans, for a bare producer. */
    static final String TWIN = "bench.edge";

    private static final String SPANS = "millrace.spans.v1";
    /** Up to the last record that is durable. */
    private static final long ALL = -1;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A segment is deleted a second after the next one was begun, with an index for no more than it has. */
    private static final Map<String, String> LITTLE = Map.of(
            "segment.bytes", Integer.toString(16 << 20),
            "segment.index.bytes", Integer.toString(64 << 10),
            "retention.bytes", Integer.toString(16 << 20),
            "file.delete.delay.ms", "0");

    private final Map<String, Object> client;
    private final Admin admin;

    SpanTopic(Map<String, String> client) {
        this.client = new HashMap<>(client);
        this.admin = Admin.create(this.client);
    }

    /** Makes the twin, unless it is there. */
    void makeTwin() throws ExecutionException, InterruptedException {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, SPANS);
        Map<String, String> settings = new HashMap<>();
        for (ConfigEntry entry : Objects.requireNonNull(
                        admin.describeConfigs(List.of(topic)).all().get().get(topic))
                .entries()) {
            if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                settings.put(entry.name(), entry.value());
            }
        }
        NewTopic twin = new NewTopic(TWIN, partitions(SPANS).size(), (short) 1).configs(settings);
        try {
            admin.createTopics(List.of(twin)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private List<TopicPartition> partitions(String topic) throws ExecutionException, InterruptedException {
        int count = Objects.requireNonNull(admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic))
                .partitions()
                .size();
        List<TopicPartition> partitions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            partitions.add(new TopicPartition(topic, i));
        }
        return partitions;
    }

    /** The values of the records of spans that are in the log now. */
    List<byte[]> records() throws ExecutionException, InterruptedException {
        List<byte[]> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = partitions(SPANS);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                if (System.nanoTime() - until > 0) {
                    throw new IllegalStateException("the log of spans cannot be read");
                }
                for (ConsumerRecord<byte[], byte[]> read : consumer.poll(Duration.ofMillis(200))) {
                    values.add(read.value());
                }
            }
        }
        return values;
    }

    /** Deletes what is in both topics: the disk need not hold a whole run. */
    void empty() throws ExecutionException, InterruptedException {
        Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
        for (String topic : List.of(SPANS, TWIN)) {
            partitions(topic).forEach(one -> all.put(one, RecordsToDelete.beforeOffset(ALL)));
        }
        admin.deleteRecords(all).all().get();
    }

    /**
     * Keeps no more than some hundred megabytes of spans from now on, so that the broker writes into memory that it has
     * just given back. A virtual machine may have handed free memory to its host: writing a page of 4 KiB then took 9.5 us
     * instead of 0.65, and a span with texts took the broker 3.8 us instead of 1.8, now at one level and now at another.
     */
    void keepLittle() throws ExecutionException, InterruptedException {
        List<AlterConfigOp> changes = new ArrayList<>();
        LITTLE.forEach((name, value) ->
                changes.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, SPANS), changes))
                .all()
                .get();
    }

    @Override
    public void close() {
        admin.close();
    }
}
