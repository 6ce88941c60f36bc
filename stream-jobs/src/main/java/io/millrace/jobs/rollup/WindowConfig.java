package io.millrace.jobs.rollup;

import io.millrace.schema.topic.Topic;
import java.io.Serializable;

/**
 * How windows speak.
 *
 * @param partitions how many partitions {@code millrace.rollups.v1} has: each is told of the time
 * @param earlyMillis how often changed windows are emitted, by the machine's clock
 */
public record WindowConfig(int partitions, long earlyMillis) implements Serializable {
    public static final WindowConfig DEFAULT = new WindowConfig(Topic.ROLLUPS.partitions(), 500);
}
