package io.millrace.bench.faults;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one kill did.
 *
 * @param atSeconds since the traffic began
 * @param unanswered requests that were sent whole before the kill and had no answer after it
 * @param acknowledging until the first success of a request after the kill
 * @param caughtUp until everything acknowledged before the kill was stored; null: the next kill came first
 */
record FaultOutcome(
        Fault fault,
        double atSeconds,
        int unanswered,
        Duration acknowledging,
        @Nullable Duration caughtUp) {

    static String header() {
        return String.format(
                "  %3s  %-38s %8s %11s %14s %12s", "#", "what", "at (s)", "unanswered", "acknowledging", "caught up");
    }

    String line(int number) {
        return String.format(
                "  %3d  %-38s %8.1f %11d %12.1f s %12s",
                number, fault.label(), atSeconds, unanswered, seconds(acknowledging), caughtUpText());
    }

    private String caughtUpText() {
        return caughtUp == null ? "(next kill)" : String.format("%.1f s", seconds(caughtUp));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
