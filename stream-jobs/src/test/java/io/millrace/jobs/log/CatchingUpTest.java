package io.millrace.jobs.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.detection.AnomalyKind;
import io.millrace.jobs.detection.DetectionOperator;
import io.millrace.jobs.detection.Finding;
import io.millrace.jobs.detection.FindingSerializer;
import io.millrace.jobs.detection.Measure;
import io.millrace.jobs.detection.Series;
import io.millrace.jobs.detection.SeriesSerializer;
import io.millrace.jobs.detection.WatchedWindow;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Detection while the traces job catches up: the partitions of its log are not read in step, so that spans of many seconds
 * may come before the word that the first of these seconds has passed.
 */
class CatchingUpTest {
    /** 2026-11-20T12:00:00Z, in seconds. */
    private static final long NOON = 1_795_176_000L;

    private static final Series SERIES = new Series(new UUID(1, 2), Cube.PROJECT, List.of());
    private static final int LAG = 5;
    private static final int PER_SECOND = 200;

    private final ClosedWatermarks watermarks = new ClosedWatermarks();
    private final Map<Long, WindowValue> windows = new HashMap<>();
    private final WatermarkOutput output = new WatermarkOutput() {
        @Override
        public void emitWatermark(Watermark watermark) {
            try {
                harness.processWatermark(watermark.getTimestamp());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
    };

    private KeyedOneInputStreamOperatorTestHarness<Series, WatchedWindow, Finding> harness;
    private long n;

    @BeforeEach
    void open() throws Exception {
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new DetectionOperator()),
                WatchedWindow::series,
                SeriesSerializer.INSTANCE.typeInfo());
        harness.setup(FindingSerializer.INSTANCE);
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @ParameterizedTest
    @CsvSource({"3, 0.5", "4, 0.75", "6, 0.75", "9, 1", "14, 0.5", "30, 0.75", "30, 1", "120, 1"})
    void whatCameAheadOfTimeIsNotMissingInItsTime(int pause, double ahead) throws Exception {
        steady(0, 300);
        catchUp(300, pause, ahead);
        steady(300 + pause, 120);
        assertThat(harness.extractOutputValues()).isEmpty();

        for (long second = 420 + pause; second < 440 + pause; second++) {
            passed(second - LAG, second);
        }
        assertThat(harness.extractOutputValues())
                .extracting(one -> one.worst().kind())
                .contains(AnomalyKind.SILENCE);
    }

    @Test
    void whatFailsIsToldWhileNobodyCatchesUp() throws Exception {
        steady(0, 300);
        // Too few processors: each second takes two.
        for (long second = 300; second < 420; second++) {
            comes(second, PER_SECOND, second >= 360);
            passed(second - LAG, 300 + (second - 300) * 2);
        }
        assertThat(harness.extractOutputValues())
                .isNotEmpty()
                .allMatch(one -> one.worst().measure() == Measure.ERROR_RATE);
    }

    private void steady(long from, int seconds) throws Exception {
        for (long second = from; second < from + seconds; second++) {
            comes(second, PER_SECOND, false);
            passed(second - LAG, second);
        }
    }

    /** Nothing is read for a while, then a part of all of it before time passes. */
    private void catchUp(long from, int pause, double ahead) throws Exception {
        for (long second = from; second < from + pause; second++) {
            comes(second, (int) (ahead * PER_SECOND), false);
        }
        for (long second = from; second < from + pause; second++) {
            comes(second, PER_SECOND - (int) (ahead * PER_SECOND), false);
            passed(second - LAG, from + pause);
        }
    }

    /** So many spans that end in this second. */
    private void comes(long second, int spans, boolean failed) throws Exception {
        long start = second / 10 * 10;
        WindowValue value = windows.computeIfAbsent(start, absent -> new WindowValue());
        for (int i = 0; i < spans; i++) {
            value.span(1, failed);
            value.request(1, failed, 100);
        }
        WatchedWindow window =
                new WatchedWindow(SERIES, (NOON + start) * 1_000, new Revision(0, 1, ++n), value.encode());
        watermarks.onEvent(RollupHeard.of(window), (NOON + second) * 1_000, output);
        harness.processElement(new StreamRecord<>(window));
    }

    /** The word at {@code now} that time has passed until {@code second}. */
    private void passed(long second, long now) {
        watermarks.onEvent(RollupHeard.closed(0, 1, (NOON + second) * 1_000), (NOON + now) * 1_000, output);
    }
}
