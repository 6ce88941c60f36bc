package io.millrace.query.project;

import static io.millrace.query.Api.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.query.Api;
import io.millrace.query.QueryConfig;
import io.millrace.query.db.Database;
import io.millrace.schema.topic.Topic;
import io.millrace.schema.wire.ControlEntry;
import io.millrace.schema.wire.RateLimits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitsIT {
    private static final Api API = Api.shared();
    private Api.Tenant tenant;

    @BeforeEach
    void makeTenant() throws Exception {
        tenant = API.tenant();
    }

    private String path() {
        return "/v1/projects/" + tenant.project() + "/limits";
    }

    @Test
    void areKeptShownAndPutOnTheControlTopic() {
        JsonNode none = API.get(tenant.adminKey(), path()).body();
        assertThat(none.size()).isEqualTo(6);
        assertThat(none).allMatch(JsonNode::isNull);

        Api.Answer put = API.put(
                tenant.adminKey(),
                path(),
                "{\"spans_per_second\": 100, \"bytes_per_second\": 1000000000, \"bytes_burst\": 9000000000,"
                        + " \"spans_per_month\": 5000000000}");

        assertThat(put.status()).as(put.body().toString()).isEqualTo(200);
        assertThat(put.body().get("spans_this_month").isNull()).isTrue();
        // The API itself may have counted in the meantime.
        assertThat(withoutCount(API.get(tenant.adminKey(), path()).body())).isEqualTo(withoutCount(put.body()));
        assertThat(put.body().get("spans_burst").asLong()).as("ten seconds").isEqualTo(1_000);
        assertThat(put.body().get("bytes_burst").asLong()).isEqualTo(9_000_000_000L);
        eventually().until(() -> entry("limits/" + tenant.project()).isPresent());
        var entry = entry("limits/" + tenant.project()).orElseThrow().getLimits();
        assertThat(entry.getSpansPerMonth()).isEqualTo(5_000_000_000L);
        assertThat(entry.getRates())
                .isEqualTo(RateLimits.newBuilder()
                        .setSpansPerSecond(100)
                        .setSpansBurst(1_000)
                        .setBytesPerSecond(1_000_000_000)
                        .setBytesBurst(9_000_000_000L)
                        .build());

        assertThat(API.put(tenant.adminKey(), path(), "{}").body()).isEqualTo(none);
        eventually()
                .until(() -> entry("limits/" + tenant.project())
                                .orElseThrow()
                                .getLimits()
                                .getSpansPerMonth()
                        == 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"spans_per_second\": 0}|spans_per_second",
                "{\"spans_per_second\": 1.5}|spans_per_second",
                "{\"spans_per_second\": \"10\"}|spans_per_second",
                "{\"spans_per_second\": 1000000001}|spans_per_second",
                "{\"spans_per_second\": 99999999999999999999}|spans_per_second",
                "{\"spans_per_second\": 1, \"spans_burst\": 86401}|spans_burst",
                "{\"spans_burst\": 10}|spans_burst",
                "{\"bytes_burst\": 10}|bytes_burst",
                "{\"bytes_per_second\": -1}|bytes_per_second",
                "{\"spans_per_month\": 0}|spans_per_month",
                "{\"spans_per_day\": 1}|spans_per_day",
            })
    void nameTheFieldThatCannotBe(String body, String field) {
        Api.Answer answer = API.put(tenant.adminKey(), path(), body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().toString()).contains("\"" + field + "\"");
    }

    @Test
    void areForAdministratorsAndKnownProjects() {
        assertThat(API.get(tenant.readKey(), path()).status()).isEqualTo(403);
        assertThat(API.put(tenant.readKey(), path(), "{}").status()).isEqualTo(403);
        String nowhere = "/v1/projects/" + UUID.randomUUID() + "/limits";
        assertThat(API.get(tenant.adminKey(), nowhere).status()).isEqualTo(404);
        assertThat(API.put(tenant.adminKey(), nowhere, "{}").status()).isEqualTo(404);
    }

    @Test
    void aKeyIsMadeWithItsOwn() {
        Api.Answer made = API.post(
                tenant.adminKey(),
                "/v1/api-keys",
                "{\"name\": \"k\", \"scopes\": [\"ingest\"], \"limits\": {\"spans_per_second\": 5, \"spans_burst\": 7}}");
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        assertThat(made.body().at("/limits/spans_burst").asLong()).isEqualTo(7);
        String key = "key/" + made.body().get("id").asText();
        eventually().until(() -> entry(key).isPresent());
        assertThat(entry(key).orElseThrow().getApiKey().getLimits())
                .isEqualTo(RateLimits.newBuilder()
                        .setSpansPerSecond(5)
                        .setSpansBurst(7)
                        .build());

        for (String wrong : List.of("{\"spans_per_second\": 0}", "{\"spans_per_month\": 1}", "[]")) {
            Api.Answer answer = API.post(
                    tenant.adminKey(),
                    "/v1/api-keys",
                    "{\"name\": \"k\", \"scopes\": [\"ingest\"], \"limits\": " + wrong + "}");
            assertThat(answer.problem()).isEqualTo("invalid_body");
            assertThat(answer.body().toString()).contains("\"limits");
        }
    }

    @Test
    void thoseOfAKeyCanBeChanged() {
        JsonNode made = API.post(
                        tenant.adminKey(),
                        "/v1/api-keys",
                        "{\"name\": \"k\", \"scopes\": [\"ingest\", \"read\"], \"expires_at\": \"2041-01-01T00:00:00.5Z\"}")
                .body();
        String key = "/v1/api-keys/" + made.get("id").asText();
        String entry = "key/" + made.get("id").asText();
        eventually().until(() -> entry(entry).isPresent());
        ControlEntry before = entry(entry).orElseThrow();

        Api.Answer changed =
                API.patch(tenant.adminKey(), key, "{\"limits\": {\"bytes_per_second\": 5, \"bytes_burst\": 7}}");

        assertThat(changed.status()).as(changed.body().toString()).isEqualTo(200);
        assertThat(API.get(tenant.adminKey(), "/v1/api-keys").body().get("items"))
                .contains(changed.body());
        assertThat(changed.body().at("/limits/bytes_burst").asLong()).isEqualTo(7);
        RateLimits limits =
                RateLimits.newBuilder().setBytesPerSecond(5).setBytesBurst(7).build();
        eventually().until(() -> entry(entry).orElseThrow().getApiKey().getLimits(), limits::equals);
        assertThat(entry(entry).orElseThrow().getApiKey())
                .as("nothing else of it is another")
                .isEqualTo(before.getApiKey().toBuilder().setLimits(limits).build());

        assertThat(API.patch(tenant.adminKey(), key, "{\"limits\": {}}")
                        .body()
                        .at("/limits/bytes_burst")
                        .isNull())
                .isTrue();
        eventually().until(() -> entry(entry).orElseThrow(), before::equals);
    }

    @Test
    void thoseOfAKeyAreChangedByAdministratorsAndOnlyWhileItWorks() {
        String some = "{\"limits\": {\"spans_per_second\": 1}}";
        String key = "/v1/api-keys/"
                + API.post(tenant.adminKey(), "/v1/api-keys", "{\"name\": \"k\", \"scopes\": [\"ingest\"]}")
                        .body()
                        .get("id")
                        .asText();
        for (String wrong :
                List.of("{}", "{\"limits\": null}", "{\"limits\": {}, \"name\": \"x\"}", "{\"limits\": 1}")) {
            assertThat(API.patch(tenant.adminKey(), key, wrong).problem()).isEqualTo("invalid_body");
        }
        assertThat(API.patch(tenant.readKey(), key, some).status()).isEqualTo(403);
        assertThat(API.patch(tenant.adminKey(), "/v1/api-keys/x", some).problem())
                .isEqualTo("not_found");
        assertThat(API.patch(tenant.adminKey(), "/v1/api-keys/" + UUID.randomUUID(), some)
                        .problem())
                .isEqualTo("not_found");
        assertThat(API.delete(tenant.adminKey(), key).status()).isEqualTo(204);
        assertThat(API.patch(tenant.adminKey(), key, some).problem()).isEqualTo("not_found");
        assertThat(entry("key/" + key.substring(key.lastIndexOf('/') + 1))
                        .filter(found -> found.getApiKey().hasLimits()
                                && found.getApiKey().getLimits().getSpansPerSecond() == 1))
                .isEmpty();
    }

    private static JsonNode withoutCount(JsonNode limits) {
        return ((ObjectNode) limits).without("spans_this_month");
    }

    /** By the ledger, of the calendar month in UTC, and said once as long as it is the same; the API itself counts as well. */
    @Test
    void aQuotaIsCountedFromTheLedger() throws Exception {
        Instant now = Instant.now();
        OffsetDateTime begin = YearMonth.from(now.atOffset(ZoneOffset.UTC))
                .atDay(1)
                .atStartOfDay()
                .atOffset(ZoneOffset.UTC);
        API.put(tenant.adminKey(), path(), "{\"spans_per_month\": 100}");
        ledger(begin.minusMinutes(1), 1_000);
        ledger(begin, 7);
        ledger(begin.plusMinutes(1), 20);
        ledger(begin.plusMonths(1), 4_000);

        count(now);
        assertThat(usage()).isEqualTo(List.of(month(begin), 27L));

        long said = saidInAll();
        count(now);
        assertThat(saidInAll()).isEqualTo(said);
        ledger(begin.plusMinutes(2), 1);
        count(now);
        assertThat(usage()).isEqualTo(List.of(month(begin), 28L));
        OffsetDateTime next = begin.plusMonths(1);
        // Until the API counts, which says this month's again.
        eventually().until(() -> {
            count(next.plusSeconds(1).toInstant());
            return usage().equals(List.of(month(next), 4_000L));
        });
    }

    private static long month(OffsetDateTime at) {
        return at.getYear() * 100L + at.getMonthValue();
    }

    private static void count(Instant now) {
        Vertx vertx = Vertx.vertx();
        QueryConfig.Postgres postgres = API.config().postgres();
        Database database = Database.open(
                vertx,
                new PgConnectOptions()
                        .setHost(postgres.host())
                        .setPort(postgres.port())
                        .setDatabase(postgres.database())
                        .setUser(postgres.user())
                        .setPassword(postgres.password()),
                1);
        await(new QuotaCount(vertx, database, Clock.fixed(now, ZoneOffset.UTC)).count());
        await(database.close());
        await(vertx.close());
    }

    private static void await(Future<Void> future) {
        future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(100, TimeUnit.SECONDS)
                .join();
    }

    private void ledger(OffsetDateTime minute, long accepted) throws Exception {
        API.sql(
                "insert into ledger (project, minute, partition, segment, accepted, duplicate, merged, refused, ignored,"
                        + " quarantined) values (?, ?, 9, 1, ?, 0, 0, '{}', '{}', '{}')",
                tenant.project(),
                minute,
                accepted);
    }

    /** Month and spans, as the table has them. */
    private List<Long> usage() throws Exception {
        long month =
                ((Number) API.value("select month from quota_usage where project = ?", tenant.project())).longValue();
        long spans = (Long) API.value("select spans from quota_usage where project = ?", tenant.project());
        eventually()
                .until(() -> records("usage/" + tenant.project()).stream()
                        .map(ControlEntry::getUsage)
                        .anyMatch(said -> said.getMonth() == month && said.getSpans() == spans));
        return List.of(month, spans);
    }

    /** How many entries of this project's usage the topic was ever given. */
    private long saidInAll() {
        return records("usage/" + tenant.project()).size();
    }

    private static Optional<ControlEntry> entry(String key) {
        List<ControlEntry> all = records(key);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    private static List<ControlEntry> records(String key) {
        Map<String, Object> client = new HashMap<>(API.stack().broker().clientProperties());
        var found = new java.util.ArrayList<ControlEntry>();
        try (var consumer = new KafkaConsumer<>(client, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(Topic.CONTROL.id(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    if (record.key().equals(key) && record.value() != null) {
                        found.add(ControlEntry.parseFrom(record.value()));
                    }
                }
            }
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
        return found;
    }
}
