package io.millrace.query.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.millrace.query.live.LiveEvent;
import io.millrace.schema.window.Revision;
import io.millrace.schema.wire.AnomalyMessage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class AnomalyChannelTest {
    private static final UUID PROJECT = new UUID(1, 2);
    private static final UUID ID = new UUID(3, 4);
    private static final AnomalyMessage MESSAGE = AnomalyMessage.newBuilder()
            .setProject(bytes(PROJECT))
            .setId(bytes(ID))
            .setIncident(bytes(ID))
            .setEpoch(7)
            .setN(9)
            .setCube(3)
            .addDims("openai")
            .addDims("gpt-4o")
            .setMeasure(1)
            .setSeverity(2)
            .setObserved(0.35)
            .setExpected(0.01)
            .setOnsetMillis(1_795_176_000_000L)
            .setFirstSeenMillis(1_795_176_002_000L)
            .setLastSeenMillis(1_795_176_010_000L)
            .setCauseCube(3)
            .addCauseDims("openai")
            .addCauseDims("gpt-4o")
            .setSentence("it fails")
            .build();

    private final AnomalyChannel channel = new AnomalyChannel();

    @Test
    void showsWhatTheListShows() throws Exception {
        LiveEvent<Anomaly> event = channel.decode(0, 42, MESSAGE.toByteArray()).orElseThrow();
        assertThat(event.project()).isEqualTo(PROJECT);
        assertThat(event.entity()).isEqualTo(ID.toString());
        assertThat(event.revision()).isEqualTo(new Revision(0, 7, 9));
        JsonNode json = new ObjectMapper().readTree(channel.select(Map.of()).json(event.data()));
        assertThat(json.get("state").asText()).isEqualTo("open");
        assertThat(json.get("measure").asText()).isEqualTo("error_rate");
        assertThat(json.get("severity").asText()).isEqualTo("critical");
        assertThat(json.at("/series/dims/model").asText()).isEqualTo("gpt-4o");
        assertThat(json.get("onset").asText()).startsWith("2026-11-20T12:00:00");
        assertThat(json.get("ended").isNull()).isTrue();
        assertThat(json.get("sentence").asText()).isEqualTo("it fails");
        assertThat(json.get("actions")).isEmpty();
    }

    @Test
    void aFilterTakesWhatItSays() throws Exception {
        Anomaly anomaly =
                channel.decode(0, 42, MESSAGE.toByteArray()).orElseThrow().data();
        assertThat(channel.select(Map.of("severity", List.of("warning"))).takes(anomaly))
                .isTrue();
        assertThat(channel.select(Map.of("measure", List.of("cost"))).takes(anomaly))
                .isFalse();
        assertThat(channel.select(Map.of("model", List.of("gpt-4o"))).takes(anomaly))
                .isTrue();
        assertThat(channel.select(Map.of("environment", List.of("production"))).takes(anomaly))
                .isFalse();
    }

    private static ByteString bytes(UUID id) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .flip());
    }
}
