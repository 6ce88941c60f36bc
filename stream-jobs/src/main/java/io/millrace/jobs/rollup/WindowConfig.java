package io.millrace.jobs.rollup;

import java.io.Serializable;

/**
 * How windows speak.
 *
 * @param earlyMillis how often changed windows are emitted, by the machine's clock
 */
public record WindowConfig(long earlyMillis) implements Serializable {
    public static final WindowConfig DEFAULT = new WindowConfig(500);
}
