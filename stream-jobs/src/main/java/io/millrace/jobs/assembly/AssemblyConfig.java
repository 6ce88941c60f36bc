package io.millrace.jobs.assembly;

import java.io.Serializable;

/**
 * How long traces are waited for; all but the last three in stream time.
 *
 * @param quietMillis quiet after which a trace whose root has ended settles
 * @param rootlessQuietMillis quiet after which a trace settles whose root has not ended, or that has none
 * @param capMillis age at which a trace settles though it is not quiet, or though some span still waits for its end
 * @param keptMillis how long a settled trace stays in state for late spans; one that was flushed stays as long as the
 *     cap, since reading it again is dear
 * @param liveRowMillis how often the row of a live trace is written
 * @param limit how much of a trace is kept in state before it is flushed
 * @param bundleMillis how long contributions are bundled, by the machine's clock
 * @param sayMillis how long traces that have changed wait to be said, by the machine's clock: what comes together is said
 *     once, and who follows live is kept waiting half as long on average
 * @param failedMillis how long contributions are bundled when some have just failed and few come, by the machine's clock
 */
public record AssemblyConfig(
        long quietMillis,
        long rootlessQuietMillis,
        long capMillis,
        long keptMillis,
        long liveRowMillis,
        TraceLimit limit,
        long bundleMillis,
        long sayMillis,
        long failedMillis)
        implements Serializable {
    public static final AssemblyConfig DEFAULT =
            new AssemblyConfig(2_000, 30_000, 600_000, 10_000, 10_000, TraceLimit.DEFAULT, 100, 25, 10);

    /** Stream time at which a trace settles if nothing more comes. */
    long settleAt(Trace trace) {
        if (trace.open() > 0) {
            // It is never quiet while a span is open.
            return trace.openedAt + capMillis;
        }
        // A tick moves stream time by a second: one more makes the quiet last as long as it says.
        long quietAt = trace.changedAt + 1_000 + (trace.isEnded() ? quietMillis : rootlessQuietMillis);
        return Math.min(quietAt, Math.max(trace.beganAt + capMillis, trace.changedAt));
    }

    /** Whether a trace that settles now does so at its cap, though it is not quiet. */
    boolean isCapped(Trace trace, long streamTime) {
        return trace.open() > 0
                || streamTime < trace.changedAt + quietMillis && streamTime >= trace.beganAt + capMillis;
    }

    /** Stream time at which a settled trace may leave state. */
    long forgetAt(Trace trace) {
        return trace.changedAt + (trace.isFlushed() ? capMillis : keptMillis);
    }
}
