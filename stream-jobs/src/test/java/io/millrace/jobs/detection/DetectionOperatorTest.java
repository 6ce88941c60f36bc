package io.millrace.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import java.util.List;
import java.util.UUID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DetectionOperatorTest {
    /** 2026-11-20T12:00:00Z. */
    private static final long NOON = 1_795_176_000_000L;

    private static final long WINDOW = SeriesDetector.WINDOW_MILLIS;
    private static final Series SERIES = new Series(new UUID(1, 2), Cube.PROJECT, List.of());

    private final Traffic traffic = new Traffic(11, 150);
    private KeyedOneInputStreamOperatorTestHarness<Series, WatchedWindow, Finding> harness;
    private long n;
    private int epoch = 1;
    private long now = NOON;
    private WindowValue growing = new WindowValue();

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
    void silenceIsSeenOnlyWhenTimeIsToldAndEndsWithTheNextSpans() throws Exception {
        calm(0, 12);
        assertThat(findings()).isEmpty();
        // Nothing comes, and nobody says that time passes: that may be a fault of ours.
        harness.setProcessingTime(NOON + 3_600_000);
        assertThat(findings()).isEmpty();

        pass(12, 14);
        assertThat(findings()).isNotEmpty();
        Finding silence = findings().get(0);
        assertThat(silence.worst().kind()).isEqualTo(AnomalyKind.SILENCE);
        assertThat(silence.onset()).isEqualTo(NOON + 12 * WINDOW);
        assertThat(silence.firstSeen()).isBetween(NOON + 12 * WINDOW + 1_000, NOON + 13 * WINDOW);

        calm(14, 4);
        Finding last = findings().get(findings().size() - 1);
        assertThat(last.id()).isEqualTo(silence.id());
        assertThat(last.state()).isEqualTo(AnomalyState.RESOLVED);
        assertThat(last.ended()).isEqualTo(NOON + 14 * WINDOW);
    }

    @Test
    void silenceThatBeginsWithinAWindowIsSeenSoonerThanTheNextOneIsOver() throws Exception {
        calm(0, 12);
        say(12, traffic.window(0.5));
        // What has come until then ended five seconds later at most.
        until(NOON + 12 * WINDOW + 5_000);
        assertThat(findings()).isEmpty();
        until(NOON + 13 * WINDOW + 2_000);
        assertThat(findings()).isNotEmpty();
        // It may have been a drop for a second or two.
        Finding silence = findings().get(findings().size() - 1);
        assertThat(silence.worst().kind()).isEqualTo(AnomalyKind.SILENCE);
        assertThat(silence.since()).isEqualTo(NOON + 12 * WINDOW + 5_000);
        until(NOON + 15 * WINDOW);
        assertThat(findings())
                .extracting(Finding::id)
                .containsOnly(findings().get(0).id());
        assertThat(findings()).extracting(Finding::state).containsOnly(AnomalyState.OPEN);
    }

    @Test
    void aSilenceIsSeenWhileTheLastSpansOfWhatWasUnderWayStillCome() throws Exception {
        for (long second = 0; second < 180; second++) {
            trickle(second, 15);
        }
        for (long second = 180; second < 187; second++) {
            trickle(second, 1);
        }
        assertThat(findings()).isNotEmpty();
        Finding drop = findings().get(0);
        assertThat(drop.worst().kind()).isEqualTo(AnomalyKind.DROP);
        assertThat(drop.worst().observed()).isBetween(1.0, 50.0);
        assertThat(drop.worst().expected()).isBetween(130.0, 170.0);
        assertThat(drop.onset()).isBetween(NOON + 178_000, NOON + 182_000);
        for (long second = 187; second < 220; second++) {
            trickle(second, 0);
        }
        Finding silence = findings().get(findings().size() - 1);
        assertThat(silence.id()).isEqualTo(drop.id());
        assertThat(silence.worst().kind()).isEqualTo(AnomalyKind.SILENCE);
        assertThat(silence.since()).isGreaterThan(drop.onset());
        for (long second = 220; second < 300; second++) {
            trickle(second, 15);
        }
        assertThat(findings().get(findings().size() - 1).state()).isEqualTo(AnomalyState.RESOLVED);
        assertThat(findings()).extracting(Finding::id).containsOnly(drop.id());
    }

    /** A second in which so many spans come, as the writers tell of it: first the windows, then time. */
    private void trickle(long second, int spans) throws Exception {
        trickle(second, spans, 0);
    }

    private void trickle(long second, int spans, int traces) throws Exception {
        int window = (int) (second / 10);
        if (second % 10 == 0) {
            growing = new WindowValue();
        }
        for (int i = 0; i < spans; i++) {
            growing.span(1, false);
        }
        for (int i = 0; i < traces; i++) {
            growing.begun();
        }
        if (spans > 0) {
            say(window, growing);
        }
        until(NOON + (second - 4) * 1_000);
    }

    /** A job that fails says again what it had said, and time goes on where it was, without anything new for a while. */
    @Test
    void aJobThatIsBackInAFewSecondsMakesNoDrop() throws Exception {
        for (long second = 0; second < 180; second++) {
            trickle(second, 15);
        }
        epoch++;
        say(17, growing);
        until(NOON + 180_000);
        assertThat(findings()).isEmpty();
        growing = new WindowValue();
        for (int i = 0; i < 75; i++) {
            growing.span(1, false);
        }
        say(18, growing);
        for (long second = 185; second < 240; second++) {
            trickle(second, 15);
        }
        assertThat(findings()).isEmpty();

        for (long second = 240; second < 280; second++) {
            trickle(second, 0);
        }
        assertThat(findings()).isNotEmpty();
    }

    /** What is under way still comes for a while, at half the pace. */
    @Test
    void thatNothingBeginsIsSeenBeforeAllHasEnded() throws Exception {
        for (long second = 0; second < 240; second++) {
            trickle(second, 15, 2);
        }
        for (long second = 240; second < 252; second++) {
            trickle(second, 8, 0);
        }
        assertThat(findings()).isNotEmpty();
        assertThat(findings().get(0).worst().kind()).isEqualTo(AnomalyKind.DROP);
        assertThat(findings().get(0).worst().observed()).isBetween(75.0, 105.0);
        assertThat(findings().get(0).worst().expected()).isBetween(140.0, 160.0);
    }

    @Test
    void thatNothingBeginsIsNothingWhileAsMuchComesAsEver() throws Exception {
        for (long second = 0; second < 240; second++) {
            trickle(second, 15, 2);
        }
        for (long second = 240; second < 400; second++) {
            trickle(second, 15, 0);
        }
        assertThat(findings()).isEmpty();
    }

    /** Nothing has begun for long when what goes on begins to fail to come. */
    @Test
    void aDropIsNotHiddenByThatNothingBegins() throws Exception {
        for (long second = 0; second < 240; second++) {
            trickle(second, 15, 2);
        }
        for (long second = 240; second < 360; second++) {
            trickle(second, 15, 0);
        }
        assertThat(findings()).isEmpty();
        for (long second = 360; second < 390; second++) {
            trickle(second, 5, 0);
        }
        assertThat(findings()).isNotEmpty();
        assertThat(findings().get(0).worst().kind()).isEqualTo(AnomalyKind.DROP);
        assertThat(findings().get(0).worst().observed()).isBetween(45.0, 70.0);
        assertThat(findings().get(0).onset()).isBetween(NOON + 358_000, NOON + 362_000);
        assertThat(findings().get(0).firstSeen()).isLessThanOrEqualTo(NOON + 366_000);
    }

    @Test
    void aPauseOfOursIsNoSilenceOfTheirs() throws Exception {
        calm(0, 12);
        // All was killed; two minutes later it runs again, and the senders find out a little later.
        now = NOON + 24 * WINDOW;
        until(NOON + 26 * WINDOW - 1_000);
        say(25, traffic.window(0.3));
        calm(26, 12);
        assertThat(findings()).isEmpty();

        pass(38, 40);
        assertThat(findings()).isNotEmpty().allMatch(one -> one.worst().measure() == Measure.THROUGHPUT);
        assertThat(findings().get(findings().size() - 1).worst().kind()).isEqualTo(AnomalyKind.SILENCE);
    }

    @Test
    void aSilenceLastsThroughAPauseOfOurs() throws Exception {
        calm(0, 12);
        pass(12, 15);
        Finding silence = findings().get(0);
        now = NOON + 30 * WINDOW;
        pass(30, 36);
        assertThat(findings()).extracting(Finding::id).containsOnly(silence.id());
        assertThat(findings()).extracting(Finding::state).containsOnly(AnomalyState.OPEN);
    }

    @Test
    void anOpenWindowIsJudgedAsItComes() throws Exception {
        calm(0, 12);
        traffic.errorRate = 0.5;
        say(12, traffic.window(0.5));
        assertThat(findings()).hasSize(1);
        assertThat(findings().get(0).worst().measure()).isEqualTo(Measure.ERROR_RATE);
    }

    @Test
    void aNewSeriesIsLearntInWhicheverOrderItsWindowsAreSaid() throws Exception {
        for (int i = 11; i >= 0; i--) {
            say(i, traffic.window(1));
        }
        until(NOON + 12 * WINDOW);
        // That all of it came at once is not normal either.
        assertThat(findings()).allMatch(one -> one.worst().measure() == Measure.THROUGHPUT);
        traffic.errorRate = 0.5;
        say(12, traffic.window(0.5));
        assertThat(findings()).anyMatch(one -> one.worst().measure() == Measure.ERROR_RATE);
    }

    @Test
    void aFirstSpanFromAClockThatIsAheadHidesNothing() throws Exception {
        say(30, traffic.window(0.1));
        calm(0, 12);
        assertThat(findings()).isEmpty();
        pass(12, 14);
        assertThat(findings()).isNotEmpty();
        Finding silence = findings().get(0);
        assertThat(silence.worst().kind()).isEqualTo(AnomalyKind.SILENCE);
        assertThat(silence.onset()).isEqualTo(NOON + 12 * WINDOW);
        assertThat(silence.firstSeen()).isLessThanOrEqualTo(NOON + 13 * WINDOW);
    }

    @Test
    void whatIsSaidOfAClosedWindowChangesNothing() throws Exception {
        calm(0, 12);
        traffic.errorRate = 1;
        say(3, traffic.window(1));
        assertThat(findings()).isEmpty();
    }

    @Test
    void aRestoredTaskFindsTheSameAgain() throws Exception {
        calm(0, 12);
        OperatorSubtaskState state = harness.snapshot(1, 1);
        traffic.errorRate = 0.5;
        WindowValue bad = traffic.window(1);
        until(NOON + 13 * WINDOW - 1_000);
        say(12, bad);
        until(NOON + 13 * WINDOW);
        List<Finding> before = findings();
        assertThat(before).isNotEmpty();
        harness.close();

        harness = harness();
        harness.initializeState(state);
        harness.open();
        now = NOON + 12 * WINDOW;
        until(NOON + 13 * WINDOW - 1_000);
        say(12, bad);
        until(NOON + 13 * WINDOW);
        assertThat(findings()).isEqualTo(before);
    }

    @Test
    void aSeriesThatNobodyHasSeenForHoursIsForgotten() throws Exception {
        calm(0, 3);
        until(NOON + 500 * WINDOW);
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    private void calm(int first, int windows) throws Exception {
        for (int i = first; i < first + windows; i++) {
            WindowValue value = new WindowValue();
            for (int second = 0; second < 10; second++) {
                value.merge(traffic.window(0.1));
                say(i, value);
                until(NOON + i * WINDOW + second * 1_000L);
            }
            until(NOON + (i + 1) * WINDOW);
        }
    }

    private void pass(int from, int to) throws Exception {
        until(NOON + from * WINDOW);
        until(NOON + to * WINDOW);
    }

    /** Time as it is told: second by second. */
    private void until(long time) throws Exception {
        for (; now <= time; now += 1_000) {
            harness.processWatermark(now);
        }
    }

    private void say(int window, WindowValue value) throws Exception {
        harness.processElement(new StreamRecord<>(
                new WatchedWindow(SERIES, NOON + window * WINDOW, new Revision(0, epoch, ++n), value.encode())));
    }

    private List<Finding> findings() {
        return harness.extractOutputValues();
    }

    private static KeyedOneInputStreamOperatorTestHarness<Series, WatchedWindow, Finding> harness() throws Exception {
        var made = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new DetectionOperator()),
                WatchedWindow::series,
                SeriesSerializer.INSTANCE.typeInfo());
        made.setup(FindingSerializer.INSTANCE);
        return made;
    }
}
