package io.millrace.jobs.log;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * How the jobs reach Kafka.
 *
 * @param bootstrapServers {@code host:port,...}
 * @param clientProperties what else every client needs, such as credentials
 * @param spanPartitions how many partitions {@code millrace.spans.v1} has
 */
public record LogConfig(String bootstrapServers, Map<String, String> clientProperties, int spanPartitions)
        implements Serializable {
    public LogConfig {
        clientProperties = Map.copyOf(clientProperties);
        if (spanPartitions < 1) {
            throw new IllegalArgumentException("the spans topic has " + spanPartitions + " partitions");
        }
    }

    /** The client properties with {@code more} on top. */
    Properties with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(clientProperties);
        all.putAll(more);
        Properties properties = new Properties();
        properties.putAll(all);
        return properties;
    }
}
