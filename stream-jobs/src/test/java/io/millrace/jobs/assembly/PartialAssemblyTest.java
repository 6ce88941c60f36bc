package io.millrace.jobs.assembly;

import static io.millrace.jobs.assembly.Spans.begin;
import static io.millrace.jobs.assembly.Spans.call;
import static io.millrace.jobs.assembly.Spans.end;
import static io.millrace.jobs.assembly.Spans.ofTrace;
import static io.millrace.jobs.assembly.Spans.span;
import static io.millrace.jobs.assembly.Spans.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.ledger.Account;
import io.millrace.jobs.ledger.AccountSerializer;
import io.millrace.jobs.rollup.SeriesDelta;
import io.millrace.jobs.rollup.SeriesDeltaSerializer;
import io.millrace.jobs.store.FactRow;
import io.millrace.jobs.store.ListStore;
import io.millrace.jobs.store.TraceRow;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.WindowValue;
import io.millrace.schema.wire.SpanMessage;
import io.millrace.schema.wire.UsageMessage;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.ToLongFunction;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Spans that are sent in parts, from their messages to rows, windows and the ledger. */
class PartialAssemblyTest {
    private static final OutputTag<Account> OUTCOMES =
            new OutputTag<>("outcomes", AccountSerializer.INSTANCE.typeInfo());
    private static final OutputTag<TraceUpdate> UPDATES =
            new OutputTag<>("traces", TraceUpdateSerializer.INSTANCE.typeInfo());
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long DAY = 24 * 60 * MINUTE;
    private static final long START = Spans.NOON_MILLIS;

    private final ListStore store = new ListStore();
    private KeyedOneInputStreamOperatorTestHarness<TraceKey, SpanFact, SeriesDelta> harness;
    private long accepted;
    private long now;
    private long lastCheckpoint = 10;
    // -- what the harnesses before said
    private WindowValue earlier = new WindowValue();
    private long earlierDuplicates;
    private long earlierMerged;
    private long earlierWaiting;

