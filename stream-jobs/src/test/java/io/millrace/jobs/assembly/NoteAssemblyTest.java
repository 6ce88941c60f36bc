package io.millrace.jobs.assembly;

import static io.millrace.jobs.assembly.Spans.begin;
import static io.millrace.jobs.assembly.Spans.call;
import static io.millrace.jobs.assembly.Spans.end;
import static io.millrace.jobs.assembly.Spans.note;
import static io.millrace.jobs.assembly.Spans.ofTrace;
import static io.millrace.jobs.assembly.Spans.span;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.ledger.Account;
import io.millrace.jobs.ledger.AccountSerializer;
import io.millrace.jobs.rollup.SeriesDelta;
import io.millrace.jobs.rollup.SeriesDeltaSerializer;
import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.store.FactRow;
import io.millrace.jobs.store.ListStore;
import io.millrace.jobs.store.TraceRow;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.WindowValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Notes on spans, which are counted and change nothing that is counted. */
class NoteAssemblyTest {
    private static final OutputTag<Account> OUTCOMES =
            new OutputTag<>("outcomes", AccountSerializer.INSTANCE.typeInfo());
    private static final OutputTag<TraceUpdate> UPDATES =
            new OutputTag<>("traces", TraceUpdateSerializer.INSTANCE.typeInfo());
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long DAY = 24 * 60 * MINUTE;
    private static final long START = Spans.NOON_MILLIS;

    private ListStore store = new ListStore();
    private KeyedOneInputStreamOperatorTestHarness<TraceKey, SpanFact, SeriesDelta> harness;
    private long accepted;
    private long now;
    private long lastCheckpoint = 10;
    private long earlierMerged;

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
    void notesOnSpansThatNeverComeMakeNothingAndLeaveNothingBehind() throws Exception {
        take(note(1).at(0, 1), note(2).at(0, 1), note(1).at(0, 2));
        streamTime(START + SECOND);
        take(note(3).at(0, 3));
        streamTime(START + 30 * SECOND);
        leavesNothingBehind();
        assertThat(store.traces).isEmpty();
        assertThat(store.facts).isEmpty();
        assertThat(said()).isZero();
        assertThat(merged()).isEqualTo(3);
        assertThat(duplicates()).isOne();
        balances();
    }

    @Test
    void aNoteMayComeBeforeItsSpan() throws Exception {
        take(note(1).receivedMillis(START + DAY).at(0, 1));
        streamTime(START + SECOND);
        take(call(1).at(0, 2), note(1).at(0, 3));
        streamTime(START + 2 * SECOND);
        assertThat(store.facts).hasSize(1);
        assertThat(store.facts.get(0).fact()).isEqualTo(call(1).at(0, 2).build());
        TraceRow row = lastTrace();
        assertThat(row.summary().spanCount()).isOne();
        assertThat(row.summary().name()).isEqualTo("step");
        assertThat(row.epochDay()).isEqualTo(Math.floorDiv(START, DAY));
        assertThat(row.rewrite()).isFalse();
        assertThat(row.own()).isNotNull();
        assertThat(merged()).isOne();
        assertThat(duplicates()).isOne();
        balances();
        leavesNothingBehind();
        assertThat(lastTrace().summary().state()).isEqualTo(TraceState.SETTLED);
    }

    /** The trace was given up, and nothing of it was remembered but the note's body. */
    @Test
    void aSpanMayComeWhenItsNoteWasForgotten() throws Exception {
        take(note(1).at(0, 1));
        leavesNothingBehind();
        take(call(1).at(0, 2));
        streamTime(now + 10 * SECOND);
        assertThat(store.facts).hasSize(1);
        assertThat(lastTrace().summary().spanCount()).isOne();
        balances();
        leavesNothingBehind();
        assertThat(lastTrace().summary().state()).isEqualTo(TraceState.SETTLED);
    }

    @Test
    void daysLaterANoteIsMergedAndNothingElseIsAnother() throws Exception {
        take(call(1).at(0, 1), note(1).at(0, 2));
        leavesNothingBehind();
        Map<SeriesWindow, WindowValue> windows = windows();
        int facts = store.facts.size();
        streamTime(START + 3 * DAY);
        take(note(2).receivedMillis(START + 3 * DAY).at(0, 3));
        take(note(1).receivedMillis(START + 3 * DAY).at(0, 4));
        streamTime(now + SECOND);
        leavesNothingBehind();
        take(note(2).receivedMillis(START + 4 * DAY).at(0, 5));
        balances();
        assertThat(windows()).isEqualTo(windows);
        assertThat(store.facts).hasSize(facts);
        assertThat(lastTrace().summary().lastReceivedMillis()).isEqualTo(START + 3 * DAY);
        assertThat(lastTrace().epochDay()).isEqualTo(Math.floorDiv(START, DAY));
        assertThat(lastTrace().rewrite()).isTrue();
        assertThat(merged()).isEqualTo(2);
        assertThat(duplicates()).isEqualTo(2);
        leavesNothingBehind();
    }

