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
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The newest value of every window that the store is not sure to have: open ones, closed ones and revisions. A value is
 * let go of only when the jobs say that the store has it, or has what replaced it; never because time has passed.
 *
 * <p>Bounded in bytes. When it is full, values of windows it does not hold are not taken, and those it holds are kept: no
 * total falls, and {@link #knownUntilMillis()} stands still until the store has what was not taken. Thread-safe.
 */
final class Overlay {
    /** What an entry weighs beside its message. */
    private static final int ENTRY_BYTES = 300;

    private final long maxBytes;
    private final StoredMarks stored = new StoredMarks();
    private final Map<Series, NavigableMap<Long, Map<List<String>, Entry>>> windows = new HashMap<>();
    /** What was not taken and may not be in the store, by attempt. */
    private final Map<Integer, Refused> refused = new HashMap<>();

    private long bytes;
    private long refusals;
    private long newestRecordMillis;

    private record Series(UUID project, int cube) {}

    /**
     * @param end of its window, in seconds since the epoch
     */
    private record Entry(Revision revision, WindowValueMessage value, long end, int bytes) {}

    /**
     * @param sinceMillis when the first value came that was not taken
     * @param n the greatest revision of them
     * @param end of the last window
     */
    private record Refused(long sinceMillis, long n, long end) {
        Refused and(Refused other) {
            return new Refused(
                    Math.min(sinceMillis, other.sinceMillis), Math.max(n, other.n), Math.max(end, other.end));
        }
    }

    Overlay(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Takes a message of the topic; what is neither a window's value nor a mark (something of a later version) changes
     * nothing.
     *
     * @param recordMillis when it was written
     */
    synchronized void accept(RollupMessage message, long recordMillis) {
        newestRecordMillis = Math.max(newestRecordMillis, recordMillis);
        if (message.hasStored()) {
            stored.accept(message.getEpoch(), message.getN(), message.getStored());
            letGo();
        } else if (message.hasValue() && message.getProject().size() == 16) {
            take(message, recordMillis);
        }
    }

    private void take(RollupMessage message, long recordMillis) {
        Revision revision = new Revision(message.getGeneration(), message.getEpoch(), message.getN());
        long end = message.getWindowStartSeconds() + message.getWindowSeconds();
        if (stored.has(revision, end)) {
            return;
        }
        Series series = new Series(uuid(message.getProject()), message.getCube());
        List<String> dims = List.copyOf(message.getDimsList());
        Entry known = windows.getOrDefault(series, new TreeMap<>())
                .getOrDefault(message.getWindowStartSeconds(), Map.of())
                .get(dims);
        if (known != null && revision.compareTo(known.revision) <= 0) {
            return;
        }
        Entry entry = new Entry(revision, message.getValue(), end, weight(message));
        long more = entry.bytes - (known == null ? 0 : known.bytes);
        if (bytes + more > maxBytes) {
            refusals++;
            refused.merge(revision.epoch(), new Refused(recordMillis, revision.n(), end), Refused::and);
            return;
        }
        bytes += more;
        windows.computeIfAbsent(series, absent -> new TreeMap<>())
                .computeIfAbsent(message.getWindowStartSeconds(), absent -> new HashMap<>())
                .put(dims, entry);
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

    private void letGo() {
        for (NavigableMap<Long, Map<List<String>, Entry>> series : windows.values()) {
            series.values()
                    .forEach(window -> window.values().removeIf(entry -> {
                        boolean gone = stored.has(entry.revision, entry.end);
                        bytes -= gone ? entry.bytes : 0;
                        return gone;
                    }));
            series.values().removeIf(Map::isEmpty);
        }
        windows.values().removeIf(Map::isEmpty);
        refused.entrySet()
                .removeIf(one -> stored.has(new Revision(0, one.getKey(), one.getValue().n), one.getValue().end));
    }

    private static int weight(RollupMessage message) {
        int names = 0;
        for (String value : message.getDimsList()) {
            names += 2 * value.length();
        }
        return message.getValue().getSerializedSize() + names + ENTRY_BYTES;
    }

    private static UUID uuid(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    /**
     * Until when it has every value, in milliseconds since the epoch: the time of the newest message, or of the first one
     * that it could not hold; 0 before the first message.
     */
    synchronized long knownUntilMillis() {
        return refused.values().stream().mapToLong(Refused::sinceMillis).reduce(newestRecordMillis, Math::min);
    }

    /** An estimate of what it holds. */
    synchronized long bytes() {
        return bytes;
    }

    /** How many values it did not take because it was full: figures of their windows lag until they are stored. */
    synchronized long refusals() {
        return refusals;
    }
}
