package io.millrace.query.migration;

import io.millrace.schema.topic.Topic;
import java.util.Map;

/**
 * A Kafka cluster as it is.
 *
 * @param brokers how many answer
 * @param topics those of ours that are there
 */
public record ClusterState(int brokers, Map<Topic, TopicState> topics) {
    public ClusterState {
        topics = Map.copyOf(topics);
    }

    /**
     * A topic as it is.
     *
     * @param replicas of the partition that has the fewest
     * @param settings all of them, in Kafka's names
     */
    public record TopicState(int partitions, int replicas, Map<String, String> settings) {
        public TopicState {
            settings = Map.copyOf(settings);
        }
    }
}
