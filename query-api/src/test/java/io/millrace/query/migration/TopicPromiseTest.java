package io.millrace.query.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.query.migration.ClusterState.TopicState;
import io.millrace.schema.topic.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TopicPromiseTest {
    private static TopicState asMade(Topic topic, int replicas) {
        Map<String, String> settings = new HashMap<>(topic.settings());
        settings.put("min.insync.replicas", replicas == 1 ? "1" : "2");
        settings.put("unclean.leader.election.enable", "false");
        return new TopicState(topic.partitions(), replicas, settings);
    }

    private static TopicState with(TopicState state, String setting, String value) {
        Map<String, String> settings = new HashMap<>(state.settings());
        settings.put(setting, value);
        return new TopicState(state.partitions(), state.replicas(), settings);
    }

    private static List<Breach> breaches(int replicas, Topic topic, TopicState state) {
        return new TopicPromise(replicas).breaches(new ClusterState(replicas, Map.of(topic, state)));
    }

    @ParameterizedTest
    @EnumSource(Topic.class)
    void whatMillraceMakesFits(Topic topic) {
        assertThat(breaches(3, topic, asMade(topic, 3))).isEmpty();
        assertThat(breaches(1, topic, asMade(topic, 1))).isEmpty();
    }

    @Test
    void fewerBrokersThanReplicasBreakThePromise() {
        List<Breach> breaches = new TopicPromise(3).breaches(new ClusterState(1, Map.of()));

        assertThat(breaches).singleElement().satisfies(breach -> {
            assertThat(breach.breaking()).isTrue();
            assertThat(breach.toString()).contains("1 broker ").contains("MILLRACE_TOPIC_REPLICAS=1");
        });
        assertThat(new TopicPromise(1).breaches(new ClusterState(1, Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "SPANS,    cleanup.policy,                 compact,        true",
        "SPANS,    cleanup.policy,                 'compact,delete', true",
        "CONTROL,  cleanup.policy,                 delete,         true",
        "SPANS,    retention.ms,                   604799999,      true",
        "TRACES,   retention.ms,                   1000,           false",
        "SPANS,    retention.bytes,                1000000,        true",
        "ROLLUPS,  retention.bytes,                1000000,        false",
        "SPANS,    message.timestamp.type,         LogAppendTime,  true",
        "SPANS,    message.timestamp.after.max.ms, 3600000,        true",
        "TRACES,   message.timestamp.after.max.ms, 3600000,        false",
        "SPANS,    max.message.bytes,              1048588,        true",
        "CONTROL,  max.message.bytes,              1048588,        true",
        "SPANS,    min.insync.replicas,            1,              true",
        "SPANS,    min.insync.replicas,            3,              false",
        "SPANS,    unclean.leader.election.enable, true,           true"
    })
    void namesTheSettingThatDoesNotFit(Topic topic, String setting, String value, boolean breaking) {
        List<Breach> breaches = breaches(3, topic, with(asMade(topic, 3), setting, value));

        assertThat(breaches).singleElement().satisfies(breach -> {
            assertThat(breach.breaking()).isEqualTo(breaking);
            assertThat(breach.subject()).isEqualTo(topic.id());
            assertThat(breach.what()).isEqualTo(setting + " is " + value);
            assertThat(breach.remedy()).startsWith("set it to ");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "SPANS, retention.ms, -1",
        "SPANS, retention.ms, 1209600000",
        "SPANS, max.message.bytes, 20000000",
        "SPANS, compression.type, producer",
        "SPANS, segment.bytes, 1073741824"
    })
    void moreThanWantedIsNoBreach(Topic topic, String setting, String value) {
        assertThat(breaches(3, topic, with(asMade(topic, 3), setting, value))).isEmpty();
    }

    @Test
    void tooFewReplicasBreakThePromise() {
        assertThat(breaches(3, Topic.SPANS, with(asMade(Topic.SPANS, 1), "min.insync.replicas", "2")))
                .extracting(Breach::what)
                .contains("has 1 replicas");
    }

    @Test
    void theControlTopicIsInOneOrder() {
        TopicState one = asMade(Topic.CONTROL, 3);

        assertThat(breaches(3, Topic.CONTROL, new TopicState(4, 3, one.settings())))
                .singleElement()
                .matches(Breach::breaking);
    }
}
