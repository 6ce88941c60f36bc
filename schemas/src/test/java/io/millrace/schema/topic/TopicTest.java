package io.millrace.schema.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class TopicTest {
    private static final int LARGEST_SPAN_BYTES = 8 * 1024 * 1024;

    @ParameterizedTest
    @CsvSource({
        "SPANS, millrace.spans.v1, 4, 604800000",
        "TRACES, millrace.traces.v1, 1, 86400000",
        "ROLLUPS, millrace.rollups.v1, 1, 172800000",
        "ANOMALIES, millrace.anomalies.v1, 1, 2592000000",
        "REJECTED, millrace.rejected.v1, 1, 604800000"
    })
    void isKeptByTimeOnly(Topic topic, String id, int partitions, String retentionMillis) {
        assertThat(topic.id()).isEqualTo(id);
        assertThat(topic.partitions()).isEqualTo(partitions);
        assertThat(topic.settings())
                .containsEntry("cleanup.policy", "delete")
                .containsEntry("retention.ms", retentionMillis)
                .containsEntry("retention.bytes", "-1")
                .containsEntry("compression.type", "lz4");
    }

    @Test
    void controlIsCompactedAndNeverExpires() {
        assertThat(Topic.CONTROL.id()).isEqualTo("millrace.control.v1");
        assertThat(Topic.CONTROL.partitions()).isEqualTo(1);
        assertThat(Topic.CONTROL.settings())
                .containsEntry("cleanup.policy", "compact")
                .doesNotContainKey("retention.ms");
    }

    @ParameterizedTest
    @EnumSource
    void takesTheLargestSpanAndTheTimeOfItsWriter(Topic topic) {
        assertThat(Integer.parseInt(topic.settings().get("max.message.bytes"))).isGreaterThan(LARGEST_SPAN_BYTES);
        assertThat(topic.settings())
                .containsEntry("message.timestamp.type", "CreateTime")
                .containsEntry("message.timestamp.after.max.ms", "9223372036854775807");
    }

    @Test
    void namesAreToldApart() {
        assertThat(Arrays.stream(Topic.values()).map(Topic::id)).doesNotHaveDuplicates();
    }
}
