package io.millrace.ingest.http;

import java.util.concurrent.atomic.AtomicLong;

/** The memory, in bytes, that bodies of all requests together may hold. Safe for threads. */
public final class Budget {
    private final long limit;
    private final AtomicLong held = new AtomicLong();

    public Budget(long limit) {
        this.limit = limit;
    }

    /** @throws Refused when that would be over the limit; nothing is reserved then */
    void reserve(long bytes) throws Refused {
        if (held.addAndGet(bytes) > limit) {
            held.addAndGet(-bytes);
            throw Failure.OVERLOADED.because("send again in a moment");
        }
    }

    /** Counts bytes that are held already and cannot be refused any more. */
    void take(long bytes) {
        held.addAndGet(bytes);
    }

    void release(long bytes) {
        held.addAndGet(-bytes);
    }

    public long held() {
        return held.get();
    }
}
