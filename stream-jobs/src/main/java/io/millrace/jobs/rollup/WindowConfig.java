package io.millrace.jobs.rollup;

import java.io.Serializable;

/**
 * How windows speak.
 *
 * @param earlyMillis a changed window is emitted at once if nothing was in this time, else at its end; by the machine's
 *     clock
 */
public record WindowConfig(long earlyMillis) implements Serializable {
    public static final WindowConfig DEFAULT = new WindowConfig(250);
}
