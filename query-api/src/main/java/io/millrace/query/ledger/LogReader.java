package io.millrace.query.ledger;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.query.http.Problem;
import io.millrace.schema.topic.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the counts in the log beyond where the jobs' counters stand. It blocks, for a few seconds at most; what it has
 * read is kept, so that the next call goes on from there. For one thread.
 */
final class LogReader implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(LogReader.class);
    private static final Duration WHOLE = Duration.ofSeconds(6);
    private static final Duration ASK = Duration.ofSeconds(3);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int MAX_ENTRIES = 2_000_000;

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final LongSupplier nanoTime;
    private final Map<TopicPartition, LogTail> tails = new HashMap<>();
    private @Nullable Consumer<byte[], byte[]> open;

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    LogReader(Supplier<Consumer<byte[], byte[]>> consumers, LongSupplier nanoTime) {
        this.consumers = consumers;
        this.nanoTime = nanoTime;
    }

    /**
     * Sums what a project's records say that lie between the given offsets and the end of the log as it is now.
     *
     * @param nextOffsets where to begin, by partition; at the beginning where none is given
     * @param fromMillis of the received time, inclusive
     * @param toMillis exclusive
     * @throws Problem (unavailable) if the log does not answer, or has too much to be read at once
     */
    LogCounts beyond(Map<Integer, Long> nextOffsets, UUID project, long fromMillis, long toMillis) {
        try {
            Consumer<byte[], byte[]> consumer = consumer();
            readToEnd(consumer, nextOffsets);
        } catch (KafkaException e) {
            LOGGER.atWarn().addKeyValue("topic", Topic.SPANS.id()).setCause(e).log("the log cannot be read");
            close();
            throw Problem.unavailable("the log does not answer");
        }
        return tails.values().stream()
                .map(tail -> tail.sum(project, fromMillis, toMillis))
                .reduce(LogCounts.NONE, LogCounts::plus);
    }

    private void readToEnd(Consumer<byte[], byte[]> consumer, Map<Integer, Long> nextOffsets) {
        long deadline = nanoTime.getAsLong() + WHOLE.toNanos();
        List<TopicPartition> partitions = consumer.partitionsFor(Topic.SPANS.id(), ASK).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, ASK);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, ASK);
        consumer.assign(partitions);
        for (TopicPartition partition : partitions) {
            LogTail tail = tail(partition);
            tail.accountedTo(nextOffsets.getOrDefault(partition.partition(), 0L));
            tail.skipTo(begins.getOrDefault(partition, 0L));
            consumer.seek(partition, tail.readTo());
        }
        while (ends.entrySet().stream().anyMatch(end -> tail(end.getKey()).readTo() < end.getValue())) {
            if (nanoTime.getAsLong() > deadline) {
                throw Problem.unavailable("the log beyond the last checkpoint is still being read");
            }
            consumer.poll(POLL).forEach(this::take);
            partitions.forEach(partition -> tail(partition).skipTo(consumer.position(partition, ASK)));
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        LogTail tail = tail(new TopicPartition(record.topic(), record.partition()));
        if (tail.size() >= MAX_ENTRIES) {
            throw Problem.unavailable("too much of the log is not accounted for yet");
        }
        try {
            tail.add(record);
        } catch (InvalidProtocolBufferException e) {
            LOGGER.atWarn()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .log("a record's counts are not readable");
        }
    }

    private LogTail tail(TopicPartition partition) {
        return tails.computeIfAbsent(partition, absent -> new LogTail());
    }

    private Consumer<byte[], byte[]> consumer() {
        Consumer<byte[], byte[]> consumer = open;
        if (consumer == null) {
            consumer = consumers.get();
            open = consumer;
        }
        return consumer;
    }

    @Override
    public void close() {
        Consumer<byte[], byte[]> consumer = open;
        open = null;
        if (consumer != null) {
            consumer.close();
        }
    }
}
