package io.millrace.ingest.http;

import io.millrace.ingest.share.FairShare;
import java.util.UUID;

/** The memory, in bytes, that the bodies of a project's requests hold, out of what those of all may hold. Safe for threads. */
public final class Budget {
    private final FairShare all;
    private final UUID project;

    public Budget(FairShare all, UUID project) {
        this.all = all;
        this.project = project;
    }

    /** @throws Refused when the project may not hold so many more; nothing is reserved then */
    void reserve(long bytes) throws Refused {
        switch (all.reserve(project, bytes)) {
            case GRANTED -> {}
            case OVER_SHARE -> throw Failure.OVER_SHARE.because("send again in a moment");
            case FULL -> throw Failure.OVERLOADED.because("send again in a moment");
        }
    }

    /** Gives back what was reserved. */
    void release(long bytes) {
        all.release(project, bytes);
    }

    /** Counts bytes that are held already and cannot be refused any more. */
    void take(long bytes) {
        all.take(project, bytes);
    }

    /** Gives back what was taken. */
    void putBack(long bytes) {
        all.putBack(project, bytes);
    }
}
