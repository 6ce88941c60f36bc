package io.millrace.bench.feed;

import java.util.Arrays;
import java.util.BitSet;

/** What one client was sent: of each trace or anomaly the newest revision, and what should not have been. Thread-safe. */
final class Deliveries {
    /** Revisions count up to this within an epoch. */
    private static final int N_BITS = 40;

    private final EntityNames names;
    private final BitSet onConnection = new BitSet();
    private long[] newest = new long[1 << 16];
    private String cursor;
    private long events;
    private long outOfOrder;
    private long repeated;
    private long gaps;
    private long errors;

    Deliveries(EntityNames names, String cursor) {
        this.names = names;
        this.cursor = cursor;
    }

    /** A revision as one number, in the order of revisions: epoch, then count. */
    static long revision(long epoch, long n) {
        return epoch << N_BITS | n;
    }

    /**
     * Reads {@code generation.epoch.n}.
     *
     * @throws IllegalArgumentException for anything else
     */
    static long revision(String text) {
        String[] parts = text.split("\\.");
        if (parts.length != 3 || !parts[0].equals("0")) {
            throw new IllegalArgumentException("a revision was " + text);
        }
        return revision(Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }

    /** A connection begins. */
    synchronized void connected() {
        onConnection.clear();
    }

    synchronized void event(String entity, String text, String at) {
        int number = names.number(entity);
        long revision = revision(text);
        if (number >= newest.length) {
            newest = Arrays.copyOf(newest, Math.max(number + 1, 2 * newest.length));
        }
        if (newest[number] >= revision) {
            // On one connection never; after a cut not either, since the cursor is that of the last event.
            if (onConnection.get(number) && newest[number] > revision) {
                outOfOrder++;
            } else {
                repeated++;
            }
        } else {
            newest[number] = revision;
        }
        onConnection.set(number);
        cursor = at;
        events++;
    }

    synchronized void caughtUp(String at) {
        cursor = at;
    }

    synchronized void gap() {
        gaps++;
    }

    synchronized void error() {
        errors++;
    }

    synchronized String cursor() {
        return cursor;
    }

    /** Whether that state came, or a newer one: what goes on is rewritten while it is looked for. */
    synchronized boolean has(String entity, long revision) {
        int number = names.number(entity);
        return number < newest.length && newest[number] >= revision;
    }

    synchronized long events() {
        return events;
    }

    synchronized long outOfOrder() {
        return outOfOrder;
    }

    /** Events that the client had before. */
    synchronized long repeated() {
        return repeated;
    }

    synchronized long gaps() {
        return gaps;
    }

    synchronized long errors() {
        return errors;
    }
}
