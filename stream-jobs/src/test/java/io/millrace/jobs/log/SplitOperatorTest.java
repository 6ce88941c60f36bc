package io.millrace.jobs.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.jobs.assembly.SpanFact;
import io.millrace.jobs.assembly.SpanFactSerializer;
import io.millrace.jobs.ledger.Account;
import io.millrace.jobs.ledger.AccountSerializer;
import io.millrace.jobs.store.ListStore;
import io.millrace.jobs.store.RejectedRow;
import io.millrace.jobs.store.Rejection;
import io.millrace.jobs.store.RejectionSerializer;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.wire.Counts;
import io.millrace.schema.wire.Replay;
import io.millrace.schema.wire.SpanBatch;
import io.millrace.schema.wire.SpanMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that cannot be understood, and are when they come again. */
class SplitOperatorTest {
    private static final OutputTag<Account> ACCOUNTS =
            new OutputTag<>("accounts", AccountSerializer.INSTANCE.typeInfo());
    private static final OutputTag<Rejection> REJECTED =
            new OutputTag<>("rejected", RejectionSerializer.INSTANCE.typeInfo());

    private static final TraceId PROJECT_BYTES = new TraceId(1, 2);
    private static final UUID PROJECT = new UUID(1, 2);
    private static final long NOON = 1_795_176_000_000L;
    private static final int PARTITION = 3;
    private static final byte[] GARBAGE = {1, 2, 3};
    /** The digest of those three bytes, as sha256sum has it. */
    private static final String GARBAGE_SHA256 = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";

    @TempDir
    Path faults;

    private final ListStore store = new ListStore();
    private OneInputStreamOperatorTestHarness<LogRecord, SpanFact> harness;
    private long next;

