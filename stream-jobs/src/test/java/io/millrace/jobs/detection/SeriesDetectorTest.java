package io.millrace.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.window.Cube;
import io.millrace.schema.window.WindowValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeriesDetectorTest {
    /** 2026-11-20T12:00:00Z. */
    private static final long NOON = 1_795_176_000_000L;

    private static final long WINDOW = SeriesDetector.WINDOW_MILLIS;
    private static final Series SERIES = new Series(new UUID(1, 2), Cube.MODEL, List.of("openai", "gpt-4o"));

    private final List<Finding> changes = new ArrayList<>();
    private SeriesDetector detector = new SeriesDetector(SERIES);
    private long next = NOON;
    private long cameUntil = NOON;

    @ParameterizedTest
    @CsvSource({"1, 4", "2, 12", "3, 40", "4, 150", "5, 1", "6, 0.3", "7, 600", "8, 25"})
    void calmTrafficFindsNothing(long seed, double requests) {
        for (int run = 0; run < 20; run++) {
            detector = new SeriesDetector(SERIES);
            Traffic traffic = new Traffic(seed * 1_000 + run, requests);
            close(traffic, 180);
        }
        assertThat(changes).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void findsASlowModelInItsFirstWindow(long seed) {
        Traffic traffic = new Traffic(seed, 40);
        close(traffic, 11);
        traffic.slowness = 5;
        close(traffic, 4);
        assertThat(first()).isEqualTo("latency_p95 spike +1");
        traffic.slowness = 1;
        close(traffic, 3);
        assertThat(last().state()).isEqualTo(AnomalyState.RESOLVED);
        assertThat(last().ended()).isEqualTo(NOON + 15 * WINDOW);
        assertThat(measures()).containsOnly(Measure.LATENCY_P95);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void findsABurstOfErrorsInItsFirstOrSecondWindow(long seed) {
        Traffic traffic = new Traffic(seed, 60);
        close(traffic, 11);
        traffic.errorRate = 0.4;
        close(traffic, 4);
        assertThat(first()).isIn("error_rate spike +1", "error_rate spike +2");
        assertThat(measures()).containsOnly(Measure.ERROR_RATE);
        assertThat(changes).extracting(Finding::id).containsOnly(changes.get(0).id());
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "2, 12", "3, 40", "4, 150", "5, 1", "6, 0.3", "7, 600", "8, 25"})
    void callsThatFailTogetherAreSeldomToldInTenHours(long seed, double requests) {
        for (int run = 0; run < 20; run++) {
            detector = new SeriesDetector(SERIES);
            Traffic traffic = new Traffic(seed * 1_000 + run, requests);
            traffic.jointErrors = 0.01;
            next = NOON;
            for (int i = 0; i < 180; i++) {
                openAndClose(traffic);
            }
        }
        assertThat(changes.stream().map(Finding::onset).distinct()).hasSizeLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void findsABurstOfErrorsThatBeginsLateInAWindow(long seed) {
        Traffic traffic = new Traffic(seed, 50);
        traffic.errorRate = 0.02;
        close(traffic, 30);
        WindowValue begun = traffic.window(0.6);
        changes.addAll(open(next, begun, next + 1_000, true));
        traffic.errorRate = 0.4;
        WindowValue late = traffic.window(0.4);
        begun.merge(late);
        changes.addAll(detector.open(next, begun, detector.count(late), next + 5_000, true));
        WindowValue following = traffic.window(0.6);
        changes.addAll(open(next + WINDOW, following, next + WINDOW, true));
        assertThat(measures()).containsOnly(Measure.ERROR_RATE);

        changes.addAll(close(begun, true));
        assertThat(changes).extracting(Finding::state).containsOnly(AnomalyState.OPEN);
    }

    @Test
    void whatWasNormalBeforeRefutesNothing() {
        Traffic traffic = new Traffic(5, 60);
        close(traffic, 11);
        WindowValue calm = traffic.window(1);
        traffic.errorRate = 0.6;
        changes.addAll(open(next + WINDOW, traffic.window(0.4), next + WINDOW, true));
        changes.addAll(close(calm, true));
        assertThat(changes).extracting(Finding::state).containsExactly(AnomalyState.OPEN);
    }

    /** While the jobs catch up, failures of later windows come before the windows ahead of them are over. */
    @Test
    void whatBeginsLaterDoesNotProlongWhatIsOver() {
        Traffic traffic = new Traffic(5, 60);
        close(traffic, 11);
        traffic.errorRate = 0.6;
        close(traffic, 4);
        traffic.errorRate = 0.01;
        close(traffic, 2);
        WindowValue third = traffic.window(1);
        WindowValue fourth = traffic.window(1);
        traffic.errorRate = 0.6;
        WindowValue fifth = traffic.window(1);

        changes.addAll(open(next + 2 * WINDOW, fifth, next, true));
        changes.addAll(close(third, true));
        next += WINDOW;
        assertThat(last().state()).isEqualTo(AnomalyState.RESOLVED);
        assertThat(last().onset()).isEqualTo(NOON + 11 * WINDOW);
        assertThat(last().ended()).isEqualTo(NOON + 15 * WINDOW);

        changes.addAll(close(fourth, true));
        next += WINDOW;
        changes.addAll(close(fifth, true));
        assertThat(last().state()).isEqualTo(AnomalyState.OPEN);
        assertThat(last().onset()).isEqualTo(NOON + 19 * WINDOW);
    }

    @Test
    void whatFailsAgainIsNotOver() {
        Traffic traffic = new Traffic(5, 60);
        close(traffic, 11);
        traffic.errorRate = 0.6;
        close(traffic, 4);
        traffic.errorRate = 0.01;
        close(traffic, 2);
        traffic.errorRate = 0.6;
        changes.addAll(open(next, traffic.window(0.5), next + WINDOW / 2, true));
        traffic.errorRate = 0.01;
        changes.addAll(close(traffic.window(1), true));
        assertThat(last().state()).isEqualTo(AnomalyState.OPEN);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void findsARiseOfCostInItsFirstWindow(long seed) {
        Traffic traffic = new Traffic(seed, 40);
        close(traffic, 11);
        traffic.price = 20;
        close(traffic, 4);
        assertThat(first()).isEqualTo("cost spike +1");
        assertThat(measures()).containsOnly(Measure.COST);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void findsASilenceWithinItsFirstWindow(long seed) {
        Traffic traffic = new Traffic(seed, 150);
        close(traffic, 11);
        assertThat(secondsOfSilenceUntilTold()).isLessThanOrEqualTo(10);
        assertThat(first()).isEqualTo("throughput silence +1");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aFirstWindowThatIsAPartOfOneHidesNoSilence(long seed) {
        Traffic traffic = new Traffic(seed, 900);
        changes.addAll(close(traffic.window(0.3), true));
        next += WINDOW;
        close(traffic, 16);
        assertThat(changes).isEmpty();
        assertThat(secondsOfSilenceUntilTold()).isLessThanOrEqualTo(4);
    }

    private int secondsOfSilenceUntilTold() {
        for (int second = 1; second <= 10 && changes.isEmpty(); second++) {
            long now = next + second * 1_000L;
            detector.look(Arrivals.NONE, now - 1_000, now, next, true).ifPresent(changes::add);
            if (!changes.isEmpty()) {
                return second;
            }
        }
        return Integer.MAX_VALUE;
    }

    @Test
    void openWindowIsJudgedBeforeItsEnd() {
        Traffic traffic = new Traffic(5, 60);
        close(traffic, 11);
        traffic.errorRate = 0.6;
        changes.addAll(open(next, traffic.window(0.4), next - 1_000, true));
        assertThat(first()).isEqualTo("error_rate spike +1");
        assertThat(changes.get(0).firstSeen()).isEqualTo(next);
    }

    @Test
    void whatAWholeWindowRefutesIsWithdrawn() {
        Traffic traffic = new Traffic(5, 60);
        close(traffic, 11);
        WindowValue failing = new WindowValue();
        for (int i = 0; i < 6; i++) {
            failing.span(1, true);
            failing.request(1, true, 800);
        }
        changes.addAll(open(next, failing, next, true));
        assertThat(changes).hasSize(1);
        WindowValue whole = traffic.window(1);
        for (int i = 0; i < 2_000; i++) {
            whole.request(1, i < 20, 800);
        }
        changes.clear();
        changes.addAll(close(whole, true));
        assertThat(changes).extracting(Finding::state).contains(AnomalyState.WITHDRAWN);
    }

    @Test
    void whatWeMayHaveMissedIsNoSilenceAndEndsNone() {
        Traffic traffic = new Traffic(5, 150);
        close(traffic, 11);
        for (int i = 0; i < 30; i++) {
            changes.addAll(open(next, new WindowValue(), next + WINDOW, false));
            changes.addAll(close(new WindowValue(), false));
            next += WINDOW;
        }
        assertThat(changes).isEmpty();
        close(traffic, 3);
        assertThat(changes).isEmpty();

        changes.addAll(close(new WindowValue(), true));
        assertThat(changes).extracting(Finding::state).containsOnly(AnomalyState.OPEN);
        assertThat(changes.get(0).onset()).isEqualTo(next);
        int told = changes.size();
        for (int i = 0; i < 5; i++) {
            next += WINDOW;
            changes.addAll(close(traffic.window(1), false));
        }
        assertThat(changes).hasSize(told);
    }

    @Test
    void whatComesWhileWeMayMissSomethingIsStillJudgedByItself() {
        Traffic traffic = new Traffic(5, 60);
        close(traffic, 11);
        traffic.errorRate = 0.6;
        changes.addAll(close(traffic.window(0.4), false));
        assertThat(measures()).containsExactly(Measure.ERROR_RATE);
        for (int i = 0; i < 5; i++) {
            next += WINDOW;
            changes.addAll(close(new WindowValue(), false));
        }
        assertThat(changes).hasSize(1);
    }

    @Test
    void whatComesWhileWeMayMissSomethingCanShowThatItIsOver() {
        Traffic traffic = new Traffic(5, 60);
        close(traffic, 11);
        traffic.errorRate = 0.6;
        close(traffic, 2);
        traffic.errorRate = 0;
        for (int i = 0; i < 3; i++) {
            changes.addAll(close(traffic.window(0.4), false));
            next += WINDOW;
        }
        assertThat(last().state()).isEqualTo(AnomalyState.RESOLVED);
        traffic.errorRate = 0.6;
        close(traffic, 1);
        assertThat(last().state()).isEqualTo(AnomalyState.OPEN);
        assertThat(last().id()).isNotEqualTo(changes.get(0).id());
    }

    @Test
    void aNewLevelIsAcceptedInTime() {
        Traffic traffic = new Traffic(5, 60);
        close(traffic, 30);
        traffic.slowness = 4;
        close(traffic, SeriesProfile.ACCEPTED_AFTER + 20);
        assertThat(last().state()).isEqualTo(AnomalyState.RESOLVED);
        changes.clear();
        close(traffic, 60);
        assertThat(changes).isEmpty();
    }

    /** A stack that is killed again and again while it begins: of nothing that came in between it is known how much it is. */
    @Test
    void howMuchComesIsNotJudgedBeforeItIsKnown() {
        Traffic traffic = new Traffic(5, 60);
        for (int i = 0; i < 3 * SeriesProfile.WARM_UP; i++, next += WINDOW) {
            changes.addAll(detector.close(next, traffic.window(1), next + WINDOW, false));
        }
        changes.addAll(detector.open(next, traffic.window(1), Calls.NONE, next + 5_000, true));
        cameUntil = next;
        close(traffic, 60);
        assertThat(changes).isEmpty();
    }

    @Test
    void aRestoredDetectorGoesOnAsIfNothingHadHappened() throws IOException {
        Traffic traffic = new Traffic(5, 60);
        close(traffic, 12);
        traffic.errorRate = 0.5;
        close(traffic, 2);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        detector.writeTo(new DataOutputStream(bytes));
        SeriesDetector restored =
                SeriesDetector.readFrom(SERIES, new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        for (int i = 0; i < 20; i++) {
            traffic.errorRate = i < 3 ? 0.5 : 0.01;
            WindowValue value = traffic.window(1);
            assertThat(restored.look(arrivals(value), next, next + WINDOW, next + WINDOW, true))
                    .isEmpty();
            assertThat(restored.close(next, value, next + WINDOW, true)).isEqualTo(close(value, true));
            next += WINDOW;
        }
    }

    private List<Finding> open(long start, WindowValue value, long streamTime, boolean whole) {
        return detector.open(start, value, detector.count(value), streamTime, whole);
    }

    private static Arrivals arrivals(WindowValue value) {
        return new Arrivals(value.spans(), value.requests(), value.tracesBegun());
    }

    private List<Finding> close(WindowValue value, boolean whole) {
        if (value.spans() > 0 || !whole) {
            cameUntil = next + WINDOW;
        }
        List<Finding> found = new ArrayList<>();
        detector.look(arrivals(value), next, next + WINDOW, cameUntil, whole).ifPresent(found::add);
        found.addAll(detector.close(next, value, cameUntil, whole));
        return found;
    }

    /** A window that is looked at ten times before it is over. */
    private void openAndClose(Traffic traffic) {
        WindowValue value = new WindowValue();
        for (int part = 0; part < 10; part++) {
            WindowValue more = traffic.window(0.1);
            value.merge(more);
            changes.addAll(detector.open(next, value, detector.count(more), next, true));
        }
        changes.addAll(close(value, true));
        next += WINDOW;
    }

    private void close(Traffic traffic, int windows) {
        for (int i = 0; i < windows; i++) {
            changes.addAll(close(traffic.window(1), true));
            next += WINDOW;
        }
    }

    /** Measure, kind, and in which window after the eleven calm ones. */
    private String first() {
        assertThat(changes).isNotEmpty();
        Finding first = changes.get(0);
        long window = (first.onset() - NOON) / WINDOW - 10;
        return first.worst().measure().label() + " " + first.worst().kind().label() + " +" + window;
    }

    private Finding last() {
        return changes.get(changes.size() - 1);
    }

    private List<Measure> measures() {
        return changes.stream().map(change -> change.worst().measure()).toList();
    }
}
