package io.millrace.jobs.log;

import io.millrace.jobs.detection.WatchedWindow;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code millrace.rollups.v1} that detection heeds: a window, or the word of a writer that time has passed.
 *
 * @param window null where time has passed
 * @param writer which writer says so, from 0
 * @param writers how many there are
 * @param closedUntil stream time in milliseconds since the epoch
 */
public record RollupHeard(@Nullable WatchedWindow window, int writer, int writers, long closedUntil) {
    static RollupHeard of(WatchedWindow window) {
        return new RollupHeard(window, 0, 0, Long.MIN_VALUE);
    }

    static RollupHeard closed(int writer, int writers, long until) {
        return new RollupHeard(null, writer, writers, until);
    }
}
