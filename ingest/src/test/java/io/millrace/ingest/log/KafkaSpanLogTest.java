package io.millrace.ingest.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.ingest.span.EncodedRecord;
import io.millrace.schema.wire.Counts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KafkaSpanLogTest {
    private static final String TOPIC = "millrace.spans.v1";
    private static final long AT = 1_700_000_000_000L;
    private static final UUID PROJECT = new UUID(1, 1);
    private static final UUID OTHER = new UUID(1, 2);

    private final List<MockProducer<byte[], byte[]>> producers = new CopyOnWriteArrayList<>();
    private static final Duration DELIVERY = Duration.ofSeconds(3);

    /** How many producers cannot be made before one can. */
    private final AtomicInteger unresolvable = new AtomicInteger();

    private final AtomicLong nanoTime = new AtomicLong(-1);
    private final KafkaSpanLog log = new KafkaSpanLog(1_000, 10, DELIVERY, nanoTime::get, this::producer);

    private Producer<byte[], byte[]> producer() {
        if (unresolvable.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new KafkaException("No resolvable bootstrap urls given in bootstrap.servers");
        }
        Node[] nodes = {new Node(0, "localhost", 1)};
        Cluster cluster = new Cluster(
                "c",
                List.of(nodes),
                List.of(new PartitionInfo(TOPIC, 0, nodes[0], nodes, nodes)),
                java.util.Set.of(),
                java.util.Set.of());
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(cluster, false, null, new ByteArraySerializer(), new ByteArraySerializer());
        producers.add(producer);
        return producer;
    }

    @BeforeEach
    void ready() {
        await().atMost(Duration.ofSeconds(100)).until(() -> log.unreadiness().isEmpty());
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void isDurableOnlyWithTheLastRecord() {
        CompletionStage<Void> append = log.append(PROJECT, records(100, 200), AT);

        assertThat(log.unacknowledgedBytes()).isEqualTo(300);
        producers.get(0).completeNext();
        assertThat(append.toCompletableFuture()).isNotDone();
        producers.get(0).completeNext();

        assertThat(append.toCompletableFuture()).isCompleted();
        assertThat(log.unacknowledgedBytes()).isZero();
    }

    @Test
    void writesTimestampCountsAndNoKey() throws Exception {
        log.append(PROJECT, records(3), AT);

        ProducerRecord<byte[], byte[]> record = producers.get(0).history().get(0);
        assertThat(record.topic()).isEqualTo(TOPIC);
        assertThat(record.timestamp()).isEqualTo(AT);
        assertThat(record.key()).isNull();
        assertThat(Counts.parseFrom(record.headers().lastHeader("counts").value())
                        .getAccepted())
                .isEqualTo(3);
    }

    @Test
    void nothingToAppendIsDurableAtOnce() {
        assertThat(log.append(PROJECT, List.of(), AT).toCompletableFuture()).isCompleted();
    }

    @Test
    void failsAtTheFirstRecordThatFails() {
        CompletionStage<Void> append = log.append(PROJECT, records(100, 200), AT);
        nanoTime.addAndGet(DELIVERY.toNanos());

        producers.get(0).errorNext(new TimeoutException("expired"));

        assertThat(reasonOf(append)).isEqualTo(LogException.Cause.TIMEOUT);
        assertThat(log.unacknowledgedBytes()).isEqualTo(200);
    }

    @Test
    void aRecordThatExpiresWithTheBatchOfEarlierOnesIsSentAgain() {
        CompletionStage<Void> append = log.append(PROJECT, records(100), AT);
        nanoTime.addAndGet(DELIVERY.toNanos() - 1);

        producers.get(0).errorNext(new TimeoutException("expired"));

        assertThat(append.toCompletableFuture()).isNotDone();
        assertThat(log.unacknowledgedBytes()).isEqualTo(100);
        assertThat(producers.get(0).history()).hasSize(2);
        producers.get(0).completeNext();
        assertThat(append.toCompletableFuture()).isCompleted();
        assertThat(log.unacknowledgedBytes()).isZero();
    }

    @Test
    void whatExpiresIsNotSentAgainWhenAnotherRecordOfItsRequestFailed() {
        CompletionStage<Void> append = log.append(PROJECT, records(100, 200), AT);
        producers.get(0).errorNext(new RecordTooLargeException("too large"));

        producers.get(0).errorNext(new TimeoutException("expired"));

        assertThat(reasonOf(append)).isEqualTo(LogException.Cause.FAILED);
        assertThat(producers.get(0).history()).hasSize(2);
        assertThat(log.unacknowledgedBytes()).isZero();
    }

    @Test
    void whatTimesOutBeforeItIsUnderWayIsNotSentAgain() {
        producers.get(0).sendException = new TimeoutException("no metadata");

        assertThat(reasonOf(log.append(PROJECT, records(1), AT))).isEqualTo(LogException.Cause.TIMEOUT);
        assertThat(log.unacknowledgedBytes()).isZero();
    }

    @Test
    void refusesWhatWouldNotFitBeforeAnythingIsSent() {
        log.append(PROJECT, records(900), AT);

        CompletionStage<Void> append = log.append(PROJECT, records(50, 51), AT);

        assertThat(reasonOf(append)).isEqualTo(LogException.Cause.FULL);
        assertThat(producers.get(0).history()).hasSize(1);
    }

    /** Of 1,000 bytes one project alone may have 938 waiting. */
    @Test
    void refusesAFloodAndServesItsNeighbour() {
        assertThat(log.append(PROJECT, records(900), AT).toCompletableFuture()).isNotDone();
        CompletionStage<Void> neighbour = log.append(OTHER, records(20, 20), AT);
        assertThat(neighbour.toCompletableFuture()).isNotDone();

        assertThat(reasonOf(log.append(PROJECT, records(30), AT))).isEqualTo(LogException.Cause.OVER_SHARE);
        assertThat(reasonOf(log.append(OTHER, records(61), AT))).isEqualTo(LogException.Cause.FULL);

        while (producers.get(0).completeNext()) {
            // All that was sent is acknowledged.
        }
        assertThat(neighbour.toCompletableFuture()).isCompleted();
        assertThat(log.unacknowledgedBytes()).isZero();
        assertThat(log.append(PROJECT, records(900), AT).toCompletableFuture()).isNotDone();
    }

    @Test
    void recordsOfNothingAreCountedAsWell() {
        assertThat(log.append(PROJECT, records(0, 3, 11), AT).toCompletableFuture())
                .isNotDone();
        assertThat(log.unacknowledgedBytes()).isEqualTo(10 + 10 + 11);
        for (int i = 0; i < 90; i++) {
            log.append(PROJECT, records(0), AT);
        }
        assertThat(reasonOf(log.append(PROJECT, records(0), AT))).isEqualTo(LogException.Cause.FULL);

        while (producers.get(0).completeNext()) {
            // All that was sent is acknowledged.
        }
        assertThat(log.unacknowledgedBytes()).isZero();
    }

    @Test
    void saysFullWhenTheProducerIs() {
        producers.get(0).sendException = new BufferExhaustedException("no room");

        assertThat(reasonOf(log.append(PROJECT, records(1), AT))).isEqualTo(LogException.Cause.FULL);
        assertThat(log.unacknowledgedBytes()).isZero();
        assertThat(log.unreadiness()).isEmpty();
    }

    @Test
    void replacesAProducerThatHasBeenSilentForAMinute() {
        expire();
        nanoTime.addAndGet(Duration.ofSeconds(57).toNanos());
        expire();
        assertThat(log.unreadiness()).isEmpty();

        expire();

        await().atMost(Duration.ofSeconds(100))
                .until(() -> producers.size() == 2 && log.unreadiness().isEmpty());
        assertThat(producers.get(0).closed()).isTrue();
    }

    @Test
    void anAcknowledgementEndsASilence() {
        expire();
        nanoTime.addAndGet(Duration.ofSeconds(57).toNanos());
        log.append(PROJECT, records(1), AT);
        producers.get(0).completeNext();

        expire();
        expire();

        assertThat(log.unreadiness()).isEmpty();
    }

    /** A record whose time passes; takes three seconds. */
    private void expire() {
        log.append(PROJECT, records(1), AT);
        nanoTime.addAndGet(DELIVERY.toNanos());
        producers.get(0).errorNext(new TimeoutException("expired"));
    }

    @Test
    void replacesAProducerThatCanNeverSucceedAgain() {
        CompletionStage<Void> lost = log.append(PROJECT, records(1), AT);
        producers.get(0).errorNext(new OutOfOrderSequenceException("lost"));

        assertThat(reasonOf(lost)).isEqualTo(LogException.Cause.FAILED);
        assertThat(reasonOf(log.append(PROJECT, records(1), AT))).isEqualTo(LogException.Cause.NOT_READY);
        await().atMost(Duration.ofSeconds(100)).until(() -> log.unreadiness().isEmpty());

        CompletionStage<Void> again = log.append(PROJECT, records(1), AT);
        assertThat(producers).hasSize(2);
        producers.get(1).completeNext();
        assertThat(again.toCompletableFuture()).isCompleted();
    }

    @Test
    void replacesAProducerThatCannotEvenBeClosed() {
        producers.get(0).closeException = new KafkaException("Failed to close kafka producer");
        log.append(PROJECT, records(1), AT);
        producers.get(0).errorNext(new OutOfOrderSequenceException("lost"));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> producers.size() == 2 && log.unreadiness().isEmpty());

        CompletionStage<Void> again = log.append(PROJECT, records(1), AT);
        producers.get(1).completeNext();
        assertThat(again.toCompletableFuture()).isCompleted();
    }

    /** The names of brokers that are gone may not resolve until they are back. */
    @Test
    void triesAgainWhileNoProducerCanBeMade() {
        unresolvable.set(2);
        log.append(PROJECT, records(1), AT);
        producers.get(0).errorNext(new OutOfOrderSequenceException("lost"));
        await().atMost(Duration.ofSeconds(100)).until(() -> unresolvable.get() == 0);
        await().atMost(Duration.ofSeconds(100)).until(() -> log.unreadiness().isEmpty());

        CompletionStage<Void> again = log.append(PROJECT, records(1), AT);
        producers.get(1).completeNext();
        assertThat(again.toCompletableFuture()).isCompleted();
    }

    private static List<EncodedRecord> records(int... sizes) {
        List<EncodedRecord> records = new ArrayList<>();
        for (int size : sizes) {
            records.add(new EncodedRecord(
                    "x".repeat(size).getBytes(StandardCharsets.US_ASCII),
                    Counts.newBuilder().setAccepted(size).build()));
        }
        return records;
    }

    private static LogException.Cause reasonOf(CompletionStage<Void> append) {
        CompletableFuture<LogException> failure =
                append.handle((ok, error) -> (LogException) error).toCompletableFuture();
        assertThat(failure).isCompleted();
        return failure.join().reason();
    }
}
