package io.millrace.query.masking;

import static io.millrace.query.Api.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.query.Api;
import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.MaskingEntry;
import java.time.Duration;
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

class MaskingIT {
    private static final Api API = Api.shared();
    private static Api.Tenant tenant;

    @BeforeAll
    static void makeTenant() throws Exception {
        tenant = API.tenant();
    }

    private static String path() {
        return "/v1/projects/" + tenant.project() + "/masking";
    }

    @Test
    void rulesAreKeptShownAndPutOnTheControlTopic() {
        assertThat(API.get(tenant.adminKey(), path()).body().path("detectors").size())
                .isZero();
        String rules = """
                {"detectors": {"email": "mask", "payment_card": "drop_payload"},
                 "patterns": [{"name": "order_number", "pattern": "ORD-[0-9]+", "action": "hash"}],
                 "denied_attributes": ["http.request.header.*"], "allowed_attributes": ["contact"]}""";
        Api.Answer put = API.put(tenant.adminKey(), path(), rules);
        assertThat(put.status()).as(put.body().toString()).isEqualTo(200);
        Api.Answer shown = API.get(tenant.adminKey(), path());
        assertThat(shown.body()).isEqualTo(put.body());
        assertThat(shown.body().at("/detectors/payment_card").asText()).isEqualTo("drop_payload");
        assertThat(shown.body().at("/patterns/0/pattern").asText()).isEqualTo("ORD-[0-9]+");

        eventually().until(() -> entry().isPresent());
        MaskingEntry entry = entry().orElseThrow();
        assertThat(entry.getDetectorsList())
                .anySatisfy(rule -> {
                    assertThat(rule.getDetector()).isEqualTo(Detector.PAYMENT_CARD.code());
                    assertThat(rule.getAction()).isEqualTo(MaskAction.DROP_PAYLOAD.code());
                })
                .hasSize(2);
        assertThat(entry.getPatterns(0).getName()).isEqualTo("order_number");
        assertThat(entry.getDeniedAttributesList()).containsExactly("http.request.header.*");
        assertThat(entry.getAllowedAttributesList()).containsExactly("contact");

        assertThat(API.put(tenant.adminKey(), path(), "{}").status()).isEqualTo(200);
        assertThat(API.get(tenant.adminKey(), path()).body().path("patterns").size())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"detectors\": {\"shoe_size\": \"mask\"}}|detectors.shoe_size",
                "{\"detectors\": {\"email\": \"burn\"}}|detectors.email",
                "{\"detectors\": []}|detectors",
                "{\"patterns\": [{\"name\": \"a\", \"pattern\": \"(\", \"action\": \"mask\"}]}|patterns[0].pattern",
                "{\"patterns\": [{\"name\": \"a\", \"pattern\": \"(?=x)\", \"action\": \"mask\"}]}|patterns[0].pattern",
                "{\"patterns\": [{\"name\": \"a\", \"pattern\": \"x*\", \"action\": \"mask\"}]}|patterns[0].pattern",
                "{\"patterns\": [{\"name\": \"A b\", \"pattern\": \"x\", \"action\": \"mask\"}]}|patterns[0].name",
                "{\"patterns\": [{\"name\": \"a\", \"pattern\": \"x\"}]}|patterns[0].action",
                "{\"patterns\": [{\"name\": \"a\", \"regex\": \"x\"}]}|patterns[0].regex",
                "{\"denied_attributes\": [\"a*b\"]}|denied_attributes",
                "{\"allowed_attributes\": [3]}|allowed_attributes",
                "{\"rules\": {}}|rules",
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
        String nowhere = "/v1/projects/" + UUID.randomUUID() + "/masking";
        assertThat(API.get(tenant.adminKey(), nowhere).status()).isEqualTo(404);
        assertThat(API.put(tenant.adminKey(), nowhere, "{}").status()).isEqualTo(404);
    }

    /** What the control topic says last of the tenant's masking. */
    private static Optional<MaskingEntry> entry() {
        Map<String, Object> client = new HashMap<>(API.stack().broker().clientProperties());
        Optional<MaskingEntry> last = Optional.empty();
        try (var consumer = new KafkaConsumer<>(client, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(Topic.CONTROL.id(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (var entry : consumer.poll(Duration.ofMillis(100))) {
                    if (entry.key().equals("masking/" + tenant.project())) {
                        last = Optional.of(ControlEntry.parseFrom(entry.value()).getMasking());
                    }
                }
            }
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
        return last;
    }
}
