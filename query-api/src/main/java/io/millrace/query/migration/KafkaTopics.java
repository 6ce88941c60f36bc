package io.millrace.query.migration;

import io.millrace.schema.topic.Topic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Makes the topics that are missing. Those that are there keep their settings. */
public final class KafkaTopics {
    private final Admin admin;
    private final int replicas;

    /**
     * @param replicas of each partition: 1 is for a single machine only, whose promise says so; from 3 on, two of them
     *     have a record before it is acknowledged
     * @throws IllegalArgumentException for 2 replicas, of which one alone would have to do when the other is away
     */
    public KafkaTopics(Admin admin, int replicas) {
        if (replicas < 1 || replicas == 2) {
            throw new IllegalArgumentException(
                    "topics have 1 replica on a single machine, else at least 3; not " + replicas);
        }
        this.admin = admin;
        this.replicas = replicas;
    }

    /**
     * Returns when every topic is there.
     *
     * @return the names of those that were made
     * @throws IllegalStateException when Kafka refuses, with its reason
     */
    public List<String> ensure() throws InterruptedException {
        try {
            Set<String> present = admin.listTopics().names().get();
            List<NewTopic> missing = new ArrayList<>();
            Arrays.stream(Topic.values())
                    .filter(topic -> !present.contains(topic.id()))
                    .forEach(topic -> missing.add(described(topic)));
            admin.createTopics(missing).all().get();
            return missing.stream().map(NewTopic::name).toList();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka refused to make the topics: " + e.getMessage(), e);
        }
    }

    private NewTopic described(Topic topic) {
        Map<String, String> settings = new HashMap<>(topic.settings());
        settings.put("min.insync.replicas", Integer.toString(replicas == 1 ? 1 : 2));
        return new NewTopic(topic.id(), topic.partitions(), (short) replicas).configs(settings);
    }
}
