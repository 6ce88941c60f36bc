package io.millrace.jobs.rollup;

import io.millrace.jobs.detection.DetectionOperator;
import io.millrace.jobs.log.MachineTime;
import io.millrace.jobs.log.StoreFigures;
import io.millrace.jobs.log.StreamTime;
import io.millrace.jobs.store.Store;
import io.millrace.jobs.store.StoreFactory;
import io.millrace.jobs.store.WindowRow;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the windows of a cube until ten minutes of stream time after their end: merges deltas, emits early values of
 * open windows, writes closed ones to the store, and revises them when late deltas come.
 *
 * <p>After a start nothing is emitted until stream time has caught up with the moment of the restart: a window that
 * is being counted anew must not look as if its totals had fallen.
 *
 * <p>When time has passed it says so, behind the final values of what has closed, and behind what came before it said so
 * last: values of open windows go by the machine's clock, and after a pause of ours many seconds come at once. Behind every flush it says what the
 * store now has, so that whoever holds values in the meantime may let go of them.
 */
@SuppressWarnings("NullAway.Init") // an operator's parts are made when it opens
public final class WindowOperator extends AbstractStreamOperator<RollupSaid>
        implements OneInputStreamOperator<SeriesDelta, RollupSaid>, Triggerable<CubeKey, VoidNamespace> {
    private static final long serialVersionUID = 1L;

    private static final long DAY_SECONDS = 86_400;

    private static final Set<Cube> TOTALS = Set.of(Cube.PROJECT, Cube.ENVIRONMENT);

    private final StoreFactory storeFactory;
    private final WindowConfig config;

    // -- runtime
    private transient Store store;
    private transient int epoch;
    private transient long n;
    private transient StreamTime streamTime;
    private transient MapState<Slot, OpenWindow> windows;
    private transient MapState<Slot, Boolean> series;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient Map<CubeKey, Set<Slot>> unsaid;
    private transient FailedFirst failedFirst;
    private transient Map<CubeKey, Map<Long, Integer>> seriesCounts;
    private transient long caughtUpAt;
    /** All that was unsaid was said since the time was said last. */
    private transient boolean saidSinceMark;
    /** What the store has, until it has been said. */
    private transient @Nullable StoredMark stored;

    public WindowOperator(StoreFactory storeFactory, WindowConfig config) {
        this.storeFactory = storeFactory;
        this.config = config;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        windows = context.getKeyedStateStore()
                .getMapState(
                        new MapStateDescriptor<>("windows", SlotSerializer.INSTANCE, OpenWindowSerializer.INSTANCE));
        series = context.getKeyedStateStore()
                .getMapState(new MapStateDescriptor<>("series", SlotSerializer.INSTANCE, BooleanSerializer.INSTANCE));
        streamTime = StreamTime.open(context);
        caughtUpAt = getProcessingTimeService().getCurrentProcessingTime() - StreamTime.LAG_MILLIS;
    }

    @Override
    public void open() throws Exception {
        super.open();
        timers = getInternalTimerService("windows", VoidNamespaceSerializer.INSTANCE, this);
        unsaid = new HashMap<>();
        failedFirst = new FailedFirst();
        seriesCounts = new HashMap<>();
        store = storeFactory.open();
        StoreFigures.show(getMetricGroup(), store, "windows");
        epoch = store.nextEpoch();
        MachineTime.every(config.failedMillis(), getProcessingTimeService(), this::emitFailed);
        MachineTime.every(config.totalsMillis(), getProcessingTimeService(), () -> emitUnsaid(TOTALS::contains));
        MachineTime.every(config.earlyMillis(), getProcessingTimeService(), () -> {
            emitUnsaid(cube -> true);
            saidSinceMark = true;
            failedFirst.allSaid();
            emitStored();
        });
    }

    @Override
    public void processElement(StreamRecord<SeriesDelta> element) throws Exception {
        SeriesWindow window = element.getValue().window();
        CubeKey key = new CubeKey(window.project(), window.cube());
        Slot slot = new Slot(window.windowStart(), admit(key, window));
        OpenWindow before = windows.get(slot);
        WindowValue value = element.getValue().value();
        if (value.requestErrors() > 0 && DetectionOperator.watches(key.cube())) {
            failedFirst.failed(key, slot);
        }
        if (before == null) {
            setTimers(key.cube(), slot.windowStart());
        } else {
            WindowValue sum = WindowValue.decode(before.value());
            sum.merge(value);
            value = sum;
        }
        windows.put(slot, new OpenWindow(value.encode(), true, before != null && before.stored()));
        unsaid.computeIfAbsent(key, absent -> new LinkedHashSet<>()).add(slot);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        streamTime.advanceTo(mark.getTimestamp());
        super.processWatermark(mark);
        if (!saidSinceMark) {
            emitUnsaid(cube -> true);
        }
        sayClosed();
        saidSinceMark = false;
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        emitUnsaid(cube -> true);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        streamTime.snapshot();
        store.windows().flush();
        stored = isBehind() ? null : storedNow();
    }

    @Override
    public void onEventTime(InternalTimer<CubeKey, VoidNamespace> timer) throws Exception {
        if (isBehind()) {
            timers.registerEventTimeTimer(VoidNamespace.INSTANCE, caughtUpAt);
        } else {
            emitDue(timer.getKey());
        }
        forget(timer.getKey());
    }

    @Override
    public void onProcessingTime(InternalTimer<CubeKey, VoidNamespace> timer) {
        throw new IllegalStateException("no timer of a window goes by the machine's clock");
    }

    @Override
    public void close() throws Exception {
        super.close();
        if (store != null) {
            store.close();
        }
    }

    /** The dimensions under which a delta counts: its own, or those of the rest once the day's cap is reached. */
    private List<String> admit(CubeKey key, SeriesWindow window) throws Exception {
        long day = Math.floorDiv(window.windowStart(), DAY_SECONDS) * DAY_SECONDS;
        Slot entry = new Slot(day, window.dims());
        if (series.contains(entry)) {
            return window.dims();
        }
        Map<Long, Integer> counts = seriesCounts.get(key);
        if (counts == null) {
            counts = new HashMap<>();
            for (Slot known : series.keys()) {
                counts.merge(known.windowStart(), 1, Integer::sum);
            }
            seriesCounts.put(key, counts);
        }
        if (counts.getOrDefault(day, 0) >= key.cube().seriesCap()) {
            return Collections.nCopies(key.cube().dimensions().size(), Cube.OTHER);
        }
        series.put(entry, true);
        counts.merge(day, 1, Integer::sum);
        return window.dims();
    }

    private void setTimers(Cube cube, long windowStart) {
        long end = (windowStart + cube.windowSeconds()) * 1_000;
        timers.registerEventTimeTimer(VoidNamespace.INSTANCE, end);
        timers.registerEventTimeTimer(VoidNamespace.INSTANCE, end + Hot.LATENESS_MILLIS);
    }

    /** After a flush, with everything said that has closed: true only of a task that is not behind. */
    private StoredMark storedNow() {
        TaskInfo task = getRuntimeContext().getTaskInfo();
        return new StoredMark(
                task.getIndexOfThisSubtask(),
                task.getNumberOfParallelSubtasks(),
                epoch,
                n,
                Math.floorDiv(streamTime.millis(), 1_000L));
    }

    /** Behind the final values of all that has closed, in every partition. */
    private void sayClosed() {
        if (isBehind()) {
            return;
        }
        TaskInfo task = getRuntimeContext().getTaskInfo();
        for (int partition = 0; partition < config.partitions(); partition++) {
            output.collect(new StreamRecord<>(new ClosedMark(
                    partition,
                    task.getIndexOfThisSubtask(),
                    task.getNumberOfParallelSubtasks(),
                    Math.floorDiv(streamTime.millis(), 1_000L))));
        }
    }

    private void emitStored() {
        StoredMark mark = stored;
        if (mark != null) {
            output.collect(new StreamRecord<>(mark));
            stored = null;
        }
    }

    private boolean isBehind() {
        return streamTime.millis() < caughtUpAt;
    }

    private boolean isClosed(Cube cube, Slot slot) {
        return (slot.windowStart() + cube.windowSeconds()) * 1_000 <= streamTime.millis();
    }

    /** Says what is unsaid of the current key, and the final values of what has closed. */
    private void emitDue(CubeKey key) throws Exception {
        List<Slot> due = new ArrayList<>();
        for (Map.Entry<Slot, OpenWindow> entry : windows.entries()) {
            OpenWindow window = entry.getValue();
            if (window.unsaid() || !window.stored() && isClosed(key.cube(), entry.getKey())) {
                due.add(entry.getKey());
            }
        }
        for (Slot slot : due) {
            emit(key, slot);
        }
        unsaid.remove(key);
    }

    private void emitFailed() throws Exception {
        for (Map.Entry<CubeKey, Set<Slot>> entry : failedFirst.take().entrySet()) {
            CubeKey key = entry.getKey();
            Set<Slot> waiting = unsaid.get(key);
            if (waiting == null || isBehind()) {
                continue;
            }
            for (Slot slot : entry.getValue()) {
                if (!isClosed(key.cube(), slot) && waiting.remove(slot)) {
                    setCurrentKey(key);
                    emit(key, slot);
                }
            }
        }
    }

    private void emitUnsaid(Predicate<Cube> which) throws Exception {
        if (isBehind()) {
            // Every key with something to say has a timer at which it says it.
            for (CubeKey key : unsaid.keySet()) {
                setCurrentKey(key);
                timers.registerEventTimeTimer(VoidNamespace.INSTANCE, caughtUpAt);
            }
            return;
        }
        Iterator<Map.Entry<CubeKey, Set<Slot>>> entries = unsaid.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<CubeKey, Set<Slot>> entry = entries.next();
            CubeKey key = entry.getKey();
            if (which.test(key.cube())) {
                setCurrentKey(key);
                for (Slot slot : entry.getValue()) {
                    emit(key, slot);
                }
                entries.remove();
            }
        }
    }

    private void emit(CubeKey key, Slot slot) throws Exception {
        OpenWindow window = windows.get(slot);
        if (window == null) {
            return;
        }
        boolean closed = isClosed(key.cube(), slot);
        Revision revision = new Revision(0, epoch, ++n);
        SeriesWindow named = new SeriesWindow(key.project(), key.cube(), slot.dims(), slot.windowStart());
        if (closed) {
            Grain grain = key.cube() == Cube.JOINT ? Grain.MINUTE : Grain.TEN_SECONDS;
            store.windows().write(new WindowRow(grain, named, revision, WindowValue.decode(window.value())));
        }
        output.collect(new StreamRecord<>(new RollupUpdate(named, revision, closed, window.value())));
        windows.put(slot, window.said(closed));
    }

    /** Lets go of the current key's windows that are the keeper's now, and of the series of days long gone. */
    private void forget(CubeKey key) throws Exception {
        int seconds = key.cube().windowSeconds();
        Iterator<Map.Entry<Slot, OpenWindow>> held = windows.iterator();
        while (held.hasNext()) {
            Map.Entry<Slot, OpenWindow> entry = held.next();
            if (!Hot.isHot(entry.getKey().windowStart(), seconds, streamTime.millis())
                    && entry.getValue().stored()
                    && !entry.getValue().unsaid()) {
                held.remove();
            }
        }
        long oldest = streamTime.millis() / 1_000 - DAY_SECONDS - Hot.LATENESS_MILLIS / 1_000;
        Iterator<Slot> days = series.keys().iterator();
        while (days.hasNext()) {
            if (days.next().windowStart() < oldest) {
                days.remove();
            }
        }
    }
}
