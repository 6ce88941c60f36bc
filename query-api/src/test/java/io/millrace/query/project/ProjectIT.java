package io.millrace.query.project;

import static io.millrace.query.Api.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.query.Api;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.ControlEntry;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ProjectIT {
    private static final Api API = Api.shared();
    private static Api.Tenant tenant;

    @BeforeAll
    static void makeTenant() throws Exception {
        tenant = API.tenant();
    }

    /** The last entry of each key; nothing for a deleted one. */
    private static Map<String, Optional<ControlEntry>> control() {
        Map<String, Object> client = new HashMap<>(API.stack().broker().clientProperties());
        Map<String, Optional<ControlEntry>> entries = new HashMap<>();
        try (var consumer = new KafkaConsumer<>(client, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(Topic.CONTROL.id(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    entries.put(
                            record.key(),
                            record.value() == null
                                    ? Optional.empty()
                                    : Optional.of(ControlEntry.parseFrom(record.value())));
                }
            }
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
        return entries;
    }

    @Test
    void makesAProjectAndAKeyThatWorkAndADeletedKeyStops() throws Exception {
        Api.Answer project = API.post(tenant.adminKey(), "/v1/projects", "{\"name\": \"shop\", \"retention_days\": 7}");
        assertThat(project.status()).isEqualTo(201);
        String id = project.body().get("id").asText();
        assertThat(UUID.fromString(id).version()).isEqualTo(7);

        Api.Answer key = API.post(
                tenant.adminKey(),
                "/v1/api-keys",
                "{\"project_id\": \"" + id + "\", \"name\": \"k\", \"scopes\": [\"read\", \"ingest\"]}");
        assertThat(key.status()).as(key.body().toString()).isEqualTo(201);
        JsonNode made = key.body();
        String secret = made.get("secret_key").asText();
        assertThat(secret).startsWith("sk-mr-").hasSize(70);
        assertThat(made.get("public_key").asText()).startsWith("pk-mr-");
        assertThat(API.get(secret, "/v1/traces").status()).isEqualTo(200);
        assertThat(API.get(secret, "/v1/traces?project=" + id).status()).isEqualTo(200);

        String controlKey = "key/" + made.get("id").asText();
        eventually().until(() -> control().containsKey(controlKey));
        ControlEntry entry = control().get(controlKey).orElseThrow();
        assertThat(entry.getApiKey().getScopesList()).containsExactly("ingest", "read");
        assertThat(entry.getApiKey().getPublicKey())
                .isEqualTo(made.get("public_key").asText());
        assertThat(HexFormat.of().formatHex(entry.getApiKey().getSecretSha256().toByteArray()))
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256")
                                .digest(secret.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
        ControlEntry shop = control().get("project/" + id).orElseThrow();
        assertThat(shop.getProject().getName()).isEqualTo("shop");
        assertThat(shop.getProject().getRetentionDays()).isEqualTo(7);

        Api.Answer deleted =
                API.delete(tenant.adminKey(), "/v1/api-keys/" + made.get("id").asText());
        assertThat(deleted.status()).isEqualTo(204);
        eventually().until(() -> API.get(secret, "/v1/traces").status() == 401);
        eventually().until(() -> control().get(controlKey).isEmpty());
        assertThat(API.delete(
                                tenant.adminKey(),
                                "/v1/api-keys/" + made.get("id").asText())
                        .problem())
                .isEqualTo("not_found");
    }

    @Test
    void changesHowLongAProjectKeepsItsSpans() throws Exception {
        String id = API.post(tenant.adminKey(), "/v1/projects", "{\"name\": \"books\"}")
                .body()
                .get("id")
                .asText();
        String path = "/v1/projects/" + id;
        assertThat(API.get(tenant.adminKey(), path).body().get("retention_days").asInt())
                .isEqualTo(30);

        Api.Answer changed = API.patch(tenant.adminKey(), path, "{\"retention_days\": 7}");

        assertThat(changed.status()).as(changed.body().toString()).isEqualTo(200);
        assertThat(changed.body()).isEqualTo(API.get(tenant.adminKey(), path).body());
        assertThat(changed.body().get("name").asText()).isEqualTo("books");
        assertThat(changed.body().get("retention_days").asInt()).isEqualTo(7);
        eventually()
                .until(() -> control()
                                .getOrDefault("project/" + id, Optional.empty())
                                .map(entry -> entry.getProject().getRetentionDays())
                                .orElse(0)
                        == 7);
    }

    @Test
    void refusesARetentionThatMakesNoSense() throws Exception {
        String path = "/v1/projects/" + tenant.project();

        assertThat(API.patch(tenant.adminKey(), path, "{\"retention_days\": 0}").problem())
                .isEqualTo("invalid_body");
        assertThat(API.patch(tenant.adminKey(), path, "{}").problem()).isEqualTo("invalid_body");
        assertThat(API.patch(tenant.readKey(), path, "{\"retention_days\": 9}").problem())
                .isEqualTo("forbidden");
        assertThat(API.get(tenant.readKey(), path).problem()).isEqualTo("forbidden");
        assertThat(API.patch(tenant.adminKey(), "/v1/projects/" + UUID.randomUUID(), "{\"retention_days\": 9}")
                        .problem())
                .isEqualTo("not_found");
        assertThat(API.get(tenant.adminKey(), "/v1/projects/x").problem()).isEqualTo("not_found");
    }

    @Test
    void emptiesTheOutboxOnceTheTopicHasItsEntries() throws Exception {
        API.post(tenant.adminKey(), "/v1/projects", "{\"name\": \"x\"}");

        eventually()
                .until(() -> API.value("select count(*) from control_outbox").equals(0L));
    }

    @Test
    void refusesAnExpiredKey() throws Exception {
        Api.Answer key = API.post(
                tenant.adminKey(),
                "/v1/api-keys",
                "{\"name\": \"k\", \"scopes\": [\"read\"], \"expires_at\": \"now+1h\"}");
        String secret = key.body().get("secret_key").asText();
        assertThat(API.get(secret, "/v1/traces").status()).isEqualTo(200);

        API.sql(
                "update api_keys set expires_at = now() where public_key = ?",
                key.body().get("public_key").asText());

        eventually().until(() -> API.get(secret, "/v1/traces").status() == 401);
    }

    @Test
    void bootstrapsOnceHoweverOftenItRuns() throws Exception {
        var random = Bootstrap.Seed.random(new SecureRandom(), "first", "first@example.org");
        API.bootstrap(random);
        API.bootstrap(random);

        assertThat(API.value("select count(*) from projects where id = ?", random.project()))
                .isEqualTo(1L);
        assertThat(API.value("select count(*) from api_keys where project = ?", random.project()))
                .isEqualTo(2L);
        assertThat(API.get(random.secretKey(), "/v1/traces").status()).isEqualTo(200);
        assertThat(API.get(random.apiToken(), "/v1/traces").status()).isEqualTo(200);
        assertPassword(
                (String) API.value("select password_hash from users where email = 'first@example.org'"),
                random.adminPassword());
    }

    @Test
    void doesNotReviveADeletedKeyAtTheNextStart() throws Exception {
        var random = Bootstrap.Seed.random(new SecureRandom(), "second", "second@example.org");
        API.bootstrap(random);
        API.sql("update api_keys set revoked_at = now() where public_key = ?", random.publicKey());

        API.bootstrap(random);

        eventually().until(() -> API.get(random.secretKey(), "/v1/traces").status() == 401);
    }

    private static void assertPassword(String stored, String password) throws Exception {
        String[] parts = stored.split("\\$");
        var spec = new PBEKeySpec(
                password.toCharArray(),
                java.util.Base64.getDecoder().decode(parts[2]),
                Integer.parseInt(parts[1]),
                256);
        byte[] hash = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(spec)
                .getEncoded();
        assertThat(parts[0]).isEqualTo("pbkdf2-sha256");
        assertThat(java.util.Base64.getDecoder().decode(parts[3])).isEqualTo(hash);
    }
}
