package io.millrace.query.live;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a topic for those who are further behind than the ring. It blocks: it is called by as many threads as there are to
 * be readers. Thread-safe.
 */
final class TopicHistory<D> implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TopicHistory.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ASK = Duration.ofSeconds(5);
    /** How often it looks for an event of the project before it lets others have their turn. */
    private static final int POLLS = 10;

    private final Decoder<D> decoder;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final LiveSettings settings;
    /** Those that nobody uses: each stands where its last user ended, who is likely to go on there. */
    private final Deque<Reader> idle = new ArrayDeque<>();

    private boolean closed;

    /**
     * What was read.
     *
     * @param positions the next offset of each partition behind the events
     * @param gap whether what was asked for is gone; there are no events then, and {@code positions} is where the topic
     *     begins
     */
    record Batch<D>(List<LiveEvent<D>> events, long[] positions, boolean gap) {}

    /**
     * @param consumers make readers that fail, rather than skip, when their position is gone
     */
    TopicHistory(Decoder<D> decoder, Supplier<Consumer<byte[], byte[]>> consumers, LiveSettings settings) {
        this.decoder = decoder;
        this.consumers = consumers;
        this.settings = settings;
    }

    /**
     * Reads on.
     *
     * @param positions the next offset of each partition
     * @throws KafkaException when the log does not answer
     */
    Batch<D> read(UUID project, long[] positions) {
        Reader reader = borrow(positions);
        boolean usable = false;
        try {
            Batch<D> batch = reader.read(project, positions);
            usable = true;
            return batch;
        } finally {
            giveBack(reader, usable);
        }
    }

    private Reader borrow(long[] positions) {
        synchronized (idle) {
            for (Reader reader : idle) {
                if (Arrays.equals(reader.at, positions)) {
                    idle.remove(reader);
                    return reader;
                }
            }
            @Nullable Reader any = idle.pollFirst();
            if (any != null) {
                return any;
            }
        }
        return new Reader(consumers.get());
    }

    private void giveBack(Reader reader, boolean usable) {
        synchronized (idle) {
            if (usable && !closed) {
                idle.addLast(reader);
                return;
            }
        }
        reader.consumer.close();
    }

    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
            idle.forEach(reader -> reader.consumer.close());
            idle.clear();
        }
    }

    /** A consumer, and where it is. */
    private final class Reader {
        private final Consumer<byte[], byte[]> consumer;
        private long[] at = {};

        Reader(Consumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        Batch<D> read(UUID project, long[] positions) {
            if (!Arrays.equals(at, positions)) {
                seek(positions);
            }
            long[] next = positions.clone();
            List<LiveEvent<D>> events = new ArrayList<>();
            at = new long[0];
            try {
                boolean more = true;
                for (int polls = 0; more && polls < POLLS && events.isEmpty(); polls++) {
                    more = poll(project, next, events);
                }
            } catch (OffsetOutOfRangeException e) {
                return gap(positions, e.offsetOutOfRangePartitions());
            }
            at = next.clone();
            return new Batch<>(events, next, false);
        }

        /** False when there was nothing to read. */
        private boolean poll(UUID project, long[] next, List<LiveEvent<D>> events) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            long bytes = 0;
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (bytes >= settings.batchBytes() || events.size() >= settings.batchEvents()) {
                    seek(next);
                    return true;
                }
                next[record.partition()] = record.offset() + 1;
                @Nullable LiveEvent<D> event = decode(record);
                if (event != null && event.project().equals(project)) {
                    events.add(event);
                    bytes += event.bytes();
                }
            }
            // Past what is no record: an aborted transaction, or what was compacted.
            for (int partition = 0; partition < next.length; partition++) {
                next[partition] = Math.max(next[partition], consumer.position(partition(partition), ASK));
            }
            return !records.isEmpty();
        }

        private @Nullable LiveEvent<D> decode(ConsumerRecord<byte[], byte[]> record) {
            return TopicTail.decode(decoder, record).orElse(null);
        }

        private Batch<D> gap(long[] positions, Map<TopicPartition, Long> gone) {
            long[] begin = positions.clone();
            consumer.beginningOffsets(gone.keySet(), ASK)
                    .forEach((partition, offset) -> begin[partition.partition()] = offset);
            LOGGER.atInfo()
                    .addKeyValue("topic", decoder.topic().id())
                    .addKeyValue("offset", Arrays.toString(positions))
                    .log("a client's position is gone");
            return new Batch<>(List.of(), begin, true);
        }

        private void seek(long[] positions) {
            List<TopicPartition> partitions = IntStream.range(0, positions.length)
                    .mapToObj(this::partition)
                    .toList();
            consumer.assign(partitions);
            partitions.forEach(partition -> consumer.seek(partition, positions[partition.partition()]));
        }

        private TopicPartition partition(int partition) {
            return new TopicPartition(decoder.topic().id(), partition);
        }
    }
}
