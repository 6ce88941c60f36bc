package io.millrace.ingest.project;

import io.millrace.ingest.privacy.MaskingFactory;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.webhook.SecretSeal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code millrace.control.v1} on a thread of its own. It is ready when it has read up to where the topic ended at
 * the start; from then on an entry is known as soon as it is in the topic. After an error it reads everything anew beside
 * the old view, since a deletion may have been compacted away meanwhile.
 */
public final class ControlView implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ControlView.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final Supplier<Consumer<String, byte[]>> consumers;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "ingest-control");

    private final MaskingFactory maskings;
    private final SecretSeal seal;
    private volatile Directory directory;
    private volatile @Nullable String unreadiness = "projects and keys have not been read yet";
    private volatile @Nullable Consumer<String, byte[]> consumer;

    private ControlView(Supplier<Consumer<String, byte[]>> consumers, MaskingFactory maskings, SecretSeal seal) {
        this.consumers = consumers;
        this.maskings = maskings;
        this.seal = seal;
        this.directory = new Directory(maskings, seal);
    }

    /** Begins to follow.
     *
     * @param client where Kafka is and how to log in, as Kafka's clients name it
     * @param maskings makes what projects' masking rules ask for
     * @param seal opens the secrets of webhooks
     */
    public static ControlView follow(Map<String, String> client, MaskingFactory maskings, SecretSeal seal) {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        settings.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, "millrace-ingest-control");
        return follow(() -> new KafkaConsumer<>(settings), maskings, seal);
    }

    /** @param consumers makes one for each time that everything is read anew */
    static ControlView follow(Supplier<Consumer<String, byte[]>> consumers, MaskingFactory maskings, SecretSeal seal) {
        ControlView view = new ControlView(consumers, maskings, seal);
        view.thread.setDaemon(true);
        view.thread.start();
        return view;
    }

    /** The newest complete knowledge; empty until {@link #unreadiness()} is. */
    public Directory directory() {
        return directory;
    }

    /** Why keys cannot be checked yet; empty when they can. */
    public Optional<String> unreadiness() {
        return Optional.ofNullable(unreadiness);
    }

    /** Entries that are in the topic and not read yet; not a number while that is not known. */
    public double lag() {
        Consumer<String, byte[]> running = consumer;
        if (running != null) {
            for (Metric metric : running.metrics().values()) {
                if (metric.metricName().name().equals("records-lag-max")
                        && metric.metricName().group().equals("consumer-fetch-manager-metrics")
                        && metric.metricValue() instanceof Number value) {
                    return value.doubleValue();
                }
            }
        }
        return Double.NaN;
    }

    @Override
    public void close() {
        closing.countDown();
        Consumer<String, byte[]> running = consumer;
        if (running != null) {
            running.wakeup();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(3));
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void run() {
        try {
            follow();
        } finally {
            // What nobody can do anything about has ended the thread: what is revoked now would never be known.
            if (!isClosing()) {
                unreadiness = "the control topic is not read any more";
            }
        }
    }

    private void follow() {
        while (!isClosing()) {
            try (Consumer<String, byte[]> opened = consumers.get()) {
                consumer = opened;
                read(opened);
            } catch (WakeupException closed) {
                return;
            } catch (RuntimeException broken) {
                report(broken);
                if (waitedForClose()) {
                    return;
                }
            }
        }
    }

    private void report(RuntimeException broken) {
        LOGGER.atWarn()
                .addKeyValue("topic", Topic.CONTROL.id())
                .addKeyValue("reason", broken.toString())
                .log("control topic cannot be read");
        if (unreadiness != null) {
            unreadiness = "the control topic cannot be read: " + broken.getMessage();
        }
    }

    private boolean waitedForClose() {
        try {
            return closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ended) {
            return true;
        }
    }

    private void read(Consumer<String, byte[]> opened) {
        List<TopicPartition> partitions = partitions(opened);
        Map<TopicPartition, Long> ends = opened.endOffsets(partitions, ANSWER);
        opened.assign(partitions);
        opened.seekToBeginning(partitions);
        Directory fresh = new Directory(maskings, seal);
        while (!isAt(opened, ends)) {
            applyNext(opened, fresh);
        }
        directory = fresh;
        unreadiness = null;
        LOGGER.atInfo()
                .addKeyValue("topic", Topic.CONTROL.id())
                .addKeyValue("count", fresh.keyCount())
                .log("projects and keys are known");
        while (!isClosing()) {
            applyNext(opened, fresh);
        }
    }

    private static List<TopicPartition> partitions(Consumer<String, byte[]> opened) {
        List<PartitionInfo> found = opened.partitionsFor(Topic.CONTROL.id(), ANSWER);
        if (found == null || found.isEmpty()) {
            throw new KafkaException("topic " + Topic.CONTROL.id() + " does not exist");
        }
        return found.stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    private static boolean isAt(Consumer<String, byte[]> opened, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> opened.position(end.getKey(), ANSWER) >= end.getValue());
    }

    private static void applyNext(Consumer<String, byte[]> opened, Directory into) {
        for (ConsumerRecord<String, byte[]> entry : opened.poll(POLL)) {
            try {
                into.apply(entry.key() == null ? "" : entry.key(), entry.value());
            } catch (Directory.MalformedEntry malformed) {
                LOGGER.atError()
                        .addKeyValue("topic", entry.topic())
                        .addKeyValue("offset", entry.offset())
                        .addKeyValue("reason", malformed.getMessage())
                        .log("control entry is passed over");
            }
        }
    }
}