    @BeforeEach
    void open() throws Exception {
        harness = harness();
        harness.open();
        streamTime(START);
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void aSpanOfTwoRequestsIsOneRowOnceItsEndIsKnown() throws Exception {
        take(callBegins(1, 1).at(0, 1));
        streamTime(START + SECOND);
        assertThat(latest()).isEmpty();
        assertThat(waiting()).isOne();
        assertThat(project().spans()).isZero();
        assertThat(lastTrace().summary().state()).isEqualTo(TraceState.LIVE);
        assertThat(lastTrace().summary().spanCount()).isOne();
        balances();
        take(callEnds(1, 2).at(0, 2));
        streamTime(START + 2 * SECOND);
        assertThat(store.facts).singleElement().satisfies(row -> {
            assertThat(row.rewrite()).isFalse();
            assertThat(row.fact().offset()).isEqualTo(2);
            assertThat(row.fact().windowAtNanos()).isEqualTo((START + 100) * 1_000_000);
            // A million tokens in at 2.5 USD, computed from what two messages say.
            assertThat(row.fact().cost().pico()).isEqualTo(2_500_000_000_000L);
        });
        assertThat(waiting()).isZero();
        assertThat(merged()).isOne();
        assertThat(project().spans()).isOne();
        assertThat(project().costPico()).isEqualTo(BigInteger.valueOf(2_500_000_000_000L));
        assertThat(lastTrace().summary().state()).isEqualTo(TraceState.COMPLETE);
        balances();
        leavesNothingBehind();
    }

    @Test
    void theEndMayComeFirst() throws Exception {
        take(callEnds(1, 2).at(0, 1));
        streamTime(START + SECOND);
        take(callBegins(1, 1).at(0, 2), callEnds(1, 2).at(0, 3));
        streamTime(START + 2 * SECOND);
        assertThat(only().fact().durationNanos()).isEqualTo(100_000_000);
        assertThat(only().fact().message().getName()).isEqualTo("step");
        assertThat(project().spans()).isOne();
        assertThat(project().counted()).isOne();
        assertThat(merged()).isOne();
        assertThat(duplicates()).isOne();
        balances();
        leavesNothingBehind();
        assertThat(project().traces()).isOne();
    }

    @Test
    void anUpdateAfterTheTraceSettledAmendsIt() throws Exception {
        take(callBegins(1, 1), callEnds(1, 2));
        streamTime(START + 4 * SECOND);
        streamTime(START + 5 * SECOND);
        assertThat(lastTrace().summary().state()).isEqualTo(TraceState.SETTLED);
        take(update(1, 3)
                .part(3, START + 5_000, true)
                .saying(m -> m.setUserId("u").setResponseModel("unheard of")));
        streamTime(START + 9 * SECOND);
        streamTime(START + 10 * SECOND);
        assertThat(only().fact().message().getUserId()).isEqualTo("u");
        assertThat(only().fact().cost().pico()).isNull();
        assertThat(project().unpriced()).isOne();
        assertThat(project().costPico()).isZero();
        assertThat(project().traces()).isOne();
        balances();
        leavesNothingBehind();
    }

    @Test
    void anUpdateAfterTheTraceLeftStateIsMergedExactly() throws Exception {
        take(
                callBegins(1, 1).at(0, 1),
                callEnds(1, 2).at(0, 2),
                span(2).under(1).at(0, 3));
        letGo();
        // Said between the two others: the end's name would win, had it one; the usage of the end goes on to count.
        take(update(1, 3)
                .part(3, START + 60, true)
                .at(0, 4)
                .saying(m ->
                        m.setName("renamed").setUsage(UsageMessage.newBuilder().setInput(5))));
        streamTime(now + SECOND);
        streamTime(now + 10 * SECOND);
        FactRow row = latest().get("1");
        assertThat(row.fact().message().getName()).isEqualTo("renamed");
        assertThat(row.fact().usage()).isNotNull();
        assertThat(row.fact().usage().inputTokens()).isEqualTo(1_000_000);
        assertThat(project().spans()).isEqualTo(2);
        assertThat(project().counted()).isOne();
        assertThat(project().traces()).isOne();
        assertThat(duplicates()).isZero();
        take(
                callEnds(1, 2).at(0, 5),
                update(1, 3)
                        .part(3, START + 60, true)
                        .at(0, 6)
                        .saying(m -> m.setName("renamed")
                                .setUsage(UsageMessage.newBuilder().setInput(5))));
        streamTime(now + SECOND);
        assertThat(duplicates()).isEqualTo(2);
        balances();
        leavesNothingBehind();
    }

    @Test
    void daysLaterAnUpdateIsMergedAndItsWindowIsTheKeepers() throws Exception {
        take(callBegins(1, 1).at(0, 1), callEnds(1, 2).at(0, 2));
        letGo();
        WindowValue before = project();
        streamTime(START + 3 * DAY);
        take(update(1, 3)
                .part(3, START + 3 * DAY, true)
                .receivedMillis(START + 3 * DAY)
                .at(0, 9)
                .saying(m -> m.setStatus(2)));
        streamTime(now + SECOND);
        assertThat(only().fact().isError()).isTrue();
        assertThat(only().cold()).isTrue();
        assertThat(only().rewrite()).isTrue();
        assertThat(only().fact().windowAtNanos()).isEqualTo((START + 100) * 1_000_000);
        assertThat(project()).isEqualTo(before);
        assertThat(merged()).isEqualTo(2);
        balances();
        leavesNothingBehind();
    }

    @Test
    void aSpanThatNeverEndsIsStoredAtTheCapAndCompletedInItsPlace() throws Exception {
        take(
                span(1).at(0, 1),
                callBegins(2, 1).under(1).receivedMillis(START + SECOND).at(0, 2));
        streamTime(START + 9 * MINUTE);
        assertThat(lastTrace().summary().state()).isEqualTo(TraceState.LIVE);
        assertThat(latest()).containsOnlyKeys("1");
        streamTime(START + 10 * MINUTE);
        streamTime(START + 10 * MINUTE + SECOND);
        assertThat(lastTrace().summary().state()).isEqualTo(TraceState.SETTLED);
        assertThat(lastTrace().summary().partial()).isTrue();
        SpanFact stored = latest().get("2").fact();
        assertThat(stored.isComplete()).isFalse();
        assertThat(stored.windowAtNanos()).isEqualTo((START + SECOND) * 1_000_000);
        assertThat(waiting()).isZero();
        assertThat(project().spans()).isOne();
        assertThat(project().traces()).isOne();
        balances();
        take(callEnds(2, 2).at(0, 3));
        streamTime(now + SECOND);
        SpanFact completed = latest().get("2").fact();
        assertThat(completed.isComplete()).isTrue();
        assertThat(completed.durationNanos()).isEqualTo(100_000_000);
        assertThat(completed.windowAtNanos()).isEqualTo(stored.windowAtNanos());
        assertThat(completed.offset()).isEqualTo(2);
        assertThat(project().spans()).isEqualTo(2);
        assertThat(project().counted()).isOne();
        balances();
        leavesNothingBehind();
    }

    @Test
    void anIncompleteSpanIsCompletedAfterItsTraceLeftState() throws Exception {
        take(callBegins(1, 1).at(0, 1));
        streamTime(START + 10 * MINUTE);
        streamTime(START + 10 * MINUTE + SECOND);
        assertThat(only().fact().isComplete()).isFalse();
        assertThat(project().traces()).isZero();
        assertThat(project().spans()).isZero();
        leavesNothingBehind();
        take(callEnds(1, 2)
                .lasting(13 * MINUTE)
                .receivedMillis(START + 13 * MINUTE)
                .at(0, 2));
        streamTime(START + 13 * MINUTE);
        streamTime(START + 14 * MINUTE);
        assertThat(only().fact().isComplete()).isTrue();
        assertThat(only().cold()).isTrue();
        assertThat(lastTrace().summary().state()).isEqualTo(TraceState.SETTLED);
        assertThat(merged()).isOne();
        balances();
        leavesNothingBehind();
    }

    @Test
    void aRowStandsWhereTheMessageIsThatMadeItOrSaysAfterWhichCheckpointItWasMade() throws Exception {
        take(
                callBegins(1, 1).at(0, 1),
                callBegins(2, 2).under(1).at(0, 2),
                callEnds(2, 3).at(0, 3));
        assertThat(latest().get("2").fact().offset()).isEqualTo(3);
        assertThat(placedAfter("2")).isZero();
        checkpoint(7);
        streamTime(START + 10 * MINUTE);
        streamTime(START + 10 * MINUTE + SECOND);
        assertThat(latest().get("1").fact().offset()).isEqualTo(1);
        assertThat(placedAfter("1")).isEqualTo(7);
        checkpoint(8);
        take(callEnds(1, 4).at(0, 4));
        streamTime(now + SECOND);
        assertThat(latest().get("1").fact().isComplete()).isTrue();
        assertThat(latest().get("1").fact().offset()).isEqualTo(1);
        assertThat(placedAfter("1")).isEqualTo(7);
        balances();
    }

    @Test
    void aTraceMayBeNothingButWhatIsSaidOfIt() throws Exception {
        take(ofTrace(1).at(0, 1).saying(m -> m.setName("checkout").setStartNanos(START * 1_000_000)));
        streamTime(START + SECOND);
        assertThat(lastTrace().summary().name()).isEqualTo("checkout");
        assertThat(lastTrace().summary().spanCount()).isZero();
        streamTime(START + 40 * SECOND);
        streamTime(START + 41 * SECOND);
        assertThat(lastTrace().summary().state()).isEqualTo(TraceState.SETTLED);
        balances();
        letGo();
        take(ofTrace(1).at(0, 2).saying(m -> m.setName("checkout").setStartNanos(START * 1_000_000)));
        take(ofTrace(2).part(2, START + 500, false).at(0, 3).saying(m -> m.setUserId("u")));
        streamTime(now + SECOND);
        assertThat(lastTrace().summary().name()).isEqualTo("checkout");
        assertThat(lastTrace().summary().userId()).isEqualTo("u");
        assertThat(lastTrace().summary().startNanos()).isEqualTo(START * 1_000_000);
        assertThat(duplicates()).isOne();
        assertThat(merged()).isEqualTo(2);
        assertThat(store.facts).isEmpty();
        balances();
        leavesNothingBehind();
    }

    @Test
    void whatIsSaidOfATraceThatLeftStateIsAddedToIt() throws Exception {
        take(span(1).at(0, 1));
        letGo();
        streamTime(START + 2 * DAY);
        take(ofTrace(1).receivedMillis(START + 2 * DAY).at(0, 2).saying(m -> m.setName("late name")));
        streamTime(now + SECOND);
        assertThat(lastTrace().summary().name()).isEqualTo("late name");
        assertThat(lastTrace().summary().spanCount()).isOne();
        assertThat(lastTrace().epochDay()).isEqualTo(store.traces.get(0).epochDay());
        assertThat(project().traces()).isOne();
        balances();
        leavesNothingBehind();
    }

    @Test
    void oneThatCameWholeMakesTheRowForThoseThatWaited() throws Exception {
        take(callBegins(1, 1).at(0, 1));
        take(call(1).at(0, 1));
        take(callEnds(1, 2).at(0, 2));
        streamTime(START + SECOND);
        assertThat(only().fact().partials()).isNull();
        assertThat(waiting()).isZero();
        assertThat(merged()).isOne();
        assertThat(duplicates()).isOne();
        balances();
        leavesNothingBehind();
    }

    @Test
    void aRestoredOperatorGoesOnWithWhatWaits() throws Exception {
        take(callBegins(1, 1).at(0, 1), ofTrace(9).at(0, 2).saying(m -> m.setName("named")));
        harness.prepareSnapshotPreBarrier(3);
        OperatorSubtaskState state = harness.snapshot(3, 3);
        // What the attempt does after the checkpoint is lost, but for its rows.
        remember();
        take(callEnds(1, 2).at(0, 3));
        streamTime(START + SECOND);
        harness.close();
        accepted--;
        restore(state);
        take(callEnds(1, 2).at(0, 3));
        streamTime(START + SECOND);
        assertThat(only().fact().isComplete()).isTrue();
        assertThat(project().spans()).isOne();
        assertThat(lastTrace().summary().name()).isEqualTo("named");
        balances();
        checkpoint(4);
        leavesNothingBehind();
    }

    /** The row has a message that comes after the checkpoint: of the span only what came before it is in the windows. */
    @Test
    void messagesThatTheStoreHasFromItsFutureAreNotKnown() throws Exception {
        take(callBegins(1, 1).at(0, 1), callEnds(1, 2).at(0, 2));
        letGo();
        harness.prepareSnapshotPreBarrier(77);
        OperatorSubtaskState state = harness.snapshot(77, 77);
        remember();
        take(update(1, 3).at(0, 3).saying(m -> m.setStatus(2)));
        take(ofTrace(4).at(0, 4).saying(m -> m.setName("named")));
        streamTime(now + SECOND);
        assertThat(only().fact().isError()).isTrue();
        harness.close();
        accepted -= 2;

        restore(state);
        take(update(1, 3).at(0, 3).saying(m -> m.setStatus(2)));
        take(ofTrace(4).at(0, 4).saying(m -> m.setName("named")));
        streamTime(now + SECOND);
        assertThat(only().fact().isError()).isTrue();
        assertThat(project().errors()).isOne();
        assertThat(project().spans()).isOne();
        assertThat(duplicates()).isZero();
        assertThat(merged()).isEqualTo(3);
        balances();
    }

    @Test
    void ofAFlushedTraceTheMessagesAreStillKnown() throws Exception {
        harness.close();
        harness = harness(new TraceLimit(10, 1 << 20));
        harness.open();
        streamTime(START);
        int spans = 25;
        for (int id = 1; id <= spans; id++) {
            take(callBegins(id, id).under(id == 1 ? 0 : 1).at(0, id));
            take(callEnds(id, 100 + id).at(0, 100 + id));
        }
        take(update(2, 300).part(300, START + 500, true).at(0, 300).saying(m -> m.setStatus(2)));
        take(callEnds(3, 103).at(0, 301));
        streamTime(START + SECOND);
        assertThat(latest()).hasSize(spans);
        assertThat(latest().get("2").fact().isError()).isTrue();
        assertThat(duplicates()).isOne();
        assertThat(merged()).isEqualTo(spans + 1);
        assertThat(project().spans()).isEqualTo(spans);
        assertThat(project().errors()).isOne();
        assertThat(project().counted()).isEqualTo(spans - 1);
        balances();
    }

    private static Spans callBegins(long id, long message) {
        return begin(id, message).kind(SpanKind.LLM).saying(m -> m.setProvider("openai"));
    }

    private static Spans callEnds(long id, long message) {
        return end(id, message).model("gpt-4o").saying(PartialAssemblyTest::aMillionTokens);
    }

    private static void aMillionTokens(SpanMessage.Builder message) {
        message.setUsage(UsageMessage.newBuilder().setInput(1_000_000));
    }

    private long placedAfter(String span) {
        Partials partials = latest().get(span).fact().partials();
        return partials == null ? -1 : partials.placedAfter();
    }

    /** Every message that was taken is a row, or was counted as what became of it. */
    private void balances() throws Exception {
        streamTime(now + 1);
        assertThat(latest().size() + merged() + duplicates() + waiting()).isEqualTo(accepted);
        assertThat(latest().values())
                .noneMatch(row -> Mark.INCOMPLETE.in(row.fact().marks()) && row.counted());
    }

    private void letGo() throws Exception {
        streamTime(now + 40 * SECOND);
        checkpoint(++lastCheckpoint);
        streamTime(now + MINUTE);
        streamTime(now + 1);
        assertThat(harness.numKeyedStateEntries()).isZero();
    }

    private void leavesNothingBehind() throws Exception {
        streamTime(now + 40 * SECOND);
        checkpoint(++lastCheckpoint);
        streamTime(now + MINUTE);
        streamTime(now + SECOND);
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    private void take(Spans... messages) throws Exception {
        for (Spans message : messages) {
            accepted++;
            harness.processElement(new StreamRecord<>(message.build()));
        }
    }

    private void streamTime(long millis) throws Exception {
        now = millis;
        harness.processWatermark(millis);
    }

    private void checkpoint(long id) throws Exception {
        harness.prepareSnapshotPreBarrier(id);
        harness.snapshot(id, id);
        harness.notifyOfCompletedCheckpoint(id);
    }

    /** What was said until now is downstream, in the checkpoint. */
    private void remember() {
        earlierDuplicates = duplicates();
        earlierMerged = merged();
        earlierWaiting = waiting();
        earlier = project();
    }

    private void restore(OperatorSubtaskState state) throws Exception {
        harness = harness();
        harness.initializeState(state);
        harness.open();
    }

    private KeyedOneInputStreamOperatorTestHarness<TraceKey, SpanFact, SeriesDelta> harness() throws Exception {
        return harness(TraceLimit.DEFAULT);
    }

    private KeyedOneInputStreamOperatorTestHarness<TraceKey, SpanFact, SeriesDelta> harness(TraceLimit limit)
            throws Exception {
        AssemblyConfig usual = AssemblyConfig.DEFAULT;
        AssemblyConfig config = new AssemblyConfig(
                usual.quietMillis(),
                usual.rootlessQuietMillis(),
                usual.capMillis(),
                usual.keptMillis(),
                usual.liveRowMillis(),
                limit,
                usual.bundleMillis(),
                usual.sayMillis(),
                usual.failedMillis());
        var made = new KeyedOneInputStreamOperatorTestHarness<>(
                new AssemblyOperator(store.factory(), config, OUTCOMES, UPDATES),
                TraceKey::of,
                TraceKeySerializer.INSTANCE.typeInfo());
        made.setup(SeriesDeltaSerializer.INSTANCE);
        return made;
    }

    /** What the project's series got in all. */
    private WindowValue project() {
        WindowValue sum = earlier.copy();
        for (SeriesDelta delta : harness.extractOutputValues()) {
            if (delta.window().cube() == Cube.PROJECT) {
                sum.merge(delta.value());
            }
        }
        return sum;
    }

    private long duplicates() {
        return earlierDuplicates + outcomes(Account::duplicate);
    }

    private long merged() {
        return earlierMerged + outcomes(Account::merged);
    }

    private long waiting() {
        return earlierWaiting + outcomes(Account::waiting);
    }

    private long outcomes(ToLongFunction<Account> which) {
        Queue<StreamRecord<Account>> said = harness.getSideOutput(OUTCOMES);
        return said == null
                ? 0
                : said.stream()
                        .mapToLong(account -> which.applyAsLong(account.getValue()))
                        .sum();
    }

    /** The newest row of each span, by the number of its id. */
    private Map<String, FactRow> latest() {
        Map<String, FactRow> latest = new LinkedHashMap<>();
        store.facts.forEach(row -> latest.put(Long.toString(row.fact().id().low()), row));
        return latest;
    }

    private FactRow only() {
        List<FactRow> rows = List.copyOf(latest().values());
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private TraceRow lastTrace() {
        return store.traces.get(store.traces.size() - 1);
    }
}