    @Test
    void whatIsSaidOfTheTraceItselfIsKeptApart() throws Exception {
        take(note(1).at(0, 1), ofTrace(2).at(0, 2).saying(m -> m.setName("checkout")));
        streamTime(START + SECOND);
        assertThat(lastTrace().summary().name()).isEqualTo("checkout");
        assertThat(lastTrace().summary().spanCount()).isZero();
        assertThat(merged()).isEqualTo(2);
        balances();
        leavesNothingBehind();
    }

    @Test
    void aRestoredOperatorKnowsTheNotesItHadCounted() throws Exception {
        take(note(1).at(0, 1));
        harness.prepareSnapshotPreBarrier(3);
        OperatorSubtaskState state = harness.snapshot(3, 3);
        earlierMerged = merged();
        // What the attempt does after the checkpoint is lost, but for its rows.
        take(call(1).at(0, 2), note(2).at(0, 3));
        streamTime(START + 10 * SECOND);
        harness.close();
        accepted -= 2;
        harness = harness();
        harness.initializeState(state);
        harness.open();

        take(call(1).at(0, 2), note(2).at(0, 3), note(1).at(0, 4), note(2).at(0, 5));
        streamTime(START + 11 * SECOND);
        assertThat(merged()).isEqualTo(2);
        assertThat(duplicates()).isEqualTo(2);
        assertThat(lastTrace().summary().spanCount()).isOne();
        balances();
        leavesNothingBehind();
    }

    /** By that it is seen when no more traces begin. */
    @Test
    void aTraceBeginsWithItsFirstSpanWhateverIsSaidBefore() throws Exception {
        TraceId named = new TraceId(8, 8);
        TraceId old = new TraceId(9, 9);
        take(note(1).at(0, 1), note(2).at(0, 2));
        take(ofTrace(3).trace(named).at(0, 3), note(4).trace(old).at(0, 4));
        streamTime(START + SECOND);
        assertThat(begun()).isZero();
        take(begin(1, 5).at(0, 5), call(2).trace(named).at(0, 6));
        take(call(3).trace(old).startMillis(START - 60 * MINUTE).at(0, 7));
        streamTime(START + 2 * SECOND);
        assertThat(begun()).isEqualTo(2);
        take(end(1, 8).at(0, 8), call(4).at(0, 9), call(5).trace(named).at(0, 10), note(1).at(0, 11));
        streamTime(START + 3 * SECOND);
        assertThat(begun()).isEqualTo(2);
        balances();
    }

    /** At its cap a trace is settled though it is not quiet. */
    @Test
    void aTraceIsAsOldAsTheFirstThatIsMoreThanANote() throws Exception {
        for (int i = 1; i <= 40; i++) {
            take(note(i).at(0, i));
            streamTime(now + 20 * SECOND);
        }
        take(call(1).at(0, 41));
        streamTime(now + SECOND);
        assertThat(lastTrace().summary().state()).isEqualTo(TraceState.COMPLETE);
        leavesNothingBehind();
        assertThat(lastTrace().summary().state()).isEqualTo(TraceState.SETTLED);
        assertThat(lastTrace().summary().partial()).isFalse();
    }

    /** More notes than are remembered: the earliest may be taken for new again, and are counted all the same. */
    @Test
    void ofVeryManyNotesTheLedgerIsBalanced() throws Exception {
        for (int i = 1; i <= 600; i++) {
            take(note(i).part(i, START + i, false).at(0, i));
        }
        take(call(1).at(0, 601));
        for (int i = 1; i <= 600; i++) {
            take(note(i).part(i, START + i, false).at(0, 601 + i));
        }
        streamTime(START + SECOND);
        assertThat(merged()).isGreaterThanOrEqualTo(600);
        assertThat(lastTrace().own().parts()).hasSizeLessThanOrEqualTo(Partials.MOST);
        assertThat(lastTrace().summary().spanCount()).isOne();
        balances();
        leavesNothingBehind();
    }

