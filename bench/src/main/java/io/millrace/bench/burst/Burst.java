package io.millrace.bench.burst;

import java.time.Duration;
import java.time.Instant;

/**
 * A time in which requests fail.
 *
 * @param prompt how many failed requests were acknowledged while their window was open: the others came too late to be seen
 *     as they happened
 * @param apart whether the calm before it came in time; else the anomaly of the burst before may go on
 */
public record Burst(Instant begin, Instant end, int prompt, boolean apart) {
    /** An anomaly begins with a window, and ends windows behind the last failure. */
    private static final Duration WINDOW = Duration.ofSeconds(10);

    /** So many failures on time cannot be missed; with fewer it depends on how they lie in their windows. */
    private static final int CERTAIN = 100;

    boolean mustBeTold() {
        return prompt >= CERTAIN;
    }

    /** Whether an anomaly that begins then is of this burst. */
    boolean covers(Instant onset) {
        return !onset.isBefore(begin.minus(WINDOW)) && onset.isBefore(end.plus(WINDOW));
    }
}
