package io.millrace.ingest.limit;

import org.jspecify.annotations.Nullable;

/**
 * Whether something may be taken.
 *
 * @param reached the limit that is in the way, the one to be waited for longest; null when none is
 * @param waitNanos until when the same may be taken, if nothing else is
 */
public record Verdict(@Nullable LimitName reached, long waitNanos) {
    public static final Verdict TAKEN = new Verdict(null, 0);

    public boolean isTaken() {
        return reached == null;
    }
}
