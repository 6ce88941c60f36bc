package io.millrace.query.metric;

import com.google.protobuf.ByteString;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import io.millrace.schema.wire.RollupMessage;
import io.millrace.schema.wire.WindowValueMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The newest value of every window that may not be in the store yet: open ones, and closed ones that changed a moment
 * ago. A value is let go of when the store is known to have it; bounded in bytes, the oldest windows go first.
 * Thread-safe.
 */
final class Overlay {
    /** What an entry weighs beside its message. */
    private static final int ENTRY_BYTES = 300;

    /** An open window so far behind the newest one is never going to be closed. */
    private static final long ABANDONED_SECONDS = 30 * 60;

    /** How long after a window's end the stream may revise it, and a minute. */
    private static final long HOT_SECONDS = 11 * 60;

    private final long maxBytes;
    private final Map<Series, NavigableMap<Long, Map<List<String>, Entry>>> windows = new HashMap<>();
    private long bytes;
    private long newestEnd;
    private long dropped;
    private long newestRecordMillis;

    private record Series(UUID project, int cube) {}

    /**
     * @param end of its window
     * @param seenAt when the value came: the log's own time is never ahead of the clock, so once the store has everything
     *     until then, it has this value too
     */
    private record Entry(Revision revision, boolean closed, WindowValueMessage value, long end, long seenAt) {
        int bytes() {
            return value.getSerializedSize() + ENTRY_BYTES;
        }

        /** The stream revises no window that ended so long ago, so a log that is read late is not kept whole. */
        boolean isStored(long storedUntil) {
            return closed && (seenAt <= storedUntil || end + HOT_SECONDS <= storedUntil);
        }

        boolean isAbandoned(long newestEnd) {
            return !closed && end < newestEnd - ABANDONED_SECONDS;
        }
    }

    Overlay(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Takes a message of the topic; what is no window's value (a marker, a cube of a later version) changes nothing.
     *
     * @param recordMillis when it was written
     * @param nowSecond of our clock
     */
    synchronized void accept(RollupMessage message, long recordMillis, long nowSecond) {
        newestRecordMillis = Math.max(newestRecordMillis, recordMillis);
        if (!message.hasValue() || message.getProject().size() != 16) {
            return;
        }
        long end = message.getWindowStartSeconds() + message.getWindowSeconds();
        newestEnd = Math.max(newestEnd, end);
        Revision revision = new Revision(message.getGeneration(), message.getEpoch(), message.getN());
        Map<List<String>, Entry> window = windows.computeIfAbsent(
                        new Series(uuid(message.getProject()), message.getCube()), absent -> new TreeMap<>())
                .computeIfAbsent(message.getWindowStartSeconds(), absent -> new HashMap<>());
        List<String> dims = List.copyOf(message.getDimsList());
        Entry known = window.get(dims);
        if (known == null || revision.compareTo(known.revision) > 0) {
            Entry entry = new Entry(revision, message.getClosed(), message.getValue(), end, nowSecond);
            window.put(dims, entry);
            bytes += entry.bytes() - (known == null ? 0 : known.bytes());
        }
        if (bytes > maxBytes) {
            dropOldest();
        }
    }

    /** The windows of a cube that start in a range, as they were at one moment. */
    synchronized List<SeriesValue> values(UUID project, Cube cube, long from, long to) {
        List<SeriesValue> values = new ArrayList<>();
        NavigableMap<Long, Map<List<String>, Entry>> series = windows.get(new Series(project, cube.code()));
        if (series != null && from < to) {
            series.subMap(from, to)
                    .forEach((start, window) -> window.forEach((dims, entry) ->
                            values.add(new SeriesValue(start, dims, entry.revision, WindowValue.of(entry.value)))));
        }
        return values;
    }

    /**
     * Lets go of what the store has.
     *
     * @param storedUntil the store has all that was known when the log's own time was this second
     */
    synchronized void storedUntil(long storedUntil) {
        for (Iterator<NavigableMap<Long, Map<List<String>, Entry>>> all =
                        windows.values().iterator();
                all.hasNext(); ) {
            NavigableMap<Long, Map<List<String>, Entry>> series = all.next();
            series.forEach((start, window) -> window.values().removeIf(entry -> {
                boolean gone = entry.isStored(storedUntil) || entry.isAbandoned(newestEnd);
                bytes -= gone ? entry.bytes() : 0;
                return gone;
            }));
            series.values().removeIf(Map::isEmpty);
            if (series.isEmpty()) {
                all.remove();
            }
        }
    }

    private static UUID uuid(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private void dropOldest() {
        windows.values().stream()
                .min((a, b) -> Long.compare(a.firstKey(), b.firstKey()))
                .map(NavigableMap::pollFirstEntry)
                .ifPresent(oldest -> oldest.getValue().values().forEach(entry -> {
                    bytes -= entry.bytes();
                    dropped++;
                }));
        windows.values().removeIf(Map::isEmpty);
    }

    /** When the newest message was written, in milliseconds since the epoch; 0 before the first. */
    synchronized long newestRecordMillis() {
        return newestRecordMillis;
    }

    /** An estimate of what it holds. */
    synchronized long bytes() {
        return bytes;
    }

    /** How many values it let go of because there were too many: figures of their windows lag until they are stored. */
    synchronized long dropped() {
        return dropped;
    }
}
