package io.millrace.query.webhook;

import static io.millrace.query.Api.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.InvalidProtocolBufferException;
import io.millrace.query.Api;
import io.millrace.query.Query;
import io.millrace.query.QueryConfig;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.webhook.SecretSeal;
import io.millrace.schema.webhook.WebhookStyle;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.WebhookEntry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookIT {
    private static final Api API = Api.shared();
    private static final SecretSeal SEAL = new SecretSeal(Api.WEBHOOK_KEY.getBytes(StandardCharsets.UTF_8));
    private static final String SECRET = "It's a Secret to Everybody";
    private static final String GITHUB = """
            {"style": "github", "secrets": [{"secret": "%s"}],
             "mapping": {"fields": [{"field": "name", "pointer": "/action"}]}}""".formatted(SECRET);

    private Api.Tenant tenant;

    @BeforeEach
    void makeTenant() throws Exception {
        tenant = API.tenant();
    }

    private String path(String rest) {
        return "/v1/projects/" + tenant.project() + "/webhooks" + rest;
    }

    @Test
    void aSourceIsKeptShownAndPutOnTheControlTopic() {
        JsonNode put = put("/ci", GITHUB);
        assertThat(put.path("url_path").asText()).matches("/webhooks/whk_[0-9a-f]{32}");
        assertThat(put.path("style").asText()).isEqualTo("github");
        assertThat(put.path("tolerance_seconds").asInt()).isEqualTo(300);
        assertThat(put.path("signature_header").asText()).isEqualTo("X-Hub-Signature-256");
        assertThat(put.at("/mapping/fields/0/pointer").asText()).isEqualTo("/action");
        assertThat(API.get(tenant.adminKey(), path("/ci")).body()).isEqualTo(put);
        assertThat(API.get(tenant.adminKey(), path("")).body().path("items")).containsExactly(put);

        String id = put.path("url_path").asText().substring("/webhooks/".length());
        eventually().until(() -> !entries(id).isEmpty());
        WebhookEntry entry = entries(id).get(0);
        assertThat(entry.getName()).isEqualTo("ci");
        assertThat(entry.getStyle()).isEqualTo(WebhookStyle.GITHUB.code());
        assertThat(SEAL.open(id, entry.getSealedSecrets(0).toByteArray())).contains(SECRET);
    }

    /** Neither the answers nor anything durable. */
    @Test
    void nothingShowsASecret() throws Exception {
        JsonNode put = put("/ci", GITHUB);
        assertThat(put.toString()).doesNotContain("Secret to");
        assertThat(API.get(tenant.adminKey(), path("")).body().toString()).doesNotContain("Secret to", "sealed");
        String id = put.path("url_path").asText().substring("/webhooks/".length());
        assertThat(API.value("select w::text from webhook_sources w where id = ?", id))
                .asString()
                .contains("github")
                .doesNotContain("Secret to");
        eventually().until(() -> !entries(id).isEmpty());
        assertThat(new String(entries(id).get(0).toByteArray(), StandardCharsets.UTF_8))
                .doesNotContain("Secret to");
    }

    @Test
    void secretsAreKeptAddedAndTakenAway() {
        JsonNode first = put("/ci", GITHUB);
        String id = first.path("url_path").asText().substring("/webhooks/".length());
        String old = first.at("/secrets/0/id").asText();

        JsonNode mapped = put("/ci", "{\"style\": \"github\", \"mapping\": {\"fields\": []}}");
        assertThat(mapped.path("secrets")).isEqualTo(first.path("secrets"));
        assertThat(mapped.path("url_path")).isEqualTo(first.path("url_path"));

        JsonNode both = put(
                "/ci",
                "{\"style\": \"github\", \"secrets\": [{\"secret\": \"another secret of theirs\"}, {\"id\": \"%s\"}]}"
                        .formatted(old));
        assertThat(both.path("secrets")).hasSize(2);
        assertThat(both.at("/secrets/1")).isEqualTo(first.at("/secrets/0"));
        atTheEdges(id, "another secret of theirs", SECRET);

        String fresh = both.at("/secrets/0/id").asText();
        put("/ci", "{\"style\": \"github\", \"secrets\": [{\"id\": \"%s\"}]}".formatted(fresh));
        atTheEdges(id, "another secret of theirs");
        assertThat(API.put(
                                tenant.adminKey(),
                                path("/ci"),
                                "{\"style\": \"github\", \"secrets\": [{\"id\": \"%s\"}]}".formatted(old))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aDeletedSourceIsGoneAndItsPathIsNotGivenOutAgain() {
        String before = put("/ci", GITHUB).path("url_path").asText();
        String id = before.substring("/webhooks/".length());
        assertThat(API.delete(tenant.adminKey(), path("/ci")).status()).isEqualTo(204);
        assertThat(API.delete(tenant.adminKey(), path("/ci")).status()).isEqualTo(404);
        assertThat(API.get(tenant.adminKey(), path("/ci")).status()).isEqualTo(404);
        eventually().until(() -> isDeleted(id));
        assertThat(put("/ci", GITHUB).path("url_path").asText()).isNotEqualTo(before);
    }

    @Test
    void aMappingIsTriedOutOnAPayload() {
        Api.Answer answer = API.post(tenant.adminKey(), path("/test"), """
                {"mapping": {"delivery_id": "/id", "fields": [
                   {"field": "name", "header": "x-github-event"},
                   {"field": "end", "pointer": "/at"},
                   {"field": "kind", "pointer": "/kind"},
                   {"field": "model", "pointer": "/model"}]},
                 "headers": {"X-GitHub-Event": "workflow_run"},
                 "payload": {"id": 7, "at": 1795255200, "kind": "poem", "rest": [1.50]}}""");
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        assertThat(answer.body().path("delivery_id").asText()).isEqualTo("7");
        JsonNode span = answer.body().at("/spans/0");
        assertThat(span.path("name").asText()).isEqualTo("workflow_run");
        assertThat(span.path("end").asText()).isEqualTo("2026-11-21T10:00:00Z");
        assertThat(span.path("attributes").path("payload.kind").asText()).isEqualTo("poem");
        assertThat(span.has("trace_id")).isFalse();
        assertThat(answer.body().at("/errors/0").toString())
                .isEqualTo("{\"index\":0,\"field\":\"kind\",\"where\":\"/kind\",\"detail\":\"is no kind of span\"}");
        assertThat(answer.body().at("/missing/0/where").asText()).isEqualTo("/model");
        assertThat(API.get(tenant.adminKey(), path("")).body().path("items")).isEmpty();
    }

    @Test
    void withoutAKeySourcesAreShownAndDeletedAndNotMade() throws Exception {
        put("/ci", GITHUB);
        QueryConfig usual = API.config();
        QueryConfig keyless = new QueryConfig(
                usual.host(),
                0,
                -1,
                usual.postgres(),
                usual.kafka(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        Vertx vertx = Vertx.vertx();
        Query query = Query.start(vertx, keyless)
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        try {
            int port = query.port();
            Api.Answer put = keyless(port, "PUT", path("/ci"), GITHUB);
            assertThat(put.status()).isEqualTo(400);
            assertThat(put.problem()).isEqualTo("not_available");
            assertThat(put.body().path("detail").asText()).contains("MILLRACE_WEBHOOK_KEY");
            assertThat(keyless(port, "POST", path("/test"), "{\"mapping\": {}, \"payload\": 1}")
                            .status())
                    .isEqualTo(200);
            assertThat(keyless(port, "GET", path(""), "").body().path("items")).hasSize(1);
            assertThat(keyless(port, "DELETE", path("/ci"), "").status()).isEqualTo(204);
        } finally {
            query.close()
                    .compose(closed -> vertx.close())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        }
    }

    private Api.Answer keyless(int port, String method, String path, String body) {
        return API.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("authorization", "Bearer " + tenant.adminKey())
                .header("content-type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Neither is lost without a word: one is told to come again, and the edges hear what the table has. */
    @Test
    void ofTwoChangesAtOnceOneIsToldToComeAgain() throws Exception {
        String id = put("/ci", GITHUB).path("url_path").asText().substring("/webhooks/".length());
        String change = "select put_webhook(?, ?, 'ci', '{}', '[]', ?, 100, ''::bytea)";
        assertThat(API.value(change, tenant.project(), "whk_" + "0".repeat(32), 0))
                .isEqualTo("changed");
        assertThat(API.value(change, tenant.project(), id, 2)).isEqualTo("changed");

        ExecutorService senders = Executors.newFixedThreadPool(8);
        try {
            List<Future<Api.Answer>> answers = new ArrayList<>();
            for (int i = 1; i <= 8; i++) {
                String body = "{\"style\": \"github\", \"tolerance_seconds\": %d}".formatted(i);
                answers.add(senders.submit(() -> API.put(tenant.adminKey(), path("/ci"), body)));
            }
            int done = 0;
            for (Future<Api.Answer> answer : answers) {
                int status = answer.get().status();
                assertThat(status).isIn(200, 503);
                done += status == 200 ? 1 : 0;
            }
            assertThat(done).isPositive();
            assertThat(API.value("select revision from webhook_sources where id = ?", id))
                    .isEqualTo(done + 1);
            int changes = done + 1;
            eventually().until(() -> entries(id).size() == changes);
            assertThat(entries(id).get(done).getToleranceSeconds())
                    .isEqualTo(API.get(tenant.adminKey(), path("/ci"))
                            .body()
                            .path("tolerance_seconds")
                            .asInt());
        } finally {
            senders.shutdownNow();
        }
    }

    @Test
    void aProjectHasSoManySourcesAndNoMore() throws Exception {
        put("/ci", GITHUB);
        API.sql(
                "insert into webhook_sources (id, project, name, settings, secrets)"
                        + " select 'whk_' || md5(?::text || n), ?::uuid, 's' || n, '{\"style\": \"github\", \"mapping\": {}}', '[]'"
                        + " from generate_series(1, 99) n",
                tenant.project(),
                tenant.project());
        Api.Answer answer = API.put(tenant.adminKey(), path("/one-more"), GITHUB);
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.problem()).isEqualTo("too_many");
        put("/ci", GITHUB);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"style\": \"pigeon\"}|style",
                "{\"style\": \"github\"}|secrets",
                "{\"style\": \"github\", \"secrets\": []}|secrets",
                "{\"style\": \"github\", \"secrets\": [{}]}|secrets[0]",
                "{\"style\": \"github\", \"secrets\": [{\"secret\": \"short\"}]}|secrets[0].secret",
                "{\"style\": \"github\", \"secrets\": [{\"id\": \"none\"}]}|secrets[0].id",
                "{\"style\": \"standard\", \"secrets\": [{\"secret\": \"It's a Secret to Everybody\"}]}|secrets[0].secret",
                "{\"style\": \"standard\", \"signature_header\": \"X-Mine\"}|signature_header",
                "{\"style\": \"github\", \"delivery_header\": \"X: Y\"}|delivery_header",
                "{\"style\": \"github\", \"tolerance_seconds\": 0}|tolerance_seconds",
                "{\"style\": \"github\", \"mapping\": {\"fields\": [{\"field\": \"joy\"}]}}|mapping.fields[0].field",
                "{\"style\": \"github\", \"mapping\": []}|mapping",
                "{\"style\": \"github\", \"colour\": 1}|colour",
            })
    void namesTheFieldThatCannotBe(String body, String field) {
        Api.Answer answer = API.put(tenant.adminKey(), path("/ci"), body);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(400);
        assertThat(answer.body().toString()).contains("\"" + field + "\"").doesNotContain("It's a Secret");
        assertThat(API.get(tenant.adminKey(), path("")).body().path("items")).isEmpty();
    }

    @Test
    void aSecretHasToFitTheStyleThatTheSourceGets() {
        put("/ci", GITHUB);
        Api.Answer answer = API.put(tenant.adminKey(), path("/ci"), "{\"style\": \"standard\"}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().at("/errors/0/field").asText()).isEqualTo("secrets");
    }

    @Test
    void isForAdministratorsAndKnownProjects() throws Exception {
        put("/ci", GITHUB);
        assertThat(API.get(tenant.readKey(), path("")).status()).isEqualTo(403);
        assertThat(API.put(tenant.readKey(), path("/ci"), GITHUB).status()).isEqualTo(403);
        assertThat(API.delete(tenant.readKey(), path("/ci")).status()).isEqualTo(403);
        assertThat(API.post(tenant.readKey(), path("/test"), "{}").status()).isEqualTo(403);
        assertThat(API.put(tenant.adminKey(), path("/Upper"), GITHUB).status()).isEqualTo(404);
        String nowhere = "/v1/projects/" + UUID.randomUUID() + "/webhooks";
        assertThat(API.get(tenant.adminKey(), nowhere).status()).isEqualTo(404);
        assertThat(API.put(tenant.adminKey(), nowhere + "/ci", GITHUB).status()).isEqualTo(404);
        Api.Tenant other = API.tenant();
        assertThat(API.get(other.adminKey(), "/v1/projects/" + other.project() + "/webhooks")
                        .body()
                        .path("items"))
                .isEmpty();
    }

    private static void atTheEdges(String id, String... secrets) {
        eventually().untilAsserted(() -> {
            List<WebhookEntry> entries = entries(id);
            assertThat(entries).isNotEmpty();
            assertThat(entries.get(entries.size() - 1).getSealedSecretsList())
                    .extracting(secret -> SEAL.open(id, secret.toByteArray()).orElseThrow())
                    .containsExactly(secrets);
        });
    }

    private JsonNode put(String source, String body) {
        Api.Answer answer = API.put(tenant.adminKey(), path(source), body);
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body();
    }

    /** What the control topic said of the source, in the order of saying it; deletions are left out. */
    private static List<WebhookEntry> entries(String id) {
        List<WebhookEntry> entries = new ArrayList<>();
        for (byte[] value : values(id)) {
            try {
                if (value != null) {
                    entries.add(ControlEntry.parseFrom(value).getWebhook());
                }
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        }
        return entries;
    }

    private static boolean isDeleted(String id) {
        List<byte[]> values = values(id);
        return !values.isEmpty() && values.get(values.size() - 1) == null;
    }

    private static List<byte[]> values(String id) {
        Map<String, Object> client = new HashMap<>(API.stack().broker().clientProperties());
        List<byte[]> values = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(client, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(Topic.CONTROL.id(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (var entry : consumer.poll(Duration.ofMillis(100))) {
                    if (entry.key().equals("webhook/" + id)) {
                        values.add(entry.value());
                    }
                }
            }
        }
        return values;
    }
}
