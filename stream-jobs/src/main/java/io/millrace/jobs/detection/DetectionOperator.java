package io.millrace.jobs.detection;

import io.millrace.schema.window.Cube;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Watches each series: looks at values of open windows as they come, and closes windows by stream time, which is what the
 * traces job says has closed. Without that nothing is closed, and no silence is seen that may be a fault of ours.
 *
 * <p>That word comes each second. A leap of it means that for a while nothing of ours ran, and perhaps nobody could send:
 * of the windows of that while it is not judged how much came, nor is it learnt.
 */
@SuppressWarnings("NullAway.Init") // its state is there once it is open
public final class DetectionOperator extends KeyedProcessFunction<Series, WatchedWindow, Finding> {
    private static final long serialVersionUID = 1L;

    /** Those whose silence is looked for within the window, once a second. */
    private static final Set<Cube> WATCHED_CLOSELY = Set.of(Cube.PROJECT, Cube.ENVIRONMENT, Cube.MODEL);

    private static final long SECOND = 1_000;
    /**
     * What stream time may leap by and mean nothing. A machine that is short of processors leaps by a few seconds and misses
     * nothing; a process that was killed is not back as soon, and a window that lacks half of its spans is no drop.
     */
    private static final long LEAP_MILLIS = 5_000;
    /** By which stream time is behind the senders, and what they take to find that they can send again. */
    private static final long AFTER_LEAP_MILLIS = 15_000;

    private transient ValueState<WatchedSeries> state;

    /** Whether series of the cube are watched at all. */
    public static boolean watches(Cube cube) {
        return cube != Cube.JOINT && cube != Cube.KIND;
    }

    @Override
    public void open(OpenContext context) {
        state = getRuntimeContext().getState(new ValueStateDescriptor<>("series", WatchedSeriesSerializer.INSTANCE));
    }

    @Override
    public void processElement(WatchedWindow window, Context context, Collector<Finding> out) throws Exception {
        WatchedSeries series = state.value();
        if (series == null) {
            series = new WatchedSeries(window.series());
        }
        long due = series.nextEnd();
        series.take(window, context.timerService().currentWatermark()).forEach(out::collect);
        if (series.nextEnd() != due) {
            setTimer(series, window.series().cube(), context.timerService());
        }
        state.update(series);
    }

    @Override
    public void onTimer(long at, OnTimerContext context, Collector<Finding> out) throws Exception {
        WatchedSeries series = state.value();
        if (series == null) {
            return;
        }
        long now = context.timerService().currentWatermark();
        if (now - at > LEAP_MILLIS) {
            series.distrustUntil(now + AFTER_LEAP_MILLIS);
        }
        series.look(now).ifPresent(out::collect);
        series.advanceTo(at).forEach(out::collect);
        if (series.isIdle()) {
            state.clear();
            return;
        }
        setTimer(series, context.getCurrentKey().cube(), context.timerService());
        state.update(series);
    }

    /** One timer a series: at the end of its window, or each second where it is watched closely. */
    private static void setTimer(WatchedSeries series, Cube cube, TimerService timers) {
        long end = series.nextEnd();
        long watermark = timers.currentWatermark();
        boolean closely = WATCHED_CLOSELY.contains(cube) && watermark >= end - SeriesDetector.WINDOW_MILLIS;
        timers.registerEventTimeTimer(
                closely ? Math.min(end, Math.floorDiv(watermark, SECOND) * SECOND + SECOND) : end);
    }
}
