package io.millrace.query.metric;

import io.millrace.schema.window.Grain;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Which windows of which grain sum up to a range of time: the longest that fit. A window is not used while one inside of
 * it is still open, was revised a moment ago, or waits to be computed into it; its children are, down to the shortest.
 * So the sum is exact at any time, and the same for every step. Times are seconds since the epoch.
 */
final class Cover {
    private final Source source;
    private final long nowSecond;
    private final long closedUntil;
    private final Map<Grain, NavigableSet<Long>> unfit = new EnumMap<>(Grain.class);
    private final List<Segment> segments = new ArrayList<>();

    /** Adjacent windows of one grain. */
    record Segment(Grain grain, long from, long to) {}

    /**
     * A window that waits to be computed from its children.
     *
     * @param seconds its length
     */
    record Stale(int seconds, long start) {}

    /**
     * @param closedUntil windows that end until then are closed and in the store
     * @param stale windows that wait to be computed
     * @param revised starts of the shortest windows that changed a moment ago
     */
    Cover(Source source, long nowSecond, long closedUntil, Collection<Stale> stale, Collection<Long> revised) {
        this.source = source;
        this.nowSecond = nowSecond;
        this.closedUntil = closedUntil;
        for (Grain grain : Grain.values()) {
            NavigableSet<Long> starts = new TreeSet<>();
            for (Stale window : stale) {
                if (window.seconds() <= grain.seconds()) {
                    starts.add(grain.floor(window.start()));
                }
            }
            for (long start : revised) {
                starts.add(grain.floor(start));
            }
            unfit.put(grain, starts);
        }
    }

    /**
     * Covers a range.
     *
     * @param from aligned to the shortest windows that are kept there, as is {@code to}
     * @param longest no window may be longer
     */
    List<Segment> of(long from, long to, Grain longest) {
        segments.clear();
        Grain top = longest.seconds() < source.coarsest().seconds() ? longest : source.coarsest();
        cover(from, to, top);
        return List.copyOf(segments);
    }

    private void cover(long from, long to, Grain grain) {
        if (from >= to) {
            return;
        }
        Grain finer = grain.finer();
        if (finer == null || grain == source.finest()) {
            segments.add(new Segment(grain, from, to));
            return;
        }
        long first = ceil(from, grain);
        long last = grain.floor(Math.min(to, closedUntil));
        if (first >= last) {
            cover(from, to, finer);
            return;
        }
        cover(from, first, finer);
        long position = first;
        for (long start : unfitWindows(grain).subSet(first, last)) {
            if (isKept(finer, start)) {
                add(grain, position, start);
                cover(start, start + grain.seconds(), finer);
                position = start + grain.seconds();
            }
        }
        add(grain, position, last);
        cover(last, to, finer);
    }

    private NavigableSet<Long> unfitWindows(Grain grain) {
        return unfit.getOrDefault(grain, new TreeSet<>());
    }

    private void add(Grain grain, long from, long to) {
        if (from < to) {
            segments.add(new Segment(grain, from, to));
        }
    }

    private boolean isKept(Grain grain, long second) {
        return second >= nowSecond - source.kept(grain).toSeconds();
    }

    static long ceil(long second, Grain grain) {
        return grain.floor(second + grain.seconds() - 1);
    }
}
