package io.millrace.query.migration;

import io.millrace.query.migration.ClusterState.TopicState;
import io.millrace.schema.topic.Topic;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;

/** Looks at a Kafka cluster; changes nothing. */
public final class KafkaCluster {
    private static final int ANSWER_MILLIS = 15_000;

    private final Admin admin;

    public KafkaCluster(Admin admin) {
        this.admin = admin;
    }

    /**
     * A client that gives up after a quarter of a minute.
     *
     * @param properties how clients find the cluster and log in
     * @throws IllegalStateException when they make no sense, with the reason
     */
    public static Admin connect(Map<String, String> properties) {
        Map<String, Object> settings = new HashMap<>(properties);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MILLIS / 3);
        try {
            return Admin.create(settings);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException("Kafka cannot be reached: " + cause.getMessage(), e);
        }
    }

    /**
     * What is there.
     *
     * @throws IllegalStateException when the cluster does not answer or refuses, with the reason
     */
    public ClusterState look() throws InterruptedException {
        try {
            int brokers = admin.describeCluster().nodes().get().size();
            Set<String> present = admin.listTopics().names().get();
            List<Topic> ours = List.of(Topic.values()).stream()
                    .filter(topic -> present.contains(topic.id()))
                    .toList();
            return new ClusterState(brokers, topics(ours));
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka does not answer: " + reason(e), e);
        }
    }

    private Map<Topic, TopicState> topics(List<Topic> ours) throws InterruptedException, ExecutionException {
        List<String> names = ours.stream().map(Topic::id).toList();
        Map<String, TopicDescription> described =
                admin.describeTopics(names).allTopicNames().get();
        Map<ConfigResource, Config> settings = admin.describeConfigs(
                        names.stream().map(KafkaCluster::resource).toList())
                .all()
                .get();
        Map<Topic, TopicState> states = new EnumMap<>(Topic.class);
        for (Topic topic : ours) {
            TopicDescription there = described.get(topic.id());
            Config config = settings.get(resource(topic.id()));
            if (there != null && config != null) {
                states.put(topic, state(there, config));
            }
        }
        return states;
    }

    private static TopicState state(TopicDescription topic, Config config) {
        Map<String, String> settings = new HashMap<>();
        config.entries().forEach(entry -> {
            if (entry.value() != null) {
                settings.put(entry.name(), entry.value());
            }
        });
        int replicas = topic.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        return new TopicState(topic.partitions().size(), replicas, settings);
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static String reason(ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