    /** Against the same messages without the notes. */
    @Test
    void whateverTheOrderSpansWindowsAndTracesAreThoseWithoutTheNotes() throws Exception {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            List<Spans> spans = new ArrayList<>(List.of(
                    span(1).lasting(500).at(0, 1),
                    call(2).under(1).at(0, 2),
                    call(3).under(2).at(0, 3),
                    begin(4, 41).under(1).at(0, 4),
                    end(4, 42).at(0, 5),
                    call(2).under(1).at(0, 6)));
            Collections.shuffle(spans, random);
            List<Spans> all = new ArrayList<>(spans);
            int notes = 1 + random.nextInt(5);
            int again = random.nextInt(4);
            for (int i = 0; i < notes + again; i++) {
                int note = i < notes ? i : random.nextInt(notes);
                all.add(random.nextInt(all.size() + 1), note(100 + note).at(0, 10 + i));
            }
            Result without = play(spans, new Random(seed));
            Result with = play(all, new Random(seed));
            assertThat(with.facts).as("seed %d", seed).isEqualTo(without.facts);
            assertThat(with.windows).as("seed %d", seed).isEqualTo(without.windows);
            assertThat(with.begun).as("seed %d", seed).isEqualTo(without.begun);
            assertThat(with.trace).as("seed %d", seed).isEqualTo(without.trace);
            assertThat(with.merged - without.merged).as("seed %d", seed).isEqualTo(notes);
            assertThat(with.duplicates - without.duplicates).as("seed %d", seed).isEqualTo(again);
        }
    }

    private record Result(
            Map<String, SpanFact> facts,
            Map<SeriesWindow, WindowValue> windows,
            long begun,
            TraceSummary trace,
            long merged,
            long duplicates) {}

    private Result play(List<Spans> messages, Random random) throws Exception {
        harness.close();
        store = new ListStore();
        accepted = 0;
        harness = harness();
        harness.open();
        streamTime(START);
        for (Spans message : messages) {
            take(message);
            if (random.nextInt(3) == 0) {
                streamTime(now + 1);
            }
        }
        balances();
        leavesNothingBehind();
        return new Result(facts(), windows(), begun(), lastTrace().summary(), merged(), duplicates());
    }

    private Map<String, SpanFact> facts() {
        Map<String, SpanFact> latest = new TreeMap<>();
        for (FactRow row : store.facts) {
            latest.put(row.fact().id().toString(), row.fact());
        }
        return latest;
    }

    /** Every message that was taken is a row, or was counted as what became of it. */
    private void balances() throws Exception {
        streamTime(now + 1);
        assertThat(facts().size() + merged() + duplicates() + outcomes(Account::waiting))
                .isEqualTo(accepted);
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

    private KeyedOneInputStreamOperatorTestHarness<TraceKey, SpanFact, SeriesDelta> harness() throws Exception {
        var made = new KeyedOneInputStreamOperatorTestHarness<>(
                new AssemblyOperator(store.factory(), AssemblyConfig.DEFAULT, OUTCOMES, UPDATES),
                TraceKey::of,
                TraceKeySerializer.INSTANCE.typeInfo());
        made.setup(SeriesDeltaSerializer.INSTANCE);
        return made;
    }

    /**
     * Without the traces that began: in which series one does, the first of its spans says of which the store need not be
     * asked, and it was asked already where a note came before them.
     */
    private Map<SeriesWindow, WindowValue> windows() {
        Map<SeriesWindow, WindowValue> windows = new HashMap<>();
        for (SeriesDelta delta : harness.extractOutputValues()) {
            windows.computeIfAbsent(delta.window(), absent -> new WindowValue()).merge(delta.value());
        }
        windows.replaceAll((window, value) ->
                WindowValue.of(value.toMessage().toBuilder().clearBegun().build()));
        windows.values().removeIf(new WindowValue()::equals);
        return windows;
    }

    private long begun() {
        return harness.extractOutputValues().stream()
                .filter(delta -> delta.window().cube() == Cube.PROJECT)
                .mapToLong(delta -> delta.value().tracesBegun())
                .sum();
    }

    private long merged() {
        return earlierMerged + outcomes(Account::merged);
    }

    private long duplicates() {
        return outcomes(Account::duplicate);
    }

    private long outcomes(ToLongFunction<Account> which) {
        Queue<StreamRecord<Account>> told = harness.getSideOutput(OUTCOMES);
        return told == null
                ? 0
                : told.stream()
                        .mapToLong(account -> which.applyAsLong(account.getValue()))
                        .sum();
    }

    /** How often the trace was said to those who follow live. */
    private int said() {
        Queue<StreamRecord<TraceUpdate>> updates = harness.getSideOutput(UPDATES);
        return updates == null ? 0 : updates.size();
    }

    private TraceRow lastTrace() {
        return store.traces.get(store.traces.size() - 1);
    }
}