    @BeforeEach
    void open() throws Exception {
        harness = harness();
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void whatCannotBeUnderstoodIsToldAndCounted() throws Exception {
        send(edge(counts(2), GARBAGE));
        harness.snapshot(1, 1);

        Rejection told = onlyRow().rejection();
        assertThat(told.project()).isEqualTo(PROJECT);
        assertThat(told.receivedAtMillis()).isEqualTo(NOON);
        assertThat(told.partition()).isEqualTo(PARTITION);
        assertThat(told.offset()).isZero();
        assertThat(told.reason()).isEqualTo("undecodable");
        assertThat(told.items()).isEqualTo(2);
        assertThat(told.bytes()).isEqualTo(3);
        assertThat(HexFormat.of().formatHex(told.sha256())).isEqualTo(GARBAGE_SHA256);
        assertThat(told.isNew()).isTrue();
        assertThat(told.recovered()).isFalse();
        assertThat(announced()).extracting(Rejection::id).containsExactly(told.id());
        assertThat(store.flushes.get()).isPositive();
        assertThat(sum()).isEqualTo(new Sum(2, 2, 0));
    }

    /** The header says two spans; what a later version finds in the same record is two. */
    @Test
    void aHeaderThatSaysAnotherNumberIsUnderstoodOnceTheNumbersAgree() throws Exception {
        send(edge(counts(2), batch(1)));
        assertThat(sum()).isEqualTo(new Sum(2, 2, 0));

        send(replay(0, counts(2), batch(1)));
        assertThat(sum()).isEqualTo(new Sum(2, 2, 0));
        assertThat(newest().rejection().replayedAtMillis()).isEqualTo(NOON + 60_000);
        assertThat(newest().rejection().recovered()).isFalse();

        send(replay(0, counts(2), batch(2)));
        assertThat(sum()).isEqualTo(new Sum(2, 0, 2));
        assertThat(newest().rejection().recovered()).isTrue();
        assertThat(announced()).hasSize(1);
    }

    @Test
    void aRecordIsUnderstoodAsItIsOnceTheJobCan() throws Exception {
        Files.createFile(faults.resolve("reject-records"));
        send(tick());
        send(edge(counts(2), batch(2)));
        send(replay(1, counts(2), batch(2)));
        assertThat(sum()).isEqualTo(new Sum(2, 2, 0));

        Files.delete(faults.resolve("reject-records"));
        send(tick());
        send(replay(1, counts(2), batch(2)));

        assertThat(sum()).isEqualTo(new Sum(2, 0, 2));
        assertThat(facts()).allSatisfy(fact -> {
            assertThat(fact.project()).isEqualTo(PROJECT);
            assertThat(fact.receivedAtMillis()).isEqualTo(NOON);
            assertThat(fact.partition()).isEqualTo(PARTITION);
            assertThat(fact.offset()).isEqualTo(4);
        });
        assertThat(store.bodies).hasSize(2);
    }

    @Test
    void noSecondReplayCountsAgain() throws Exception {
        send(edge(counts(2), GARBAGE));
        send(replay(0, counts(2), batch(2)));
        send(replay(0, counts(2), batch(2)));

        assertThat(sum()).isEqualTo(new Sum(2, 0, 2));
        assertThat(store.rejected)
                .extracting(row -> row.rejection().recovered())
                .containsExactly(false, true, true);
        assertThat(nextOffset()).isEqualTo(3);
    }

    @Test
    void norDoesOneAfterARestart() throws Exception {
        send(edge(counts(2), GARBAGE));
        send(edge(counts(1), GARBAGE));
        send(replay(0, counts(2), batch(2)));
        OperatorSubtaskState state = harness.snapshot(1, 1);
        Sum before = sum();
        restart(state);

        send(replay(0, counts(2), batch(2)));
        send(replay(1, counts(1), batch(1)));

        // The harness begins anew: of the second record alone something changes.
        assertThat(before).isEqualTo(new Sum(3, 1, 2));
        assertThat(sum()).isEqualTo(new Sum(0, -1, 1));
    }

    /** The log was read again from before the record, by a job that understands it: there is nothing left to be done. */
    @Test
    void norDoesOneOfARecordThatIsUnderstoodWhenItIsReadAgain() throws Exception {
        Files.createFile(faults.resolve("reject-records"));
        send(tick());
        OperatorSubtaskState state = harness.snapshot(1, 1);
        long first = next;
        send(edge(counts(2), batch(2)));
        assertThat(sum()).isEqualTo(new Sum(2, 2, 0));
        Files.delete(faults.resolve("reject-records"));
        restart(state);
        next = first;

        send(edge(counts(2), batch(2)));
        send(replay(first, counts(2), batch(2)));

        assertThat(sum()).isEqualTo(new Sum(2, 0, 2));
        assertThat(newest().rejection().recovered()).isTrue();
    }

    /** Every task had all there was, and one of them went on. */
    @Test
    void norDoesOneBehindAnotherTask() throws Exception {
        send(edge(counts(2), GARBAGE));
        OperatorSubtaskState rejected = harness.snapshot(1, 1);
        restart(rejected);
        OperatorSubtaskState idle = harness.snapshot(2, 2);
        restart(rejected);
        send(replay(0, counts(2), batch(2)));
        OperatorSubtaskState busy = harness.snapshot(2, 2);
        restart(AbstractStreamOperatorTestHarness.repackageState(busy, idle));

        send(replay(0, counts(2), batch(2)));

        assertThat(sum()).isEqualTo(new Sum(0, 0, 0));
    }

    @Test
    void whatTheLogCannotHoldAnyMoreIsForgotten() throws Exception {
        send(edge(counts(2), GARBAGE));
        send(edge(counts(1), GARBAGE));
        harness.snapshot(1, 1);
        send(tick());
        harness.snapshot(2, 2);
        send(tick(NOON + Quarantine.KEPT_MILLIS - 1_000));
        harness.snapshot(3, 3);
        send(replay(0, counts(2), batch(2)));
        assertThat(sum()).isEqualTo(new Sum(3, 1, 2));

        send(tick(NOON + 2 * Quarantine.KEPT_MILLIS));
        harness.snapshot(4, 4);
        send(tick(NOON + 4 * Quarantine.KEPT_MILLIS));
        harness.snapshot(5, 5);
        send(replay(1, counts(1), batch(1)));
        assertThat(sum()).isEqualTo(new Sum(3, 1, 2));
    }

    /** Whatever it is that the job stumbles over, it does not fall. */
    @Test
    void aRecordThatFailsInAnyWayIsNotUnderstood() throws Exception {
        SpanMessage shortId = SpanBatch.parseFrom(batch(1)).getSpans(0).toBuilder()
                .setTraceId(ByteString.copyFrom(new byte[8]))
                .build();
        send(edge(counts(1), SpanBatch.newBuilder().addSpans(shortId).build().toByteArray()));

        assertThat(sum()).isEqualTo(new Sum(1, 1, 0));
    }

    @Test
    void timesAreWithinWhatTimesMayBe() throws Exception {
        byte[] header = Replay.parseFrom(replayHeader(PARTITION, 0, counts(1))).toBuilder()
                .setAskedAtMillis(Long.MAX_VALUE)
                .build()
                .toByteArray();
        send(new LogRecord(PARTITION, next++, Long.MAX_VALUE, LogRecord.NO_TICK, null, null, GARBAGE));
        send(new LogRecord(PARTITION, next++, -1, LogRecord.NO_TICK, null, header, GARBAGE));

        // 2262-04-11T23:47:16.854Z, the last millisecond that has a number in nanoseconds.
        assertThat(store.rejected)
                .extracting(row -> row.rejection().receivedAtMillis())
                .containsExactly(9_223_372_036_854L, 0L);
        assertThat(newest().rejection().replayedAtMillis()).isEqualTo(9_223_372_036_854L);
    }

    @Test
    void whatNobodyOfOursPutThereIsNoReplay() throws Exception {
        byte[] ofAnotherPartition = replayHeader(PARTITION + 1, 0, counts(1));
        byte[] ofTheFuture = replayHeader(PARTITION, 99, counts(1));
        for (byte[] header : List.of(ofAnotherPartition, ofTheFuture, new byte[] {-1})) {
            send(new LogRecord(PARTITION, next++, NOON, LogRecord.NO_TICK, null, header, batch(1)));
        }

        assertThat(facts()).isEmpty();
        assertThat(store.rejected).hasSize(3).allSatisfy(row -> {
            assertThat(row.rejection().project()).isNull();
            assertThat(row.rejection().items()).isZero();
        });
        // An edge's record is what its own header says.
        send(new LogRecord(PARTITION, next++, NOON, LogRecord.NO_TICK, counts(1), ofTheFuture, batch(1)));
        assertThat(sum()).isEqualTo(new Sum(1, 0, 1));
    }

    @Test
    void whatTheHeaderSaysOfRefusedAndIgnoredItemsStands() throws Exception {
        byte[] counts = Counts.parseFrom(counts(2)).toBuilder()
                .putRefused("too_old", 4)
                .putIgnored("logs", 5)
                .build()
                .toByteArray();
        send(edge(counts, GARBAGE));
        send(replay(0, counts, batch(2)));

        assertThat(accounts().map(Account::refused)).containsExactly(Map.of("too_old", 4L), Map.of());
        assertThat(accounts().map(Account::ignored)).containsExactly(Map.of("logs", 5L), Map.of());
    }

    /** As the API reads it from the same header, and without room being made for what is not there. */
    @Test
    void aHeaderMaySayAnyNumber() throws Exception {
        send(edge(counts(-1), batch(1)));
        send(edge(counts(Integer.MAX_VALUE), batch(1)));

        assertThat(sum()).isEqualTo(new Sum(4_294_967_295L + Integer.MAX_VALUE, 4_294_967_295L + Integer.MAX_VALUE, 0));
    }

    @Test
    void idsAreOrderedByTimeAndMadeOfTheFacts() {
        Rejection one = new Rejection(null, NOON, 4_097, 1L << 49, "", 0, 0, new byte[32], Rejection.NEVER, false);
        Rejection again = new Rejection(PROJECT, NOON, 4_097, 1L << 49, "x", 2, 3, new byte[32], NOON, true);
        Rejection neighbour = new Rejection(null, NOON, 1, 1L << 49, "", 0, 0, new byte[32], Rejection.NEVER, false);
        assertThat(again.id()).isEqualTo(one.id()).isNotEqualTo(neighbour.id());
        assertThat(one.id().version()).isEqualTo(7);
        assertThat(one.id().variant()).isEqualTo(2);
        assertThat(one.id().getMostSignificantBits() >>> 16).isEqualTo(NOON);
    }

    /**
     * What was posted so far.
     *
     * @param spans that went on: each is stored, merged or a duplicate
     */
    private record Sum(long accepted, long quarantined, long spans) {}

    /** Whatever happened, what was accepted is what went on and what is quarantined. */
    private Sum sum() {
        long accepted = accounts().mapToLong(Account::accepted).sum();
        long quarantined = accounts()
                .flatMap(account -> account.quarantined().values().stream())
                .mapToLong(Long::longValue)
                .sum();
        assertThat(accepted).isEqualTo(quarantined + facts().size());
        return new Sum(accepted, quarantined, facts().size());
    }

    private List<SpanFact> facts() {
        return harness.extractOutputValues();
    }

    private Stream<Account> accounts() {
        Queue<StreamRecord<Account>> posted = harness.getSideOutput(ACCOUNTS);
        return posted == null
                ? Stream.of()
                : posted.stream().map(StreamRecord::getValue).filter(account -> account.project() != null);
    }

    private long nextOffset() {
        return harness.getSideOutput(ACCOUNTS).stream()
                .mapToLong(posted -> posted.getValue().nextOffset())
                .max()
                .orElseThrow();
    }

    private List<Rejection> announced() {
        return harness.getSideOutput(REJECTED).stream()
                .map(StreamRecord::getValue)
                .toList();
    }

    private RejectedRow onlyRow() {
        assertThat(store.rejected).hasSize(1);
        return store.rejected.get(0);
    }

    private RejectedRow newest() {
        return store.rejected.get(store.rejected.size() - 1);
    }

    private void restart(OperatorSubtaskState state) throws Exception {
        harness.close();
        harness = harness();
        harness.initializeState(state);
        harness.open();
    }

    private void send(LogRecord record) throws Exception {
        harness.processElement(new StreamRecord<>(record));
    }

    private LogRecord tick() {
        return tick(NOON);
    }

    private LogRecord tick(long millis) {
        return new LogRecord(PARTITION, next++, millis, millis, null, null, new byte[0]);
    }

    private LogRecord edge(byte[] counts, byte[] value) {
        return new LogRecord(PARTITION, next++, NOON, LogRecord.NO_TICK, counts, null, value);
    }

    private LogRecord replay(long offset, byte[] counts, byte[] value) {
        return new LogRecord(
                PARTITION, next++, NOON, LogRecord.NO_TICK, null, replayHeader(PARTITION, offset, counts), value);
    }

    private static byte[] replayHeader(int partition, long offset, byte[] counts) {
        return Replay.newBuilder()
                .setPartition(partition)
                .setOffset(offset)
                .setReason("undecodable")
                .setAskedAtMillis(NOON + 60_000)
                .setCounts(ByteString.copyFrom(counts))
                .build()
                .toByteArray();
    }

    private static byte[] counts(int accepted) {
        return Counts.newBuilder()
                .setProject(ByteString.copyFrom(PROJECT_BYTES.bytes()))
                .setAccepted(accepted)
                .build()
                .toByteArray();
    }

    private static byte[] batch(int spans) {
        SpanBatch.Builder batch = SpanBatch.newBuilder();
        for (int i = 1; i <= spans; i++) {
            batch.addSpans(SpanMessage.newBuilder()
                    .setTraceId(ByteString.copyFrom(new TraceId(7, i).bytes()))
                    .setSpanId(ByteString.copyFrom(new SpanId(0, i, false).bytes()))
                    .setName("chat")
                    .setStartNanos(NOON * 1_000_000)
                    .setEndNanos(NOON * 1_000_000 + 1));
        }
        return batch.build().toByteArray();
    }

    private OneInputStreamOperatorTestHarness<LogRecord, SpanFact> harness() throws Exception {
        var made = new OneInputStreamOperatorTestHarness<>(
                new SplitOperator(store.factory(), new FaultHook(faults.toString()), ACCOUNTS, REJECTED));
        made.setup(SpanFactSerializer.INSTANCE);
        return made;
    }
}
