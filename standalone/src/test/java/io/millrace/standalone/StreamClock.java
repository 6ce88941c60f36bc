package io.millrace.standalone;

import io.millrace.embedded.Broker;
import io.millrace.schema.topic.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Moves the time of the log ahead, by what it is made of: ticks. Those that the job goes on writing are then in the past
 * and change nothing.
 */
final class StreamClock implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;

    private StreamClock(KafkaProducer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    static StreamClock of(Stack stack) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", "127.0.0.1:" + stack.told("kafka", "port"));
        settings.put("security.protocol", "SASL_PLAINTEXT");
        settings.put("sasl.mechanism", "PLAIN");
        settings.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                        .formatted(Broker.USER, stack.secret("kafka")));
        return new StreamClock(new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /** Tells every partition this time; stream time follows it by its lag. */
    void tick(Instant time) {
        byte[] millis =
                ByteBuffer.allocate(Long.BYTES).putLong(time.toEpochMilli()).array();
        for (int partition = 0; partition < Topic.SPANS.partitions(); partition++) {
            producer.send(new ProducerRecord<>(
                    Topic.SPANS.id(),
                    partition,
                    null,
                    null,
                    new byte[0],
                    List.of(new RecordHeader(Topic.TICK_HEADER, millis))));
        }
        producer.flush();
    }

    /** Puts bytes among the records that the edge wrote, as nobody should. */
    void append(byte[] value) {
        producer.send(new ProducerRecord<>(Topic.SPANS.id(), value));
        producer.flush();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
