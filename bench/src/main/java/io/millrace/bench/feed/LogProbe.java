package io.millrace.bench.feed;

import io.millrace.bench.stack.StackFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The log's own latency: from a send with {@code acks=all} to its arrival at a consumer, one record at a time on a topic of
 * its own in the stack's broker, as Kafka's own tool measures it.
 */
final class LogProbe {
    private static final String TOPIC = "bench.feed";
    private static final long LONGEST_MICROS = 60_000_000;

    private final Map<String, Object> client;

    LogProbe(StackFolder folder) throws IOException {
        this.client = new HashMap<>(folder.kafka());
    }

    /** Microseconds of each record. */
    Histogram measure(Duration duration, Duration interval)
            throws ExecutionException, InterruptedException, IOException {
        create();
        Histogram micros = new Histogram(LONGEST_MICROS, 3);
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        Map<String, Object> sender = new HashMap<>(client);
        sender.put("acks", "all");
        sender.put("linger.ms", 0);
        try (var producer = new KafkaProducer<>(sender, new ByteArraySerializer(), new ByteArraySerializer());
                var consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            consumer.position(partition);
            long end = System.nanoTime() + duration.toNanos();
            for (long next = System.nanoTime(); next < end; next += interval.toNanos()) {
                Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
                byte[] payload =
                        ByteBuffer.allocate(512).putLong(System.nanoTime()).array();
                producer.send(new ProducerRecord<>(TOPIC, 0, null, payload));
                producer.flush();
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(10))) {
                    long sent = ByteBuffer.wrap(record.value()).getLong();
                    micros.recordValue(Math.min(LONGEST_MICROS, (System.nanoTime() - sent) / 1_000));
                }
            }
        }
        if (micros.getTotalCount() == 0) {
            throw new IOException("nothing came out of the log");
        }
        return micros;
    }

    private void create() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(client)) {
            if (!admin.listTopics().names().get().contains(TOPIC)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(1), Optional.of((short) 1))))
                        .all()
                        .get();
            }
        }
    }
}
