package io.millrace.query.sampling;

import static io.millrace.query.Api.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.query.Api;
import io.millrace.query.Facts;
import io.millrace.schema.span.Mark;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.SamplingEntry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingIT {
    private static final Api API = Api.shared();
    private static Api.Tenant tenant;

    @BeforeAll
    static void makeTenant() throws Exception {
        tenant = API.tenant();
    }

    private static String path() {
        return "/v1/projects/" + tenant.project() + "/sampling";
    }

    @Test
    void whatIsSetIsKeptShownAndPutOnTheControlTopic() {
        JsonNode first = API.get(tenant.adminKey(), path()).body();
        assertThat(first.path("body_sampling").doubleValue()).isEqualTo(1);
        assertThat(first.path("keep_errors").booleanValue()).isTrue();

        Api.Answer put = API.put(tenant.adminKey(), path(), "{\"body_sampling\": 0.25, \"keep_errors\": false}");
        assertThat(put.status()).as(put.body().toString()).isEqualTo(200);
        JsonNode shown = API.get(tenant.adminKey(), path()).body();
        assertThat(shown).isEqualTo(put.body());
        assertThat(shown.path("body_sampling").doubleValue()).isEqualTo(0.25);
        assertThat(shown.path("keep_errors").booleanValue()).isFalse();
        eventually().until(() -> entry().isPresent());
        assertThat(entry().orElseThrow().getBodySampling()).isEqualTo(0.25);
        assertThat(entry().orElseThrow().getKeepErrors()).isFalse();

        assertThat(API.put(tenant.adminKey(), path(), "{}").status()).isEqualTo(200);
        assertThat(API.get(tenant.adminKey(), path()).body()).isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"body_sampling\": 1.01}|body_sampling",
                "{\"body_sampling\": -0.5}|body_sampling",
                "{\"body_sampling\": \"0.5\"}|body_sampling",
                "{\"keep_errors\": 1}|keep_errors",
                "{\"rate\": 1}|rate",
            })
    void namesTheFieldThatCannotBe(String body, String field) {
        Api.Answer answer = API.put(tenant.adminKey(), path(), body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().toString()).contains("\"" + field + "\"");
    }

    @Test
    void isForAdministratorsAndKnownProjects() {
        assertThat(API.get(tenant.readKey(), path()).status()).isEqualTo(403);
        assertThat(API.put(tenant.readKey(), path(), "{}").status()).isEqualTo(403);
        String nowhere = "/v1/projects/" + UUID.randomUUID() + "/sampling";
        assertThat(API.get(tenant.adminKey(), nowhere).status()).isEqualTo(404);
        assertThat(API.put(tenant.adminKey(), nowhere, "{}").status()).isEqualTo(404);
    }

    @Test
    void aSpanSaysWhyItsBodyIsNotThere() throws SQLException {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        Instant at = Instant.parse(Facts.day(Instant.now()) + "T00:00:10Z");
        Facts.fact(tenant.project(), trace, "00000000000000a1", at, at.plusSeconds(1))
                .with("root", true)
                .with("marks", Mark.SAMPLED_OUT.bit())
                .insert(API);
        Facts.fact(tenant.project(), trace, "00000000000000a2", at, at.plusSeconds(1))
                .with("parent_span_id", new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) 0xa1})
                .insert(API);

        JsonNode spans = API.get(tenant.readKey(), "/v1/traces/" + trace).body().path("spans");

        assertThat(spans).hasSize(2);
        for (JsonNode span : spans) {
            boolean thinned = span.path("id").asText().equals("00000000000000a1");
            assertThat(span.path("body_note").textValue()).isEqualTo(thinned ? "body not kept: sampling" : null);
            assertThat(span.path("marks").toString()).isEqualTo(thinned ? "[\"sampled_out\"]" : "[]");
            assertThat(span.path("input").isNull()).isTrue();
        }
    }

    /** What the control topic says last of the tenant's sample. */
    private static Optional<SamplingEntry> entry() {
        Map<String, Object> client = new HashMap<>(API.stack().broker().clientProperties());
        Optional<SamplingEntry> last = Optional.empty();
        try (var consumer = new KafkaConsumer<>(client, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(Topic.CONTROL.id(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (var entry : consumer.poll(Duration.ofMillis(100))) {
                    if (entry.key().equals("sampling/" + tenant.project())) {
                        last = Optional.of(ControlEntry.parseFrom(entry.value()).getSampling());
                    }
                }
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
        return last;
    }
}
