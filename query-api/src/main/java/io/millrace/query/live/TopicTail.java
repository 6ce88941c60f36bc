package io.millrace.query.live;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that follows a topic from its end on into a ring, and wakes whoever waits there. It commits nothing, so every
 * process sees all; it outlives a broker that is away.
 */
final class TopicTail<D> implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TopicTail.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration ASK = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Decoder<D> decoder;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final EventRing<D> ring;
    private final Set<Runnable> waiting = new CopyOnWriteArraySet<>();
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param consumers make readers that fail, rather than skip, when their position is gone
     */
    TopicTail(Decoder<D> decoder, Supplier<Consumer<byte[], byte[]>> consumers, EventRing<D> ring) {
        this.decoder = decoder;
        this.consumers = consumers;
        this.ring = ring;
        this.thread = new Thread(this::run, "millrace-live-" + decoder.topic().name());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Runs {@code waiter} on this thread whenever there is more in the ring, until {@link #forget}. */
    void wake(Runnable waiter) {
        waiting.add(waiter);
    }

    void forget(Runnable waiter) {
        waiting.remove(waiter);
    }

    /** Returns when the thread has ended. */
    @Override
    public void close() {
        // Not by an interrupt, with which a consumer cannot take its leave: every wait of the thread is short.
        closed = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try (Consumer<byte[], byte[]> consumer = consumers.get()) {
                follow(consumer);
            } catch (WakeupException | InterruptException e) {
                closed = true;
            } catch (KafkaException e) {
                LOGGER.atWarn()
                        .addKeyValue("topic", decoder.topic().id())
                        .setCause(e)
                        .log("changes cannot be read");
                pause();
            }
        }
    }

    private void follow(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(decoder.topic().id(), ASK).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException("the topic is not there");
        }
        consumer.assign(partitions);
        long[] positions = ring.end();
        if (positions.length != partitions.size()) {
            positions = offsets(consumer.endOffsets(partitions, ASK), new long[partitions.size()]);
            ring.begin(positions);
        }
        seek(consumer, positions);
        while (!closed) {
            try {
                take(consumer);
            } catch (OffsetOutOfRangeException e) {
                // What the ring missed is for the history to find gone.
                positions = offsets(
                        consumer.beginningOffsets(e.offsetOutOfRangePartitions().keySet(), ASK), ring.end());
                ring.begin(positions);
                seek(consumer, positions);
            }
        }
    }

    private void seek(Consumer<byte[], byte[]> consumer, long[] positions) {
        consumer.assignment().forEach(partition -> consumer.seek(partition, positions[partition.partition()]));
    }

    private void take(Consumer<byte[], byte[]> consumer) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            decode(decoder, record).ifPresent(ring::add);
            ring.passed(record.partition(), record.offset() + 1);
        }
        if (!records.isEmpty()) {
            waiting.forEach(Runnable::run);
        }
    }

    /** What a record says; nothing for one that is not readable. */
    static <D> Optional<LiveEvent<D>> decode(Decoder<D> decoder, ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            return decoder.decode(record.partition(), record.offset(), record.value());
        } catch (InvalidProtocolBufferException e) {
            LOGGER.atWarn()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .log("a record is not readable");
            return Optional.empty();
        }
    }

    private static long[] offsets(Map<TopicPartition, Long> found, long[] others) {
        long[] offsets = others.clone();
        found.forEach((partition, offset) -> offsets[partition.partition()] = offset);
        return offsets;
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            closed = true;
        }
    }
}
