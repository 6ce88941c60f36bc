package io.millrace.ingest.share;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A budget of bytes that projects share. One that is alone may hold all of it but a small reserve; of several, each is sure of
 * an equal share, and may hold more out of what is free. So a flood of one is refused while the others are served, and what
 * they do not want is not left idle.
 *
 * <p>How much more is a dynamic threshold (Choudhury and Hahne, 1998): so many times what is free. Whoever wants more than an
 * equal share runs into the same threshold, which sinks as they fill up what is left: they come out even, near what
 * max-min fairness gives them, in constant time and without a queue. A project is known as long as it holds something. Safe
 * for threads.
 */
public final class FairShare {
    /** What becomes of a wish for more. */
    public enum Verdict {
        GRANTED,
        /** The project holds its share, and others are there. */
        OVER_SHARE,
        /** There is no room. */
        FULL
    }

    /** One part in so many is kept for those that hold less than their share. */
    private static final int RESERVE = 16;
    /** Beyond its share a project may hold so many times what would still be free. */
    private static final long BORROWING = 8;

    private final long budget;
    private final Map<UUID, Long> held = new HashMap<>();
    private long total;
    /** Of the total, what could not be refused. */
    private long taken;

    public FairShare(long budget) {
        this.budget = budget;
    }

    /** How much of a budget one project may hold while it is alone. */
    public static long ofOne(long budget) {
        return budget - budget / RESERVE;
    }

    /** Reserves bytes for a project, if it may have them; nothing is reserved otherwise. */
    public synchronized Verdict reserve(UUID project, long bytes) {
        if (bytes == 0) {
            return Verdict.GRANTED;
        }
        long before = held.getOrDefault(project, 0L);
        if (before + bytes > most(before, bytes)) {
            return before == total ? Verdict.FULL : Verdict.OVER_SHARE;
        }
        if (total - taken + bytes > budget) {
            return Verdict.FULL;
        }
        add(project, bytes);
        return Verdict.GRANTED;
    }

    /** What a project that holds {@code before} may hold in all, were it to have so many bytes more. */
    private long most(long before, long bytes) {
        int projects = held.size() + (before == 0 ? 1 : 0);
        long shared = ofOne(budget);
        long free = shared - total - bytes;
        return shared / projects + Math.max(0, free) * BORROWING;
    }

    /** Counts bytes that a project cannot be refused any more: it has less to come then, and the others have not. */
    public synchronized void take(UUID project, long bytes) {
        if (bytes > 0) {
            add(project, bytes);
            taken += bytes;
        }
    }

    private void add(UUID project, long bytes) {
        held.merge(project, bytes, Long::sum);
        total += bytes;
    }

    /** Gives back what was taken. */
    public synchronized void putBack(UUID project, long bytes) {
        release(project, bytes);
        taken -= bytes;
    }

    /** Gives back what was reserved. */
    public synchronized void release(UUID project, long bytes) {
        if (bytes > 0) {
            held.computeIfPresent(project, (id, before) -> before == bytes ? null : before - bytes);
            total -= bytes;
        }
    }

    /** Bytes that all hold together. */
    public synchronized long held() {
        return total;
    }

    /** How many projects hold something. */
    synchronized int projects() {
        return held.size();
    }
}
