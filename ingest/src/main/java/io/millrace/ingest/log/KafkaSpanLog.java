package io.millrace.ingest.log;

import io.millrace.ingest.share.FairShare;
import io.millrace.ingest.span.EncodedRecord;
import io.millrace.schema.topic.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One producer shared by all connections, so that requests of different clients travel in one batch. A background thread
 * reads the topic's metadata before the first append, and replaces a producer that can never succeed again.
 */
public final class KafkaSpanLog implements SpanLog, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(KafkaSpanLog.class);
    private static final long PROBE_MILLIS = 100;
    private static final long REPLACE_MILLIS = 1_000;
    /** About what a request keeps while it waits, whatever it brings: many bring nothing that is not refused or ignored. */
    private static final int LEAST_BYTES = 2 * 1024;

    private final Supplier<Producer<byte[], byte[]>> producers;
    private final long deliveryNanos;
    private final LongSupplier nanoTime;
    private final Silence silence;
    private final FairShare unacknowledged;
    private final int leastBytes;
    private final AtomicBoolean replacing = new AtomicBoolean();
    private final ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "ingest-log");
        thread.setDaemon(true);
        return thread;
    });

    private volatile Producer<byte[], byte[]> producer;
    private volatile @Nullable String unreadiness = "the log's metadata has not been read yet";

    /**
     * @param capacity bytes of all projects that may wait for acknowledgement
     * @param leastBytes of a record: one that is shorter is counted as so many
     * @param delivery for how long a record that expires is sent again
     * @param nanoTime the clock for that
     * @param producers makes a producer whose {@code max.block.ms} is 0
     */
    KafkaSpanLog(
            long capacity,
            int leastBytes,
            Duration delivery,
            LongSupplier nanoTime,
            Supplier<Producer<byte[], byte[]>> producers) {
        this.unacknowledged = new FairShare(capacity);
        this.leastBytes = leastBytes;
        this.deliveryNanos = delivery.toNanos();
        this.nanoTime = nanoTime;
        this.silence = new Silence(nanoTime);
        this.producers = producers;
        this.producer = producers.get();
        background.execute(this::warmUp);
    }

    /**
     * @param client where Kafka is and how to log in, as Kafka's clients name it
     * @param bufferBytes the most memory that records waiting for acknowledgement may take
     * @param delivery until when a record is durable or failed
     */
    public static KafkaSpanLog open(Map<String, String> client, long bufferBytes, Duration delivery) {
        Map<String, Object> settings = ProducerSettings.of(client, bufferBytes, delivery);
        return new KafkaSpanLog(
                capacity(bufferBytes), LEAST_BYTES, delivery, System::nanoTime, () -> new KafkaProducer<>(settings));
    }

    /** An eighth is left for what the producer adds: batches that are larger than their content. */
    private static long capacity(long bufferBytes) {
        return bufferBytes - bufferBytes / 8;
    }

    /** How much one project may have waiting for acknowledgement, as long as no other has. */
    public static long capacityOfOne(long bufferBytes) {
        return FairShare.ofOne(capacity(bufferBytes));
    }

    @Override
    public CompletionStage<Void> append(UUID project, List<EncodedRecord> records, long receivedAtMillis) {
        String reason = unreadiness;
        if (reason != null) {
            return failed(LogException.Cause.NOT_READY, reason);
        }
        long bytes =
                records.stream().mapToLong(record -> counted(record.value())).sum();
        return switch (unacknowledged.reserve(project, bytes)) {
            case GRANTED ->
                send(
                        records,
                        receivedAtMillis,
                        new PendingAppend(project, records.size(), nanoTime.getAsLong() + deliveryNanos));
            case OVER_SHARE ->
                failed(LogException.Cause.OVER_SHARE, "too much of the project waits for acknowledgement");
            case FULL -> failed(LogException.Cause.FULL, "too much waits for acknowledgement");
        };
    }

    private int counted(byte[] value) {
        return Math.max(value.length, leastBytes);
    }

    private CompletionStage<Void> send(List<EncodedRecord> records, long receivedAtMillis, PendingAppend append) {
        for (EncodedRecord record : records) {
            new Sending(kafkaRecord(record, receivedAtMillis), append).send();
        }
        return append.durable();
    }

    /**
     * A record on its way. The producer counts the time of delivery from when its batch was begun, which while the log hangs
     * can be as long before the record: it is sent again in its own time, as its client would use up a try for nothing.
     */
    private final class Sending implements Callback {
        private final ProducerRecord<byte[], byte[]> record;
        private final PendingAppend append;
        private volatile boolean underWay;

        Sending(ProducerRecord<byte[], byte[]> record, PendingAppend append) {
            this.record = record;
            this.append = append;
        }

        void send() {
            underWay = false;
            try {
                producer.send(record, this);
                underWay = true;
            } catch (RuntimeException broken) {
                // Only what the callback is not told: a producer that is closed, or in a state it cannot leave.
                settle(broken);
            }
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception error) {
            // What fails before it is under way fails again at once.
            if (underWay && LogFailures.isExpiry(error) && append.isWaiting(nanoTime.getAsLong())) {
                send();
            } else {
                settle(error);
            }
        }

        private void settle(@Nullable Exception error) {
            unacknowledged.release(append.project(), counted(record.value()));
            if (error == null) {
                silence.end();
                append.succeeded();
                return;
            }
            append.failed(LogFailures.translate(error));
            if (LogFailures.isFinal(error)) {
                replaceLater("the log refuses the edge: ", error);
            } else if (LogFailures.isExpiry(error) && silence.isTooLong()) {
                replaceLater("the log does not answer: ", error);
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> kafkaRecord(EncodedRecord record, long receivedAtMillis) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(new RecordHeader(Topic.COUNTS_HEADER, record.counts().toByteArray()));
        // No key and no partition: the client fills one partition's batch, then takes another, and shuns slow ones.
        return new ProducerRecord<>(Topic.SPANS.id(), null, receivedAtMillis, null, record.value(), headers);
    }

    /** Asks for the topic's metadata until it is there; afterwards it is kept and renewed by the producer. */
    private void warmUp() {
        try {
            producer.partitionsFor(Topic.SPANS.id());
            if (unreadiness != null) {
                LOGGER.atInfo().addKeyValue("topic", Topic.SPANS.id()).log("log is reachable");
            }
            unreadiness = null;
        } catch (RetriableException soon) {
            unreadiness = "the log's metadata cannot be read yet: " + soon.getMessage();
            background.schedule(this::warmUp, PROBE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ApiException | IllegalStateException refused) {
            replaceLater("the log refuses the edge: ", refused);
        } catch (RuntimeException unexpected) {
            replaceLater("the log cannot be used: ", unexpected);
        }
    }

    private void replaceLater(String what, Exception reason) {
        if (background.isShutdown() || !replacing.compareAndSet(false, true)) {
            return;
        }
        unreadiness = what + reason.getMessage();
        LOGGER.atWarn()
                .addKeyValue("topic", Topic.SPANS.id())
                .addKeyValue("reason", reason.toString())
                .log("producer is replaced");
        background.schedule(this::replace, REPLACE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void replace() {
        try {
            producer.close(Duration.ZERO);
        } catch (RuntimeException unclosed) {
            // It is of no use any more, whatever becomes of it.
            LOGGER.atWarn().addKeyValue("reason", unclosed.toString()).log("producer cannot be closed");
        }
        try {
            producer = producers.get();
        } catch (RuntimeException notYet) {
            // None is made while no address of the log can be resolved, for one.
            unreadiness = "the log cannot be used: " + notYet.getMessage();
            background.schedule(this::replace, REPLACE_MILLIS, TimeUnit.MILLISECONDS);
            return;
        }
        silence.end();
        replacing.set(false);
        warmUp();
    }

    @Override
    public Optional<String> unreadiness() {
        return Optional.ofNullable(unreadiness);
    }

    @Override
    public long unacknowledgedBytes() {
        return unacknowledged.held();
    }

    /** What the producer counts of itself, by its name; not a number if it does not count that. */
    public double figure(String name) {
        for (Metric metric : producer.metrics().values()) {
            if (metric.metricName().name().equals(name)
                    && metric.metricName().group().equals("producer-metrics")
                    && metric.metricValue() instanceof Number value) {
                return value.doubleValue();
            }
        }
        return Double.NaN;
    }

    /** Waits a little for what is under way, then gives it up: nobody was told that it is durable. */
    @Override
    public void close() {
        unreadiness = "the edge is stopping";
        background.shutdownNow();
        producer.close(Duration.ofSeconds(3));
    }

    private static CompletionStage<Void> failed(LogException.Cause cause, String message) {
        return CompletableFuture.failedFuture(new LogException(cause, message));
    }
}
