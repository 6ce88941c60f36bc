package io.millrace.query.metric;

import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.RollupMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills an {@link Overlay} from the topic of windows: from a quarter of an hour before the newest of them, then as they
 * come. Values that are not in the store yet are never older than that, however long ago the newest one is: the jobs say
 * nothing new while the store is away. It commits nothing, so every process sees all; it outlives a broker that is away.
 */
final class OverlayFeed implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(OverlayFeed.class);
    private static final Duration BACK = Duration.ofMinutes(15);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration ASK = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final Overlay overlay;
    private final Thread thread;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean closed;
    private volatile boolean caughtUp;

    OverlayFeed(Supplier<Consumer<byte[], byte[]>> consumers, Overlay overlay) {
        this.consumers = consumers;
        this.overlay = overlay;
        this.thread = new Thread(this::run, "millrace-overlay");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Whether all that was in the topic at the start has been read: before that, open windows are not known. */
    boolean isCaughtUp() {
        return caughtUp;
    }

    /** Records that are in the topic and not read yet; not a number while that is not known. */
    double lag() {
        Consumer<byte[], byte[]> following = consumer;
        if (following != null) {
            for (Metric metric : following.metrics().values()) {
                if (metric.metricName().name().equals("records-lag-max")
                        && metric.metricName().group().equals("consumer-fetch-manager-metrics")
                        && metric.metricValue() instanceof Number value) {
                    return value.doubleValue();
                }
            }
        }
        return Double.NaN;
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
            try (Consumer<byte[], byte[]> opened = consumers.get()) {
                consumer = opened;
                follow(opened);
            } catch (WakeupException | org.apache.kafka.common.errors.InterruptException e) {
                closed = true;
            } catch (KafkaException e) {
                LOGGER.atWarn()
                        .addKeyValue("topic", Topic.ROLLUPS.id())
                        .setCause(e)
                        .log("windows cannot be read");
                pause();
            }
        }
    }

    private void follow(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(Topic.ROLLUPS.id(), ASK).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new UnknownTopicOrPartitionException("the topic is not there");
        }
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, ASK);
        seek(consumer, partitions, ends);
        while (!closed) {
            consumer.poll(POLL).forEach(this::take);
            partitions.forEach(partition -> positions.put(partition, consumer.position(partition, ASK)));
            caughtUp = caughtUp
                    || ends.entrySet().stream()
                            .allMatch(end -> positions.getOrDefault(end.getKey(), 0L) >= end.getValue());
        }
    }

    private void seek(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions, ASK);
        Map<TopicPartition, Long> times = new HashMap<>();
        for (TopicPartition partition : partitions) {
            newest(consumer, partition, begins, ends)
                    .ifPresent(newest -> times.put(partition, newest - BACK.toMillis()));
        }
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times, ASK);
        consumer.resume(partitions);
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp since = found.get(partition);
            long start = since == null ? begins.getOrDefault(partition, 0L) : since.offset();
            consumer.seek(partition, positions.getOrDefault(partition, start));
        }
    }

    /** When the last record of a partition was written; nothing if there is none. */
    private static OptionalLong newest(
            Consumer<byte[], byte[]> consumer,
            TopicPartition partition,
            Map<TopicPartition, Long> begins,
            Map<TopicPartition, Long> ends) {
        long end = ends.getOrDefault(partition, 0L);
        if (end <= begins.getOrDefault(partition, 0L)) {
            return OptionalLong.empty();
        }
        consumer.pause(consumer.assignment());
        consumer.resume(List.of(partition));
        consumer.seek(partition, end - 1);
        List<ConsumerRecord<byte[], byte[]>> last = consumer.poll(ASK).records(partition);
        if (last.isEmpty()) {
            throw new TimeoutException("the newest window cannot be read");
        }
        return OptionalLong.of(last.get(last.size() - 1).timestamp());
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        try {
            overlay.accept(RollupMessage.parseFrom(record.value()), record.timestamp());
        } catch (InvalidProtocolBufferException e) {
            LOGGER.atWarn()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("offset", record.offset())
                    .log("a record is no window");
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            closed = true;
        }
    }
}
