package io.millrace.jobs.rollup;

import io.millrace.schema.topic.Topic;
import java.io.Serializable;

/**
 * How windows speak.
 *
 * @param partitions how many partitions {@code millrace.rollups.v1} has: each is told of the time
 * @param earlyMillis how often changed windows are emitted, by the machine's clock
 * @param totalsMillis the same for those that are looked at first and of which there are few: a project's and its
 *     environments'
 * @param failedMillis the same for those in which requests have just failed; each of them a few times in {@code earlyMillis}
 */
public record WindowConfig(int partitions, long earlyMillis, long totalsMillis, long failedMillis)
        implements Serializable {
    public static final WindowConfig DEFAULT = new WindowConfig(Topic.ROLLUPS.partitions(), 500, 200, 10);
}
