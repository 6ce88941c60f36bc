package io.millrace.bench.silence;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * What was seen of a window in which traffic stopped.
 *
 * @param window its start
 * @param stopped how long before its end the last span was acknowledged
 * @param spans that were acknowledged and ended in it
 * @param row from its end until its row in Postgres had all of them
 * @param traces from its end until the row had all traces too, which settle when they have been quiet for a while
 */
record Silence(Instant window, Duration stopped, long spans, Duration row, Duration traces) {
    /** For a file. */
    Map<String, Object> asMap() {
        return Map.of(
                "window", window.toString(),
                "silent_before_end_seconds", SilenceBenchmark.seconds(stopped),
                "spans", spans,
                "row_after_end_seconds", SilenceBenchmark.seconds(row),
                "traces_after_end_seconds", SilenceBenchmark.seconds(traces));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "window %s: silent %.1f s before its end, %d spans; row %.2f s after its end, with all traces %.2f s",
                window,
                SilenceBenchmark.seconds(stopped),
                spans,
                SilenceBenchmark.seconds(row),
                SilenceBenchmark.seconds(traces));
    }
}
