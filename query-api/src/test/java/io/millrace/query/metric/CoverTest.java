package io.millrace.query.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.query.metric.Cover.Segment;
import io.millrace.query.metric.Cover.Stale;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class CoverTest {
    private static final Source PROJECT = new Source(Cube.PROJECT, Set.of(), Set.of());
    private static final Source JOINT = new Source(Cube.JOINT, Set.of(), Set.of());
    private static final long NOW = at("2026-11-20T10:07:30Z");
    private static final long CLOSED = at("2026-11-20T10:06:20Z");

    private static long at(String time) {
        return Instant.parse(time).getEpochSecond();
    }

    private static Segment segment(Grain grain, String from, String to) {
        return new Segment(grain, at(from), at(to));
    }

    @Test
    void usesTheLongestWindowsThatFit() {
        var cover = new Cover(PROJECT, NOW, CLOSED, List.of(), List.of());

        assertThat(cover.of(at("2026-11-18T22:58:50Z"), at("2026-11-20T10:07:30Z"), Grain.DAY))
                .containsExactly(
                        segment(Grain.TEN_SECONDS, "2026-11-18T22:58:50Z", "2026-11-18T22:59:00Z"),
                        segment(Grain.MINUTE, "2026-11-18T22:59:00Z", "2026-11-18T23:00:00Z"),
                        segment(Grain.HOUR, "2026-11-18T23:00:00Z", "2026-11-19T00:00:00Z"),
                        segment(Grain.DAY, "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"),
                        segment(Grain.HOUR, "2026-11-20T00:00:00Z", "2026-11-20T10:00:00Z"),
                        segment(Grain.MINUTE, "2026-11-20T10:00:00Z", "2026-11-20T10:06:00Z"),
                        segment(Grain.TEN_SECONDS, "2026-11-20T10:06:00Z", "2026-11-20T10:07:30Z"));
    }

    @Test
    void usesNoWindowLongerThanAPoint() {
        var cover = new Cover(PROJECT, NOW, CLOSED, List.of(), List.of());

        assertThat(cover.of(at("2026-11-19T00:00:00Z"), at("2026-11-20T00:00:00Z"), Grain.MINUTE))
                .containsExactly(segment(Grain.MINUTE, "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"));
    }

    @Test
    void looksInsideOfAWindowThatWaitsToBeComputed() {
        var stale = List.of(new Stale(3_600, at("2026-11-20T05:00:00Z")));
        var cover = new Cover(PROJECT, NOW, CLOSED, stale, List.of());

        assertThat(cover.of(at("2026-11-20T04:00:00Z"), at("2026-11-20T07:00:00Z"), Grain.DAY))
                .containsExactly(
                        segment(Grain.HOUR, "2026-11-20T04:00:00Z", "2026-11-20T05:00:00Z"),
                        segment(Grain.MINUTE, "2026-11-20T05:00:00Z", "2026-11-20T06:00:00Z"),
                        segment(Grain.HOUR, "2026-11-20T06:00:00Z", "2026-11-20T07:00:00Z"));
    }

    @Test
    void looksInsideOfAWindowWithAGrandchildThatWaits() {
        var stale = List.of(new Stale(60, at("2026-11-20T05:30:00Z")));
        var cover = new Cover(PROJECT, NOW, CLOSED, stale, List.of());

        assertThat(cover.of(at("2026-11-20T05:00:00Z"), at("2026-11-20T06:00:00Z"), Grain.DAY))
                .containsExactly(
                        segment(Grain.MINUTE, "2026-11-20T05:00:00Z", "2026-11-20T05:30:00Z"),
                        segment(Grain.TEN_SECONDS, "2026-11-20T05:30:00Z", "2026-11-20T05:31:00Z"),
                        segment(Grain.MINUTE, "2026-11-20T05:31:00Z", "2026-11-20T06:00:00Z"));
    }

    @Test
    void looksInsideOfAClosedWindowThatWasRevisedAMomentAgo() {
        var cover = new Cover(PROJECT, NOW, CLOSED, List.of(), List.of(at("2026-11-20T10:01:20Z")));

        assertThat(cover.of(at("2026-11-20T10:00:00Z"), at("2026-11-20T10:03:00Z"), Grain.DAY))
                .containsExactly(
                        segment(Grain.MINUTE, "2026-11-20T10:00:00Z", "2026-11-20T10:01:00Z"),
                        segment(Grain.TEN_SECONDS, "2026-11-20T10:01:00Z", "2026-11-20T10:02:00Z"),
                        segment(Grain.MINUTE, "2026-11-20T10:02:00Z", "2026-11-20T10:03:00Z"));
    }

    @Test
    void staysWithTheParentWhereChildrenAreNoLongerKept() {
        var stale = List.of(new Stale(60, at("2026-11-10T05:30:00Z")));
        var cover = new Cover(PROJECT, NOW, CLOSED, stale, List.of());

        assertThat(cover.of(at("2026-11-10T05:00:00Z"), at("2026-11-10T06:00:00Z"), Grain.DAY))
                .containsExactly(segment(Grain.MINUTE, "2026-11-10T05:00:00Z", "2026-11-10T06:00:00Z"));
    }

    @Test
    void hasOneGrainInTheJointSeries() {
        var cover = new Cover(JOINT, NOW, CLOSED, List.of(), List.of(at("2026-11-20T10:06:00Z")));

        assertThat(cover.of(at("2026-11-19T00:00:00Z"), at("2026-11-20T10:08:00Z"), Grain.DAY))
                .containsExactly(segment(Grain.MINUTE, "2026-11-19T00:00:00Z", "2026-11-20T10:08:00Z"));
    }

    @RepeatedTest(200)
    void coversEveryShortestWindowExactlyOnceAndNothingUnfit(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        long from = Grain.TEN_SECONDS.floor(NOW - random.nextInt(40 * 3_600));
        long to = from + 10L * random.nextInt((int) ((NOW - from) / 10) + 1);
        List<Stale> stale = new ArrayList<>();
        Set<Long> revised = new HashSet<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            Grain grain = Grain.values()[1 + random.nextInt(3)];
            stale.add(new Stale(grain.seconds(), grain.floor(NOW - random.nextInt(40 * 3_600))));
            revised.add(Grain.TEN_SECONDS.floor(NOW - random.nextInt(40 * 3_600)));
        }
        Grain longest = Grain.values()[random.nextInt(4)];

        var segments = new Cover(PROJECT, NOW, CLOSED, stale, revised).of(from, to, longest);

        List<Long> covered = new ArrayList<>();
        for (Segment segment : segments) {
            assertThat(segment.grain().seconds()).isLessThanOrEqualTo(longest.seconds());
            for (long start = segment.from();
                    start < segment.to();
                    start += segment.grain().seconds()) {
                assertThat(start % segment.grain().seconds()).isZero();
                assertFit(segment.grain(), start, stale, revised);
                for (long child = start; child < start + segment.grain().seconds(); child += 10) {
                    covered.add(child);
                }
            }
        }
        List<Long> expected = new ArrayList<>();
        for (long start = from; start < to; start += 10) {
            expected.add(start);
        }
        assertThat(covered).isEqualTo(expected);
    }

    private static void assertFit(Grain grain, long start, List<Stale> stale, Set<Long> revised) {
        if (grain == Grain.TEN_SECONDS) {
            return;
        }
        long end = start + grain.seconds();
        assertThat(end).isLessThanOrEqualTo(CLOSED);
        assertThat(stale)
                .noneMatch(window ->
                        window.seconds() <= grain.seconds() && window.start() >= start && window.start() < end);
        assertThat(revised).noneMatch(window -> window >= start && window < end);
    }
}
