package io.millrace.jobs.assembly;

import static io.millrace.jobs.assembly.Spans.call;
import static io.millrace.jobs.assembly.Spans.span;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.ledger.Account;
import io.millrace.jobs.ledger.AccountSerializer;
import io.millrace.jobs.rollup.SeriesDelta;
import io.millrace.jobs.rollup.SeriesDeltaSerializer;
import io.millrace.jobs.store.FactRow;
import io.millrace.jobs.store.ListStore;
import io.millrace.jobs.store.TraceRow;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.WindowValue;
import io.millrace.schema.wire.TraceMessage;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AssemblyOperatorTest {
    private static final OutputTag<Account> OUTCOMES =
            new OutputTag<>("outcomes", AccountSerializer.INSTANCE.typeInfo());
    private static final OutputTag<TraceUpdate> UPDATES =
            new OutputTag<>("traces", TraceUpdateSerializer.INSTANCE.typeInfo());
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long START = Spans.NOON_MILLIS;

    private final ListStore store = new ListStore();
    private KeyedOneInputStreamOperatorTestHarness<TraceKey, SpanFact, SeriesDelta> harness;

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
    void sameSpanThreeTimesIsStoredAndCountedOnce() throws Exception {
        take(call(1), call(1), call(1));
        streamTime(START + SECOND);
        assertThat(latestFacts()).hasSize(1);
        assertThat(project().spans()).isEqualTo(1);
        assertThat(project().costPico()).isEqualTo(BigInteger.valueOf(5));
        assertThat(duplicates()).isEqualTo(2);
    }

    @Test
    void traceSettlesWhenQuietAndLeavesNothingBehind() throws Exception {
        take(call(2).under(1), span(1));
        streamTime(START + 3 * SECOND);
        streamTime(START + 4 * SECOND);
        assertThat(lastTrace().summary().state()).isEqualTo(TraceState.SETTLED);
        assertThat(project().traces()).isEqualTo(1);
        checkpoint(1);
        streamTime(START + 20 * SECOND);
        streamTime(START + 21 * SECOND);
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    @Test
    void onlyWhatWasWrittenBeforeIsARewrite() throws Exception {
        take(call(1));
        take(call(2).under(1));
        streamTime(START + 3 * SECOND);
        streamTime(START + 4 * SECOND);
        assertThat(store.facts).extracting(FactRow::rewrite).containsExactly(false, false, true);
        assertThat(store.traces).extracting(TraceRow::rewrite).containsExactly(false, true);
    }

    @Test
    void aTraceThatIsBackFromTheStoreIsRewritten() throws Exception {
        take(call(1));
        letGo();
        int before = store.traces.size();
        take(call(2).under(1));
        streamTime(START + MINUTE + SECOND);
        assertThat(store.traces.subList(before, store.traces.size()))
                .isNotEmpty()
                .allMatch(TraceRow::rewrite);
    }

    @Test
    void traceStaysInStateUntilACheckpointHasItsRows() throws Exception {
        take(span(1));
        streamTime(START + 60 * SECOND);
        assertThat(harness.numKeyedStateEntries()).isOne();
    }

    @Test
    void spanOfATraceThatLeftIsCheckedInTheStore() throws Exception {
        take(call(2).under(1), span(1));
        letGo();
        take(call(2).under(1).at(0, 9));
        streamTime(START + MINUTE + SECOND);
        assertThat(duplicates()).isEqualTo(1);
        assertThat(project().spans()).isEqualTo(2);
    }

    @Test
    void lateInnerCallTakesBackTheOuterOneOfATraceThatLeft() throws Exception {
        take(call(1));
        letGo();
        take(call(2).under(1));
        streamTime(START + MINUTE + SECOND);
        streamTime(START + MINUTE + 10 * SECOND);
        assertThat(project().spans()).isEqualTo(2);
        assertThat(project().counted()).isEqualTo(1);
        assertThat(project().traces()).isEqualTo(1);
        assertThat(project().traceCost().count()).isEqualTo(1);
        assertThat(latestFacts().values().stream().filter(FactRow::counted)).hasSize(1);
        assertThat(lastTrace().summary().spanCount()).isEqualTo(2);
    }

    @Test
    void lateSpanLeavesTheTraceItsOwnName() throws Exception {
        take(span(1).externalTrace("order/17"));
        letGo();
        // The store's facts have no such name, and this message brings none.
        store.facts.replaceAll(row -> rowOf(row, span(1).build()));
        take(call(2).under(1).at(0, 9));
        streamTime(START + MINUTE + 10 * SECOND);
        streamTime(START + MINUTE + 11 * SECOND);
        assertThat(lastTrace().summary().spanCount()).isEqualTo(2);
        assertThat(lastTrace().summary().externalId()).isEqualTo("order/17");
    }

    @Test
    void twentyMinutesLaterASpanIsStillADuplicate() throws Exception {
        take(call(1));
        letGo();
        streamTime(START + 20 * MINUTE);
        take(call(1).receivedMillis(START + 20 * MINUTE).at(0, 9));
        streamTime(START + 20 * MINUTE + SECOND);
        assertThat(duplicates()).isEqualTo(1);
        assertThat(project().spans()).isEqualTo(1);
    }

    /** Its window is hot, and nothing in state remembers it: only the store does. */
    @Test
    void aSpanWithoutATimeOfItsOwnIsADuplicateDaysLater() throws Exception {
        take(span(1).marked(Mark.TIME_OF_DELIVERY));
        letGo();
        long later = START + 3 * 24 * 60 * MINUTE;
        streamTime(later);
        take(span(1).marked(Mark.TIME_OF_DELIVERY)
                .startMillis(later)
                .receivedMillis(later)
                .at(0, 9));
        streamTime(later + SECOND);
        assertThat(duplicates()).isEqualTo(1);
        assertThat(latestFacts().values())
                .singleElement()
                .satisfies(row -> assertThat(row.fact().windowAtNanos()).isLessThan((START + MINUTE) * 1_000_000));
    }

    @Test
    void lateSpanGoesToTheKeeperNotToTheStream() throws Exception {
        streamTime(START + 11 * MINUTE);
        take(call(1));
        streamTime(START + 11 * MINUTE + SECOND);
        assertThat(latestFacts().values()).allMatch(FactRow::cold).hasSize(1);
        assertThat(project().spans()).isZero();
        streamTime(START + 12 * MINUTE);
        assertThat(project().traces()).isZero();
    }

    @Test
    void aClientClockMovesNothingButItsOwnSpan() throws Exception {
        take(span(1).marked(Mark.CLOCK_SKEW).startMillis(START + 86_400_000).receivedMillis(START));
        streamTime(START + SECOND);
        assertThat(latestFacts().values().iterator().next().fact().windowAtNanos())
                .isEqualTo(START * 1_000_000);
        assertThat(project().spans()).isEqualTo(1);
    }

    @Test
    void restoredOperatorKnowsWhatItHadSeen() throws Exception {
        take(call(1), span(3).trace(new TraceId(1, 1)));
        letGo();
        take(call(8).trace(new TraceId(2, 2)));
        OperatorSubtaskState state = harness.snapshot(7, 7);
        streamTime(START + 2 * MINUTE);
        harness.close();

        harness = harness();
        harness.initializeState(state);
        harness.open();
        take(
                call(1).at(0, 9),
                call(8).trace(new TraceId(2, 2)).at(0, 9),
                span(3).trace(new TraceId(1, 1)).at(0, 9));
        streamTime(START + 2 * MINUTE);
        assertThat(duplicates()).isEqualTo(3);
        assertThat(project().spans()).isZero();
    }

    @Test
    void whatAnotherAttemptWroteAfterTheCheckpointIsNotKnown() throws Exception {
        take(call(1).at(0, 1));
        letGo();
        OperatorSubtaskState state = harness.snapshot(7, 7);
        // The attempt goes on, writes a late span of the trace, and dies.
        take(call(2).under(1).at(0, 2));
        streamTime(START + MINUTE + 10 * SECOND);
        harness.close();

        harness = harness();
        harness.initializeState(state);
        harness.open();
        take(call(2).under(1).at(0, 2));
        streamTime(START + MINUTE + SECOND);
        assertThat(duplicates()).isZero();
        assertThat(project().spans()).isEqualTo(1);
        assertThat(project().counted()).isZero(); // one more, and the outer call is taken back
        take(call(2).under(1).at(0, 3));
        streamTime(START + MINUTE + 2 * SECOND);
        assertThat(duplicates()).isEqualTo(1);
    }

    @Test
    void coldSpanOfATraceThatBeganAnewIsCheckedInTheStore() throws Exception {
        take(call(1).at(0, 1));
        letGo();
        // Long after, when the filter has forgotten the trace: a filter of its own stands for one that has.
        harness.close();
        long later = START + 60 * MINUTE;
        harness = harness();
        harness.open();
        streamTime(later);
        take(call(2).under(1).startMillis(later).receivedMillis(later).at(1, 7));
        streamTime(later + SECOND);
        take(call(1).receivedMillis(later).at(0, 9));
        streamTime(later + 2 * SECOND);
        assertThat(duplicates()).isEqualTo(1);
        assertThat(counted()).containsExactly(call(2).build().id());
        streamTime(later + 10 * SECOND);
        assertThat(lastTrace().summary().spanCount()).isEqualTo(2);
        assertThat(lastTrace().summary().root()).isEqualTo(call(1).build().id());
    }

    @Test
    void constantTraceIdKeepsStateBoundedAndCountsEachSpanOnce() throws Exception {
        harness.close();
        harness = harness(withLimit(new TraceLimit(100, 1 << 20)));
        harness.open();
        streamTime(START);
        int spans = 1_000;
        for (int i = 1; i <= spans; i++) {
            take((i == 1 ? call(i) : call(i).under(1)).at(0, i));
        }
        assertThat(stateBytes()).isLessThan(100 * 400);
        // Some were flushed long ago, some are still in state, and one has a later end.
        take(
                call(2).under(1).at(0, 2_000),
                call(2).under(1).at(0, 2_001),
                call(999).under(1).at(0, 2_002));
        take(call(3).under(1).lasting(900).content(9).at(0, 2_003));
        streamTime(START + SECOND);
        assertThat(duplicates()).isEqualTo(3);
        assertThat(latestFacts()).hasSize(spans);
        assertThat(latestFacts().values().stream().filter(FactRow::counted)).hasSize(spans - 1);
        assertThat(project().spans()).isEqualTo(spans);
        assertThat(project().counted()).isEqualTo(spans - 1);
        assertThat(project().costPico()).isEqualTo(BigInteger.valueOf(5L * (spans - 1)));
        assertThat(project().traces()).isEqualTo(1);

        streamTime(START + 10 * SECOND);
        TraceSummary summary = lastTrace().summary();
        assertThat(summary.partial()).isTrue();
        assertThat(summary.state()).isEqualTo(TraceState.SETTLED);
        assertThat(summary.spanCount()).isEqualTo(spans);
        assertThat(summary.countedSpans()).isEqualTo(spans - 1);
        assertThat(summary.costPico()).isEqualTo(BigInteger.valueOf(5L * (spans - 1)));
        assertThat(summary.endNanos()).isEqualTo((START + 900) * 1_000_000);
        assertThat(summary.slowest()).isEqualTo(call(3).build().id());
        assertThat(summary.root()).isEqualTo(call(1).build().id());
        assertThat(project().traceCost().count()).isEqualTo(1);
    }

    @Test
    void flushedTraceGoesOnAfterItLeftState() throws Exception {
        harness.close();
        harness = harness(withLimit(new TraceLimit(10, 1 << 20)));
        harness.open();
        streamTime(START);
        for (int i = 1; i <= 25; i++) {
            take((i == 1 ? span(i) : call(i).under(1)).at(0, i));
        }
        harness.prepareSnapshotPreBarrier(7);
        OperatorSubtaskState state = harness.snapshot(7, 7);
        harness.close();
        harness = harness(withLimit(new TraceLimit(10, 1 << 20)));
        harness.initializeState(state);
        harness.open();
        streamTime(START + 5 * SECOND);
        checkpoint(8);
        assertThat(lastTrace().summary().spanCount()).isEqualTo(25);
        streamTime(START + 11 * MINUTE);
        streamTime(START + 11 * MINUTE + SECOND);
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
        for (int i = 20; i <= 30; i++) {
            take(call(i).under(1).receivedMillis(START + 11 * MINUTE).at(0, 100 + i));
        }
        streamTime(START + 12 * MINUTE);
        assertThat(duplicates()).isEqualTo(6);
        assertThat(latestFacts()).hasSize(30);
        assertThat(lastTrace().summary().spanCount()).isEqualTo(30);
        assertThat(lastTrace().summary().countedSpans()).isEqualTo(29);
        assertThat(lastTrace().summary().costPico()).isEqualTo(BigInteger.valueOf(5 * 29));
    }

    private static FactRow rowOf(FactRow row, SpanFact fact) {
        return new FactRow(fact, row.counted(), row.root(), row.cold(), row.rewrite(), row.epoch(), row.revision());
    }

    private static AssemblyConfig withLimit(TraceLimit limit) {
        AssemblyConfig usual = AssemblyConfig.DEFAULT;
        return new AssemblyConfig(
                usual.quietMillis(),
                usual.rootlessQuietMillis(),
                usual.capMillis(),
                usual.keptMillis(),
                usual.liveRowMillis(),
                limit,
                usual.bundleMillis(),
                usual.sayMillis(),
                usual.failedMillis());
    }

    private List<SpanId> counted() {
        return latestFacts().values().stream()
                .filter(FactRow::counted)
                .map(row -> row.fact().id())
                .toList();
    }

    private long stateBytes() throws Exception {
        return harness.snapshot(99, 99).getManagedKeyedState().getStateSize();
    }

    @Test
    void traceIsSaidAtOnceThenEachSecondAndAtEachState() throws Exception {
        take(call(2).under(1));
        streamTime(START + SECOND);
        take(call(3).under(1), call(4).under(1));
        streamTime(START + 2 * SECOND);
        assertThat(said()).containsExactly("LIVE 1");
        streamTime(START + 3 * SECOND);
        assertThat(said()).containsExactly("LIVE 1", "LIVE 3");
        take(span(1));
        streamTime(START + 4 * SECOND);
        streamTime(START + 8 * SECOND);
        streamTime(START + 9 * SECOND);
        assertThat(said()).containsExactly("LIVE 1", "LIVE 3", "COMPLETE 4", "SETTLED 4");
        TraceMessage last = updates().get(3);
        assertThat(last.getCostPico().toByteArray()).isEqualTo(new byte[] {15});
        assertThat(last.getRootSpanId().toByteArray())
                .isEqualTo(span(1).build().id().bytes());
        assertThat(last.getN()).isEqualTo(lastTrace().revision());
        assertThat(last.getUsage().getInput()).isEqualTo(300);
        assertThat(updates().stream().map(TraceMessage::getN)).isSorted();
    }

    @Test
    void traceIsSaidBeforeWhatItAddsToWindows() throws Exception {
        long clock = harness.getProcessingTime();
        take(call(2).under(1));
        harness.setProcessingTime(clock + 25);
        assertThat(said()).containsExactly("LIVE 1");
        assertThat(harness.extractOutputValues()).isEmpty();
        harness.setProcessingTime(clock + 100);
        assertThat(said()).containsExactly("LIVE 1");
        assertThat(project().spans()).isEqualTo(1);
    }

    @Test
    void aFailureIsToldAtOnceWithWhateverElseCame() throws Exception {
        long clock = harness.getProcessingTime();
        take(
                call(2).name("fine").under(1),
                call(3).name("broken").failed().under(1),
                call(4).name("fine").under(1));
        harness.setProcessingTime(clock + 10);
        assertThat(project().spans()).isEqualTo(3);
        assertThat(project().errors()).isEqualTo(1);
    }

    @Test
    void aFailureAmongWhatAPauseHeldBackIsToldAtOnce() throws Exception {
        long clock = harness.getProcessingTime();
        harness.setProcessingTime(clock + 1_000);
        for (int i = 2; i < 500; i++) {
            take(call(i).under(1));
        }
        take(call(500).name("broken").failed().under(1));
        harness.setProcessingTime(clock + 1_010);
        assertThat(project().spans()).isEqualTo(499);
    }

    @Test
    void whereManyComeAFailureWaitsForTheBundle() throws Exception {
        long clock = harness.getProcessingTime();
        int sent = 0;
        for (int millis = 0; millis < 1_500; millis += 10) {
            for (int i = 0; i < 200; i++) {
                take(call(2 + sent++).under(1));
            }
            harness.setProcessingTime(clock + millis + 10);
        }
        take(call(2 + sent++).name("broken").failed().under(1));
        harness.setProcessingTime(clock + 1_510);
        assertThat(project().errors()).isZero();
        harness.setProcessingTime(clock + 1_600);
        assertThat(project().spans()).isEqualTo(sent);
        assertThat(project().errors()).isEqualTo(1);
    }

    private List<String> said() throws Exception {
        return updates().stream()
                .map(one -> TraceState.values()[one.getState()] + " " + one.getSpanCount())
                .toList();
    }

    private List<TraceMessage> updates() throws Exception {
        List<TraceMessage> messages = new ArrayList<>();
        for (StreamRecord<TraceUpdate> update : harness.getSideOutput(UPDATES)) {
            messages.add(TraceMessage.parseFrom(update.getValue().message()));
        }
        return messages;
    }

    /** Settles everything, completes a checkpoint, and moves a minute on: nothing is in state any more. */
    private void letGo() throws Exception {
        streamTime(START + 40 * SECOND);
        checkpoint(1);
        streamTime(START + MINUTE);
        streamTime(START + MINUTE + 1);
        assertThat(harness.numKeyedStateEntries()).isZero();
    }

    private KeyedOneInputStreamOperatorTestHarness<TraceKey, SpanFact, SeriesDelta> harness() throws Exception {
        return harness(AssemblyConfig.DEFAULT);
    }

    private KeyedOneInputStreamOperatorTestHarness<TraceKey, SpanFact, SeriesDelta> harness(AssemblyConfig config)
            throws Exception {
        var made = new KeyedOneInputStreamOperatorTestHarness<>(
                new AssemblyOperator(store.factory(), config, OUTCOMES, UPDATES),
                TraceKey::of,
                TraceKeySerializer.INSTANCE.typeInfo());
        made.setup(SeriesDeltaSerializer.INSTANCE);
        return made;
    }

    private void take(Spans... spans) throws Exception {
        for (Spans span : spans) {
            harness.processElement(new StreamRecord<>(span.build()));
        }
    }

    private void streamTime(long millis) throws Exception {
        harness.processWatermark(millis);
    }

    private void checkpoint(long id) throws Exception {
        harness.prepareSnapshotPreBarrier(id);
        harness.snapshot(id, id);
        harness.notifyOfCompletedCheckpoint(id);
    }

    /** What the project's series got in all. */
    private WindowValue project() {
        WindowValue sum = new WindowValue();
        for (SeriesDelta delta : harness.extractOutputValues()) {
            if (delta.window().cube() == Cube.PROJECT) {
                sum.merge(delta.value());
            }
        }
        return sum;
    }

    private long duplicates() {
        Queue<StreamRecord<Account>> outcomes = harness.getSideOutput(OUTCOMES);
        Collection<StreamRecord<Account>> all = outcomes == null ? List.of() : outcomes;
        return all.stream().mapToLong(account -> account.getValue().duplicate()).sum();
    }

    private Map<String, FactRow> latestFacts() {
        Map<String, FactRow> latest = new LinkedHashMap<>();
        store.facts.forEach(
                row -> latest.put(row.fact().trace() + "/" + row.fact().id(), row));
        return latest;
    }

    private TraceRow lastTrace() {
        return store.traces.get(store.traces.size() - 1);
    }
}
