package io.millrace.query.live;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of a topic, for all who follow it. Bounded in events and in bytes: the oldest makes room. Of each
 * partition it knows from which offset on it has everything. Thread-safe.
 */
final class EventRing<D> {
    /** How many events one call looks at: it holds up the others. */
    private static final int MAX_SCAN = 8_192;

    private final long maxBytes;
    private final List<@Nullable LiveEvent<D>> slots;
    /** Of the events it has: the number of the oldest, and of the next to come. */
    private long first;

    private long next;
    private long bytes;
    /** By partition: it has everything from here on ... */
    private long[] from = {};
    /** ... up to here. */
    private long[] end = {};

    /**
     * Some events in their order.
     *
     * @param behind there are none, because the ring no longer has what was asked for
     * @param sequence where the ring is to be read on
     * @param positions the next offset of each partition behind them
     * @param last whether the ring has nothing more
     */
    record Slice<D>(boolean behind, List<LiveEvent<D>> events, long sequence, long[] positions, boolean last) {}

    EventRing(int maxEvents, long maxBytes) {
        this.maxBytes = maxBytes;
        this.slots = new ArrayList<>(Collections.nCopies(maxEvents, null));
    }

    /** Empties it: what is before these offsets it will never have. */
    synchronized void begin(long[] positions) {
        while (first < next) {
            drop();
        }
        from = positions.clone();
        end = positions.clone();
    }

    /** Whether it knows where it began. */
    synchronized boolean isOpen() {
        return end.length > 0;
    }

    /** Takes the next event of its partition; one it had before changes nothing. */
    synchronized void add(LiveEvent<D> event) {
        int partition = event.partition();
        if (event.offset() < end[partition]) {
            return;
        }
        if (next - first == slots.size()) {
            drop();
        }
        slots.set(slot(next), event);
        next++;
        bytes += event.bytes();
        end[partition] = event.offset() + 1;
        while (bytes > maxBytes && next - first > 1) {
            drop();
        }
    }

    /** Nothing before this offset is to come. */
    synchronized void passed(int partition, long offset) {
        end[partition] = Math.max(end[partition], offset);
    }

    private void drop() {
        LiveEvent<D> oldest = slots.set(slot(first), null);
        first++;
        if (oldest != null) {
            bytes -= oldest.bytes();
            from[oldest.partition()] = oldest.offset() + 1;
        }
    }

    private int slot(long sequence) {
        return (int) (sequence % slots.size());
    }

    /**
     * What a project has from there on.
     *
     * @param sequence where an earlier slice ended, or 0
     * @param positions the next offset of each partition
     * @param most how many events
     */
    synchronized Slice<D> read(UUID project, long sequence, long[] positions, int most) {
        if (!covers(positions)) {
            return new Slice<>(true, List.of(), sequence, positions, false);
        }
        List<LiveEvent<D>> events = new ArrayList<>();
        long[] behind = positions.clone();
        long at = Math.max(sequence, first);
        for (int scanned = 0; at < next && scanned < MAX_SCAN && events.size() < most; scanned++) {
            LiveEvent<D> event = slots.get(slot(at++));
            if (event != null && event.offset() >= behind[event.partition()]) {
                behind[event.partition()] = event.offset() + 1;
                if (event.project().equals(project)) {
                    events.add(event);
                }
            }
        }
        boolean last = at == next;
        if (last) {
            for (int partition = 0; partition < end.length; partition++) {
                behind[partition] = Math.max(behind[partition], end[partition]);
            }
        }
        return new Slice<>(false, events, at, behind, last);
    }

    private boolean covers(long[] positions) {
        for (int partition = 0; partition < from.length; partition++) {
            if (positions[partition] < from[partition]) {
                return false;
            }
        }
        return true;
    }

    /** By partition: the offset behind the newest record. */
    synchronized long[] end() {
        return end.clone();
    }

    /** Whether it has, or had, anything behind these offsets. */
    synchronized boolean isBeyond(long[] positions) {
        for (int partition = 0; partition < end.length; partition++) {
            if (positions[partition] < end[partition]) {
                return true;
            }
        }
        return false;
    }

    synchronized int size() {
        return (int) (next - first);
    }

    /** An estimate of what its events take. */
    synchronized long bytes() {
        return bytes;
    }
}
