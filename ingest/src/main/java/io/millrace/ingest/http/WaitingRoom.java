package io.millrace.ingest.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many requests wait for their turn at all loops of an edge, and what they hold meanwhile. What waits is not read but for
 * what had arrived with its headers. That is bounded by bytes as well: it leaves the processor's caches while it waits, and
 * of HTTP/2 it is on the heap.
 */
public final class WaitingRoom {
    private static final int MOST_REQUESTS = 1_000;
    private static final int MOST_LARGE = 256;
    private static final int LARGE = 64 << 10;
    private static final long MOST_BYTES = 48L << 20;

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger large = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    /** Whether one more may wait that holds so much. Several that ask at once may all find the same place. */
    boolean hasPlaceFor(int held) {
        return requests.get() < MOST_REQUESTS
                && bytes.get() + held <= MOST_BYTES
                && (held < LARGE || large.get() < MOST_LARGE);
    }

    void enter(int held) {
        requests.incrementAndGet();
        large.addAndGet(held < LARGE ? 0 : 1);
        bytes.addAndGet(held);
    }

    /** @param held the same as when it entered */
    void leave(int held) {
        requests.decrementAndGet();
        large.addAndGet(held < LARGE ? 0 : -1);
        bytes.addAndGet(-held);
    }

    /** How many wait. */
    public int requests() {
        return requests.get();
    }
}
