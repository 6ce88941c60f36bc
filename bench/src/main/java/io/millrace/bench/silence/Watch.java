package io.millrace.bench.silence;

import io.millrace.bench.stack.TotalsStore;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Sends into a window, falls silent, and watches the window's row. */
final class Watch {
    private static final int WINDOW_SECONDS = 10;
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final long BETWEEN_SPANS_MILLIS = 50;
    private static final long BETWEEN_LOOKS_MILLIS = 20;

    private final Trickle trickle;
    private final TotalsStore store;
    private final UUID project;

    Watch(Trickle trickle, TotalsStore store, UUID project) {
        this.trickle = trickle;
        this.store = store;
        this.project = project;
    }

    /**
     * Waits for the beginning of a window, sends for a while, then not at all.
     *
     * @param sending for how long; the window is what the last of it falls into
     */
    Silence observe(Duration sending) throws IOException, InterruptedException, SQLException {
        long start = (Instant.now().getEpochSecond() / WINDOW_SECONDS + 1) * WINDOW_SECONDS;
        Instant window = Instant.ofEpochSecond(start);
        Instant end = window.plusSeconds(WINDOW_SECONDS);
        Thread.sleep(Math.max(1, Duration.between(Instant.now(), window).toMillis() + 1));
        long spans = 0;
        for (Instant now = Instant.now();
                now.isBefore(window.plus(sending)) && now.isBefore(end);
                now = Instant.now()) {
            trickle.send(now);
            spans++;
            Thread.sleep(BETWEEN_SPANS_MILLIS);
        }
        Duration stopped = Duration.between(Instant.now(), end);
        Duration row = until(window, spans, 0);
        return new Silence(window, stopped, spans, row, until(window, spans, spans));
    }

    /** From the window's end until its row has at least so many spans and traces. */
    private Duration until(Instant window, long spans, long traces)
            throws IOException, InterruptedException, SQLException {
        Instant end = window.plusSeconds(WINDOW_SECONDS);
        while (Instant.now().isBefore(end.plus(LONGEST))) {
            TotalsStore.ProjectWindow row = store.projectWindow(project, window.getEpochSecond());
            if (row.spans() >= spans && row.traces() >= traces) {
                return Duration.between(end, Instant.now());
            }
            Thread.sleep(BETWEEN_LOOKS_MILLIS);
        }
        throw new IOException("the window that starts at " + window + " has no final row");
    }
}
