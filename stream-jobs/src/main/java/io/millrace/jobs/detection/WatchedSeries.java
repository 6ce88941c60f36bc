package io.millrace.jobs.detection;

import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A series as detection holds it: its detector, and the newest values of its windows that are not over. */
final class WatchedSeries {
    /** A window this far ahead of the one to be closed comes from a clock that is wrong: it waits for nobody. */
    private static final int MOST_OPEN = 64;

    /** By which stream time is behind the edge. */
    static final long LAG_MILLIS = 5_000;
    /** How far stream time goes without anything new after a restart of who says windows: as far as was said before it. */
    private static final long AFTER_RESTART_MILLIS = 15_000;

    private static final WindowValue NOTHING = new WindowValue();

    private final Series series;
    private final SeriesDetector detector;
    private final TreeMap<Long, Said> open = new TreeMap<>();
    /** Start of the window that is closed next; -1 before the first one. Nothing was said of an earlier one that is not over. */
    private long next = -1;
    /** Windows that begin before this may lack spans for reasons of ours. */
    private long trustedFrom = Long.MIN_VALUE;
    /** The start of the traces job that said the last value; 0 before there was one. */
    private int epoch;
    /** Until when spans came, as far as is known, in stream time. */
    private long cameUntil;

    /** What came since {@link #looked}. */
    private Arrivals arrivals = Arrivals.NONE;

    private long looked;

    private record Said(Revision revision, long spans, long begun, Calls calls, byte[] value) {}

    WatchedSeries(Series series) {
        this(series, new SeriesDetector(series));
    }

    private WatchedSeries(Series series, SeriesDetector detector) {
        this.series = series;
        this.detector = detector;
    }

    /**
     * Takes the value of a window, and judges it as it stands. A window is learnt once, when it is over: what is said of
     * it later changes nothing.
     */
    List<Finding> take(WatchedWindow window, long streamTime) {
        if (next < 0 || window.start() < next && !isOver(window.start(), streamTime)) {
            // The first one said need not be the first one: it may be of a clock that is ahead.
            next = window.start();
            cameUntil = Math.max(next, trustedFrom);
        }
        if (epoch != 0 && window.revision().epoch() > epoch) {
            // Just after a restore of ours nobody has told what time it is.
            distrustUntil(Math.max(streamTime, looked) + AFTER_RESTART_MILLIS);
        }
        epoch = Math.max(epoch, window.revision().epoch());
        Said known = open.get(window.start());
        boolean isOld =
                window.start() < next || known != null && window.revision().compareTo(known.revision) <= 0;
        if (isOld || open.size() >= MOST_OPEN && known == null) {
            return List.of();
        }
        WindowValue value = WindowValue.decode(window.value());
        if (value.spans() > (known == null ? 0 : known.spans)) {
            // What came just now ended at most as much later as stream time is behind, and within its window.
            long end = Math.min(streamTime + LAG_MILLIS, window.start() + SeriesDetector.WINDOW_MILLIS);
            cameUntil = Math.max(cameUntil, end);
        }
        Calls calls = detector.count(value);
        Calls added = calls.since(known == null ? Calls.NONE : known.calls);
        arrivals = arrivals.plus(
                Math.max(0, value.spans() - (known == null ? 0 : known.spans)),
                added.all(),
                Math.max(0, value.tracesBegun() - (known == null ? 0 : known.begun)));
        open.put(
                window.start(), new Said(window.revision(), value.spans(), value.tracesBegun(), calls, window.value()));
        return detector.open(window.start(), value, added, streamTime, isTrusted(window.start()));
    }

    /** Has the windows that begin before this time not judged by how much came. */
    void distrustUntil(long time) {
        trustedFrom = Math.max(trustedFrom, time);
        if (!detector.isSilent()) {
            cameUntil = Math.max(cameUntil, trustedFrom);
        }
    }

    /** Just after a restore of ours nobody has told what time it is, but it is known until when was looked. */
    private boolean isOver(long start, long streamTime) {
        return start + SeriesDetector.WINDOW_MILLIS <= Math.max(streamTime, looked);
    }

    private boolean isTrusted(long start) {
        return start >= trustedFrom;
    }

    /** Looks at how much came since it looked last. */
    Optional<Finding> look(long streamTime) {
        long from = looked;
        if (streamTime <= from) {
            return Optional.empty();
        }
        looked = streamTime;
        Optional<Finding> found =
                from == 0 ? Optional.empty() : detector.look(arrivals, from, streamTime, cameUntil, isTrusted(from));
        arrivals = Arrivals.NONE;
        return found;
    }

    /** Closes the windows that are over at {@code streamTime}, those of which nothing was said too, in their order. */
    List<Finding> advanceTo(long streamTime) {
        List<Finding> changes = new ArrayList<>();
        while (next >= 0 && next + SeriesDetector.WINDOW_MILLIS <= streamTime) {
            Said said = open.remove(next);
            WindowValue value = said == null ? NOTHING : WindowValue.decode(said.value);
            changes.addAll(detector.close(next, value, cameUntil, isTrusted(next)));
            next += SeriesDetector.WINDOW_MILLIS;
        }
        return changes;
    }

    /** Whether nothing is known that it would be a pity to lose. */
    boolean isIdle() {
        return open.isEmpty() && detector.isIdle();
    }

    /** When the window to be closed next is over. */
    long nextEnd() {
        return next + SeriesDetector.WINDOW_MILLIS;
    }

    void writeTo(DataOutput out) throws IOException {
        SeriesSerializer.write(series, out);
        detector.writeTo(out);
        out.writeLong(next);
        out.writeLong(trustedFrom);
        out.writeInt(epoch);
        out.writeLong(cameUntil);
        out.writeLong(arrivals.spans());
        out.writeLong(arrivals.requests());
        out.writeLong(arrivals.traces());
        out.writeLong(looked);
        out.writeInt(open.size());
        for (Map.Entry<Long, Said> entry : open.entrySet()) {
            Said said = entry.getValue();
            out.writeLong(entry.getKey());
            out.writeInt(said.revision.generation());
            out.writeInt(said.revision.epoch());
            out.writeLong(said.revision.n());
            out.writeLong(said.spans);
            out.writeLong(said.begun);
            said.calls.writeTo(out);
            out.writeInt(said.value.length);
            out.write(said.value);
        }
    }

    static WatchedSeries readFrom(DataInput in) throws IOException {
        Series series = SeriesSerializer.read(in);
        WatchedSeries watched = new WatchedSeries(series, SeriesDetector.readFrom(series, in));
        watched.next = in.readLong();
        watched.trustedFrom = in.readLong();
        watched.epoch = in.readInt();
        watched.cameUntil = in.readLong();
        watched.arrivals = new Arrivals(in.readLong(), in.readLong(), in.readLong());
        watched.looked = in.readLong();
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            long start = in.readLong();
            Revision revision = new Revision(in.readInt(), in.readInt(), in.readLong());
            long spans = in.readLong();
            long begun = in.readLong();
            Calls calls = Calls.readFrom(in);
            byte[] value = new byte[in.readInt()];
            in.readFully(value);
            watched.open.put(start, new Said(revision, spans, begun, calls, value));
        }
        return watched;
    }
}
