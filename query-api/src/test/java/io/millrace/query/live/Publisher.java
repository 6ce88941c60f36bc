package io.millrace.query.live;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.millrace.query.Api;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.WindowValue;
import io.millrace.schema.wire.RollupMessage;
import io.millrace.schema.wire.TraceMessage;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Says on the topics what the jobs would say. */
final class Publisher implements AutoCloseable {
    private final Map<String, Object> client;
    private final KafkaProducer<byte[], byte[]> producer;

    Publisher(Api api) {
        client = new HashMap<>(api.stack().broker().clientProperties());
        producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A trace's state; its name says which. */
    static TraceMessage.Builder trace(UUID project, long trace, long n) {
        return TraceMessage.newBuilder()
                .setProject(bytes(project))
                .setTraceId(bytes(new UUID(7, trace)))
                .setEpoch(3)
                .setN(n)
                .setState(2)
                .setStartNanos(1_700_000_000_000_000_000L)
                .setEndNanos(1_700_000_001_000_000_000L)
                .setSpanCount(2)
                .setCountedSpans(1)
                .setUsage(Usage.ZERO.toMessage())
                .setCostPico(
                        ByteString.copyFrom(BigInteger.valueOf(1_500_000_000L).toByteArray()))
                .setName("trace " + trace);
    }

    static RollupMessage.Builder window(UUID project, Cube cube, List<String> dims, long start, long n) {
        WindowValue value = new WindowValue();
        for (int i = 0; i < n; i++) {
            value.span(1, false);
        }
        return RollupMessage.newBuilder()
                .setProject(bytes(project))
                .setCube(cube.code())
                .addAllDims(dims)
                .setWindowStartSeconds(start)
                .setWindowSeconds(cube.windowSeconds())
                .setEpoch(3)
                .setN(n)
                .setValue(value.toMessage());
    }

    void publish(TraceMessage.Builder message) {
        send(Topic.TRACES, message.build());
    }

    void publish(RollupMessage.Builder message) {
        send(Topic.ROLLUPS, message.build());
    }

    private void send(Topic topic, MessageLite message) {
        producer.send(new ProducerRecord<>(topic.id(), message.toByteArray()));
    }

    /** Returns when the broker has all of it. */
    void flush() {
        producer.flush();
    }

    /** Has the broker forget all traces that it has, as its retention would. */
    void forgetTraces() throws ExecutionException, InterruptedException {
        TopicPartition partition = new TopicPartition(Topic.TRACES.id(), 0);
        try (Admin admin = Admin.create(client)) {
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }
    }

    static ByteString bytes(UUID uuid) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array());
    }

    @Override
    public void close() {
        producer.close();
    }
}
