package io.millrace.query.rejected;

import com.google.protobuf.ByteString;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.Replay;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a rejected record into the log again, behind where it came first: the same partition, value and time, and a
 * header that says what it was. It blocks, for some seconds at most; its clients live as long as one replay, which is rare.
 */
final class LogReplay {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogReplay.class);
    private static final Duration READ = Duration.ofSeconds(6);
    private static final Duration ASK = Duration.ofSeconds(3);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long WRITE_SECONDS = 12;
    private static final Duration WAIT = Duration.ofSeconds(15);

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Supplier<Producer<String, byte[]>> producers;
    private final LongSupplier nanoTime;

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    LogReplay(
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Producer<String, byte[]>> producers,
            LongSupplier nanoTime) {
        this.consumers = consumers;
        this.producers = producers;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns when the log has the record again.
     *
     * @param since when the wait for this began, in nanoseconds
     * @throws Problem (not found) when the log has let go of the record, (unavailable) when the log does not answer
     */
    void append(Rejected rejected, Instant asked, long since) throws InterruptedException {
        if (nanoTime.getAsLong() - since > WAIT.toNanos()) {
            throw Problem.unavailable("the log does not answer");
        }
        try (Consumer<byte[], byte[]> consumer = consumers.get();
                Producer<String, byte[]> producer = producers.get()) {
            ConsumerRecord<byte[], byte[]> first = read(consumer, rejected.position());
            producer.send(again(first, rejected, asked)).get(WRITE_SECONDS, TimeUnit.SECONDS);
        } catch (KafkaException | ExecutionException | TimeoutException e) {
            LOGGER.atWarn()
                    .addKeyValue("topic", Topic.SPANS.id())
                    .addKeyValue("reason", e.toString())
                    .log("a record cannot be replayed");
            throw Problem.unavailable("the log does not answer");
        }
    }

    private ConsumerRecord<byte[], byte[]> read(Consumer<byte[], byte[]> consumer, Rejected.Position position) {
        TopicPartition partition = new TopicPartition(Topic.SPANS.id(), position.partition());
        List<TopicPartition> only = List.of(partition);
        long begin = consumer.beginningOffsets(only, ASK).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(only, ASK).getOrDefault(partition, 0L);
        if (position.offset() < begin || position.offset() >= end) {
            throw gone();
        }
        consumer.assign(only);
        consumer.seek(partition, position.offset());
        long deadline = nanoTime.getAsLong() + READ.toNanos();
        while (nanoTime.getAsLong() < deadline) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(partition)) {
                if (record.offset() == position.offset()) {
                    return record;
                }
                if (record.offset() > position.offset()) {
                    throw gone();
                }
            }
        }
        throw Problem.unavailable("the log does not answer");
    }

    private static ProducerRecord<String, byte[]> again(
            ConsumerRecord<byte[], byte[]> first, Rejected rejected, Instant asked) {
        Header counts = first.headers().lastHeader(Topic.COUNTS_HEADER);
        if (counts == null || !MessageDigest.isEqual(sha256(first.value()), rejected.sha256())) {
            throw gone();
        }
        byte[] replay = Replay.newBuilder()
                .setPartition(rejected.position().partition())
                .setOffset(rejected.position().offset())
                .setReason(rejected.reason())
                .setAskedAtMillis(asked.toEpochMilli())
                .setCounts(ByteString.copyFrom(counts.value()))
                .build()
                .toByteArray();
        return new ProducerRecord<>(
                first.topic(),
                first.partition(),
                first.timestamp(),
                null,
                first.value(),
                List.of(new RecordHeader(Topic.REPLAY_HEADER, replay)));
    }

    private static byte[] sha256(byte @Nullable [] value) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return value == null ? digest.digest() : digest.digest(value);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static Problem gone() {
        return Problem.of(ProblemType.NOT_FOUND, "the log does not have the record any more");
    }
}
