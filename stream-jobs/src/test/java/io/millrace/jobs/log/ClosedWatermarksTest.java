package io.millrace.jobs.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.detection.Series;
import io.millrace.jobs.detection.WatchedWindow;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class ClosedWatermarksTest {
    private final ClosedWatermarks watermarks = new ClosedWatermarks();
    private final List<Long> told = new ArrayList<>();
    private final WatermarkOutput output = new WatermarkOutput() {
        @Override
        public void emitWatermark(Watermark watermark) {
            told.add(watermark.getTimestamp() / 1_000);
        }

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
    };

    @Test
    void timeIsThatOfTheSlowestWriter() {
        closed(0, 2, 100);
        closed(1, 2, 99);
        closed(1, 2, 101);
        assertThat(told).containsExactly(99L, 100L);
    }

    @Test
    void timeLeapsWhenTheWritersWereStartedAgain() {
        value(5);
        closed(0, 1, 100);
        value(5);
        closed(0, 1, 101);
        value(6);
        closed(0, 1, 108);
        value(6);
        closed(0, 1, 122);
        closed(0, 1, 123);
        closed(0, 1, 124);
        assertThat(told).containsExactly(100L, 101L, 123L, 124L);
    }

    @Test
    void theFirstWritersAreNotTakenForAnotherStart() {
        value(5);
        closed(0, 1, 100);
        assertThat(told).containsExactly(100L);
    }

    @Test
    void timeStandsStillWhileTheWritersCatchUp() {
        closedAt(106, 100);
        closedAt(140, 101);
        closedAt(141, 120);
        closedAt(141, 133);
        closedAt(141, 134);
        closedAt(141, 135);
        assertThat(told).containsExactly(100L, 134L, 135L);
    }

    @Test
    void timeLeapsWhereTheWritersStayBehind() {
        closedAt(106, 100);
        for (int second = 101; second <= 125; second++) {
            closedAt(second + 20, second);
        }
        assertThat(told).containsExactly(100L, 111L, 121L);
    }

    private void value(int epoch) {
        heard(RollupHeard.of(new WatchedWindow(
                new Series(new UUID(1, 2), Cube.PROJECT, List.of()), 90_000, new Revision(0, epoch, 1), new byte[0])));
    }

    private void closed(int writer, int writers, long second) {
        heard(RollupHeard.closed(writer, writers, second * 1_000));
    }

    private void closedAt(long now, long second) {
        watermarks.onEvent(RollupHeard.closed(0, 1, second * 1_000), now * 1_000, output);
    }

    private void heard(RollupHeard heard) {
        watermarks.onEvent(heard, 0, output);
    }
}
