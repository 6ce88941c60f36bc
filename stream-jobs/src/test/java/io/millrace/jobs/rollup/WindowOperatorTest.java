package io.millrace.jobs.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.store.ListStore;
import io.millrace.jobs.store.WindowRow;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.WindowValue;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WindowOperatorTest {
    private static final UUID PROJECT = new UUID(1, 2);
    /** 2026-11-20T12:00:00Z. */
    private static final long NOON = 1_795_176_000L;

    private final ListStore store = new ListStore();
    private KeyedOneInputStreamOperatorTestHarness<CubeKey, SeriesDelta, RollupSaid> harness;

    @BeforeEach
    void open() throws Exception {
        harness = harness();
        harness.setProcessingTime(NOON * 1_000);
        harness.open();
        streamTime(NOON);
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @Test
    void openWindowSpeaksEarlyAndIsStoredOnlyAtItsEnd() throws Exception {
        add(Cube.PROJECT, List.of(), NOON, 3);
        tick(1);
        assertThat(updates()).hasSize(1).noneMatch(RollupUpdate::closed);
        assertThat(store.windows).isEmpty();
        streamTime(NOON + 10);
        assertThat(store.windows).hasSize(1);
        assertThat(store.windows.get(0).value().spans()).isEqualTo(3);
        assertThat(last().closed()).isTrue();
    }

    @Test
    void totalsSpeakBeforeTheMany() throws Exception {
        add(Cube.PROJECT, List.of(), NOON, 3);
        add(Cube.ENVIRONMENT, List.of("production"), NOON, 3);
        add(Cube.MODEL, List.of("openai", "gpt-4o"), NOON, 3);
        harness.setProcessingTime(NOON * 1_000 + 200);
        assertThat(updates())
                .extracting(update -> update.window().cube())
                .containsExactlyInAnyOrder(Cube.PROJECT, Cube.ENVIRONMENT);
        harness.setProcessingTime(NOON * 1_000 + 500);
        assertThat(updates()).hasSize(3);
        assertThat(last().window().cube()).isEqualTo(Cube.MODEL);
    }

    @Test
    void whereRequestsHaveJustFailedSpeaksFirst() throws Exception {
        add(Cube.MODEL, List.of("openai", "gpt-4o"), NOON, 3);
        fail("claude-haiku-4-5");
        fail("claude-haiku-4-5");
        machineTime(20);
        assertThat(updates())
                .extracting(update -> update.window().dims())
                .containsExactly(List.of("anthropic", "claude-haiku-4-5"));
        machineTime(500);
        assertThat(updates()).hasSize(2);
    }

    @Test
    void whatFailsAllTheTimeIsNotAlwaysFirst() throws Exception {
        for (int millis = 20; millis < 500; millis += 20) {
            fail("claude-haiku-4-5");
            machineTime(millis);
        }
        assertThat(updates()).hasSize(2);
        machineTime(500);
        assertThat(updates()).hasSize(3);
        fail("claude-haiku-4-5");
        machineTime(520);
        assertThat(updates()).hasSize(4);
        assertThat(WindowValue.decode(last().value()).requestErrors()).isEqualTo(25);
    }

    @Test
    void whatABarrierSaidIsNotSaidAgain() throws Exception {
        fail("claude-haiku-4-5");
        snapshot(1);
        machineTime(20);
        assertThat(updates()).hasSize(1);
    }

    @Test
    void aLateFailureWaitsForItsTurn() throws Exception {
        add(Cube.MODEL, List.of("anthropic", "claude-haiku-4-5"), NOON, 3);
        streamTime(NOON + 30);
        int before = updates().size();
        fail("claude-haiku-4-5");
        machineTime(480);
        assertThat(updates()).hasSize(before);
        machineTime(500);
        assertThat(updates()).hasSize(before + 1);
    }

    @Test
    void unchangedWindowIsStoredAtItsEndThoughTimeJumps() throws Exception {
        add(Cube.PROJECT, List.of(), NOON, 3);
        tick(1);
        streamTime(NOON + 500);
        assertThat(store.windows).hasSize(1);
    }

    @Test
    void lateDeltaRevisesAndTheRevisionGrows() throws Exception {
        add(Cube.PROJECT, List.of(), NOON, 3);
        streamTime(NOON + 30);
        add(Cube.PROJECT, List.of(), NOON, 1);
        tick(1);
        assertThat(store.windows).hasSize(2);
        assertThat(store.windows.get(1).value().spans()).isEqualTo(4);
        assertThat(store.windows.stream().map(WindowRow::revision)).isSortedAccordingTo(Comparator.naturalOrder());
    }

    @Test
    void tenMinutesAfterItsEndNothingIsLeft() throws Exception {
        add(Cube.PROJECT, List.of(), NOON, 3);
        streamTime(NOON + 10);
        streamTime(NOON + 10 + 600);
        streamTime(NOON + 10 + 601 + 86_400 * 2);
        add(Cube.PROJECT, List.of(), NOON + 86_400 * 2 + 600, 1);
        streamTime(NOON + 86_400 * 2 + 610);
        streamTime(NOON + 86_400 * 2 + 1_210);
        assertThat(store.windows).hasSize(2);
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    @Test
    void seriesBeyondTheCapFoldIntoTheRest() throws Exception {
        int cap = Cube.ENVIRONMENT.seriesCap();
        for (int i = 0; i < cap + 5; i++) {
            add(Cube.ENVIRONMENT, List.of("e" + i), NOON, 1);
        }
        streamTime(NOON + 10);
        assertThat(store.windows).hasSize(cap + 1);
        assertThat(store.windows.stream()
                        .filter(row -> row.window().dims().equals(List.of(Cube.OTHER)))
                        .mapToLong(row -> row.value().spans()))
                .containsExactly(5L);
    }

    @Test
    void jointWindowsAreAMinuteLong() throws Exception {
        List<String> dims = List.of("e", "llm", "p", "m", "n", "r", "");
        add(Cube.JOINT, dims, NOON, 2);
        streamTime(NOON + 59);
        assertThat(store.windows).isEmpty();
        streamTime(NOON + 60);
        assertThat(store.windows).extracting(WindowRow::grain).containsExactly(Grain.MINUTE);
    }

    @Test
    void restoredWindowsAreSilentUntilTheyHaveCaughtUp() throws Exception {
        add(Cube.PROJECT, List.of(), NOON, 3);
        OperatorSubtaskState state = snapshot(1);
        harness.close();
        int before = store.windows.size();

        harness = harness();
        harness.setProcessingTime((NOON + 100) * 1_000);
        harness.initializeState(state);
        harness.open();
        add(Cube.PROJECT, List.of(), NOON, 1);
        tick(101);
        streamTime(NOON + 20);
        assertThat(harness.extractOutputValues()).isEmpty();
        assertThat(store.windows).hasSize(before);
        state = snapshot(2);
        harness.close();

        harness = harness();
        harness.setProcessingTime((NOON + 100) * 1_000);
        harness.initializeState(state);
        harness.open();
        streamTime(NOON + 30);
        assertThat(harness.extractOutputValues()).isEmpty();
        streamTime(NOON + 95);
        assertThat(store.windows).hasSize(before + 1);
        assertThat(last().closed()).isTrue();
        assertThat(store.windows.get(before).value().spans()).isEqualTo(4);
    }

    @Test
    void saysWhatTheStoreHasOnceItWasFlushed() throws Exception {
        add(Cube.PROJECT, List.of(), NOON, 3);
        streamTime(NOON + 12);
        tick(1);
        assertThat(marks()).isEmpty();

        snapshot(1);
        RollupUpdate flushed = last();
        add(Cube.PROJECT, List.of(), NOON, 1);
        tick(2);

        assertThat(marks())
                .containsExactly(new StoredMark(
                        0, 1, flushed.revision().epoch(), flushed.revision().n(), NOON + 12));
        assertThat(last().revision().n()).isGreaterThan(flushed.revision().n());
        tick(3);
        assertThat(marks()).hasSize(1);
    }

    /** It withholds windows that have closed meanwhile: the store has none of them, though a checkpoint is complete. */
    @Test
    void claimsNothingOfTheStoreWhileItIsBehind() throws Exception {
        add(Cube.PROJECT, List.of(), NOON, 3);
        OperatorSubtaskState state = snapshot(1);
        harness.close();

        harness = harness();
        harness.setProcessingTime((NOON + 3_600) * 1_000);
        harness.initializeState(state);
        harness.open();
        streamTime(NOON + 1_800);
        snapshot(2);
        tick(3_601);
        assertThat(store.windows).isEmpty();
        assertThat(marks()).isEmpty();

        streamTime(NOON + 3_600);
        snapshot(3);
        tick(3_602);
        assertThat(store.windows).hasSize(1);
        assertThat(marks()).extracting(StoredMark::untilSecond).containsExactly(NOON + 3_600);
    }

    private List<StoredMark> marks() {
        return said(StoredMark.class);
    }

    private List<RollupUpdate> updates() {
        return said(RollupUpdate.class);
    }

    private <T extends RollupSaid> List<T> said(Class<T> kind) {
        return harness.extractOutputValues().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    @Test
    void saysThatTimeHasPassedBehindTheFinalValues() throws Exception {
        add(Cube.PROJECT, List.of(), NOON, 3);
        streamTime(NOON + 9);
        streamTime(NOON + 10);
        List<RollupSaid> said = harness.extractOutputValues();
        RollupSaid last = said.get(said.size() - 1);
        assertThat(last).isEqualTo(new ClosedMark(0, 0, 1, NOON + 10));
        RollupSaid before = said.get(said.size() - 2);
        assertThat(before)
                .isInstanceOfSatisfying(
                        RollupUpdate.class,
                        update -> assertThat(update.closed()).isTrue());
        assertThat(said(ClosedMark.class)).extracting(ClosedMark::untilSecond).endsWith(NOON + 9, NOON + 10);
    }

    /** After a pause of ours much comes at once: who hears of the time must not think that nothing came. */
    @Test
    void saysWhatCameBeforeItSaysThatTimeHasPassedHoweverFastItDoes() throws Exception {
        for (int second = 1; second <= 5; second++) {
            add(Cube.PROJECT, List.of(), NOON, 3);
            streamTime(NOON + second);
        }
        List<RollupSaid> said = harness.extractOutputValues();
        long spans = 0;
        for (RollupSaid one : said) {
            if (one instanceof RollupUpdate update) {
                spans = WindowValue.decode(update.value()).spans();
            } else if (one instanceof ClosedMark mark && mark.untilSecond() > NOON) {
                // What came since the mark before may be said with the next one.
                assertThat(spans).isGreaterThanOrEqualTo(3 * (mark.untilSecond() - NOON - 1));
            }
        }
        assertThat(spans).isGreaterThanOrEqualTo(12);
    }

    private OperatorSubtaskState snapshot(long id) throws Exception {
        harness.prepareSnapshotPreBarrier(id);
        return harness.snapshot(id, id);
    }

    private KeyedOneInputStreamOperatorTestHarness<CubeKey, SeriesDelta, RollupSaid> harness() throws Exception {
        var made = new KeyedOneInputStreamOperatorTestHarness<>(
                new WindowOperator(store.factory(), WindowConfig.DEFAULT),
                CubeKey::of,
                CubeKeySerializer.INSTANCE.typeInfo());
        made.setup(RollupSaidSerializer.INSTANCE);
        return made;
    }

    private void add(Cube cube, List<String> dims, long start, int spans) throws Exception {
        WindowValue value = new WindowValue();
        for (int i = 0; i < spans; i++) {
            value.span(1, false);
        }
        harness.processElement(
                new StreamRecord<>(new SeriesDelta(new SeriesWindow(PROJECT, cube, dims, start), value)));
    }

    private void fail(String model) throws Exception {
        WindowValue value = new WindowValue();
        value.span(1, true);
        value.request(1, true, 100);
        harness.processElement(new StreamRecord<>(
                new SeriesDelta(new SeriesWindow(PROJECT, Cube.MODEL, List.of("anthropic", model), NOON), value)));
    }

    /** Moves the machine's clock to so many milliseconds after noon. */
    private void machineTime(long millis) throws Exception {
        harness.setProcessingTime(NOON * 1_000 + millis);
    }

    private void streamTime(long second) throws Exception {
        harness.processWatermark(second * 1_000);
    }

    /** Moves the machine's clock to so many seconds after noon. */
    private void tick(long second) throws Exception {
        harness.setProcessingTime((NOON + second) * 1_000);
    }

    private RollupUpdate last() {
        List<RollupUpdate> updates = updates();
        return updates.get(updates.size() - 1);
    }
}
