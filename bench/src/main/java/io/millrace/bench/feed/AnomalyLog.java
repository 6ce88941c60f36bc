package io.millrace.bench.feed;

import io.millrace.bench.stack.StackFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topic that the feed's anomalies come from, from its end as of now on. */
final class AnomalyLog implements AutoCloseable {
    private static final TopicPartition TOPIC = new TopicPartition("millrace.anomalies.v1", 0);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final KafkaConsumer<byte[], byte[]> consumer;

    AnomalyLog(StackFolder folder) throws IOException {
        consumer = new KafkaConsumer<>(
                new HashMap<>(folder.kafka()), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(TOPIC));
        consumer.seekToEnd(List.of(TOPIC));
        consumer.position(TOPIC);
    }

    /** The project's records since it was asked last, in their order: read afterwards, so that it costs nobody anything. */
    List<AnomalyRecord> read(UUID project) throws IOException {
        byte[] key = ByteBuffer.allocate(16)
                .putLong(project.getMostSignificantBits())
                .putLong(project.getLeastSignificantBits())
                .array();
        List<AnomalyRecord> records = new ArrayList<>();
        long end = consumer.endOffsets(List.of(TOPIC)).getOrDefault(TOPIC, 0L);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (consumer.position(TOPIC) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (Arrays.equals(record.key(), key)) {
                    records.add(AnomalyRecord.of(record.value(), record.timestamp()));
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("the topic of anomalies could not be read to its end");
            }
        }
        return records;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
