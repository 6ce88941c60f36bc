package io.millrace.query.metric;

import io.millrace.schema.window.Revision;
import io.millrace.schema.wire.StoredMarkMessage;
import java.util.HashMap;
import java.util.Map;

/**
 * What the jobs have said of the store: for each of their writers the newest attempt, and how far the store has what it
 * said. Not thread-safe.
 */
final class StoredMarks {
    private final Map<Integer, Mark> newest = new HashMap<>();
    private int writers;

    /**
     * @param n the attempt's last revision that is in the store
     * @param until the end of the last windows of which that holds, in seconds since the epoch
     */
    private record Mark(int epoch, long n, long until) {}

    /** Takes a mark; one of an attempt that has a successor changes nothing. */
    void accept(int epoch, long n, StoredMarkMessage message) {
        Mark mark = new Mark(epoch, n, message.getUntilSeconds());
        Mark known = newest.get(message.getWriter());
        if (known == null || epoch > known.epoch || epoch == known.epoch && n >= known.n) {
            newest.put(message.getWriter(), mark);
            writers = message.getWriters();
            newest.keySet().removeIf(writer -> writer >= writers);
        }
    }

    /**
     * Whether the store has a value, or what replaced it.
     *
     * <p>An attempt knows of its own values. A value of an earlier attempt was said before the newest one began, which has
     * read again whatever led to it: once every writer is past the window's end, either it was said and stored anew, or it
     * came from what did not happen in the end, like a series that the rest was folded into.
     *
     * @param end of its window
     */
    boolean has(Revision revision, long end) {
        boolean successors = !newest.isEmpty() && newest.size() == writers;
        for (Mark mark : newest.values()) {
            if (mark.epoch == revision.epoch()) {
                return end <= mark.until && revision.n() <= mark.n;
            }
            successors &= mark.epoch > revision.epoch() && end <= mark.until;
        }
        return successors;
    }
}
