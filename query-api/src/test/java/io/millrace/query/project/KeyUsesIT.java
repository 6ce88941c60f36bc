package io.millrace.query.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.embedded.DataFolder;
import io.millrace.embedded.RedisConfig;
import io.millrace.query.Api;
import io.millrace.query.QueryConfig;
import io.millrace.query.auth.UsedKeys;
import io.millrace.query.db.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyUsesIT {
    private static final Api API = Api.shared();
    private static final Instant NOW = Instant.parse("2031-03-01T12:00:00Z");

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private Api.Tenant tenant;
    private Database database;

    @BeforeEach
    void makeTenant() throws Exception {
        tenant = API.tenant();
        QueryConfig.Postgres postgres = API.config().postgres();
        database = Database.open(
                vertx,
                new PgConnectOptions()
                        .setHost(postgres.host())
                        .setPort(postgres.port())
                        .setDatabase(postgres.database())
                        .setUser(postgres.user())
                        .setPassword(postgres.password()),
                1);
    }

    @AfterEach
    void stop() {
        await(database.close());
        await(vertx.close());
    }

    @Test
    void whatTheEdgesToldIsKeptUnlessSomethingNewerIsKnown() {
        UUID key = UUID.fromString(keys().get(0).get("id").asText());
        try (DataFolder data = DataFolder.open(folder);
                var server = new io.millrace.embedded.Redis(RedisConfig.in(data))) {
            server.start();
            String url = server.uri().toString();
            KeyUses uses = uses(url);
            Redis edge = Redis.createClient(vertx, url);

            await(uses.keep());
            tell(edge, key, NOW);
            await(uses.keep());
            assertThat(lastUse(key)).isEqualTo(NOW.toString());
            tell(edge, key, NOW.minusSeconds(60));
            await(uses.keep());
            assertThat(lastUse(key)).isEqualTo(NOW.toString());
            tell(edge, key, NOW.plusSeconds(60));
            await(uses.close());
            assertThat(lastUse(key)).isEqualTo(NOW.plusSeconds(60).toString());
        }
    }

    @Test
    void whatIsKeptIsForgottenUnlessAnEdgeToldSomethingNewerMeanwhile() throws Exception {
        UUID key = UUID.fromString(keys().get(0).get("id").asText());
        UUID gone = UUID.randomUUID();
        try (DataFolder data = DataFolder.open(folder);
                var server = new io.millrace.embedded.Redis(RedisConfig.in(data))) {
            server.start();
            String url = server.uri().toString();
            KeyUses uses = uses(url);
            Redis edge = Redis.createClient(vertx, url);
            tell(edge, key, NOW);
            tell(edge, gone, NOW);

            try (Connection owner = API.owner();
                    Statement lock = owner.createStatement()) {
                owner.setAutoCommit(false);
                lock.execute("select from api_keys where id = '" + key + "' for update");
                Future<Void> keeping = uses.keep();
                Api.eventually()
                        .until(() -> API.value("select exists (select from pg_locks where not granted)")
                                .equals(true));
                tell(edge, key, NOW.plusSeconds(60));
                owner.rollback();
                await(keeping);
            }
            assertThat(lastUse(key)).isEqualTo(NOW.toString());
            assertThat(told(edge)).containsExactly(key.toString());

            await(uses.keep());
            assertThat(lastUse(key)).isEqualTo(NOW.plusSeconds(60).toString());
            assertThat(told(edge)).isEmpty();
        }
    }

    private KeyUses uses(String url) {
        return new KeyUses(vertx, database, new UsedKeys(), Optional.of(url), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @Test
    void whatWasUsedHereIsKeptWithoutRedis() {
        UUID key = UUID.fromString(keys().get(1).get("id").asText());
        UsedKeys here = new UsedKeys();
        here.giveBack(Set.of(key));

        await(new KeyUses(vertx, database, here, Optional.empty(), Clock.fixed(NOW, ZoneOffset.UTC)).keep());

        assertThat(lastUse(key)).isEqualTo(NOW.toString());
        assertThat(here.drain()).isEmpty();
    }

    @Test
    void listsKeysInPagesWithoutTheirSecrets() {
        for (int i = 0; i < 3; i++) {
            String body = "{\"name\": \"k%d\", \"scopes\": [\"read\"], \"limits\": {\"spans_per_second\": %d}}";
            assertThat(API.post(tenant.adminKey(), "/v1/api-keys", body.formatted(i, i + 1))
                            .status())
                    .isEqualTo(201);
        }
        List<String> names = new ArrayList<>();
        String next = "";
        do {
            JsonNode page =
                    API.get(tenant.adminKey(), "/v1/api-keys?limit=2" + next).body();
            page.get("items").forEach(key -> names.add(key.get("name").asText()));
            assertThat(page.toString()).doesNotContain("sk-mr-").doesNotContain("secret");
            next = page.get("next").isNull()
                    ? ""
                    : "&cursor=" + page.get("next").asText();
        } while (!next.isEmpty());
        assertThat(names).hasSize(5).startsWith("k2", "k1", "k0");
        assertThat(keys().get(0).at("/limits/spans_per_second").asLong()).isEqualTo(3);

        String newest = keys().get(0).get("id").asText();
        assertThat(API.delete(tenant.adminKey(), "/v1/api-keys/" + newest).status())
                .isEqualTo(204);
        assertThat(keys()).hasSize(4).noneMatch(key -> key.get("id").asText().equals(newest));
        assertThat(API.get(tenant.readKey(), "/v1/api-keys").status()).isEqualTo(403);
        assertThat(API.get(tenant.adminKey(), "/v1/api-keys?cursor=x").problem())
                .isEqualTo("invalid_cursor");
    }

    private static void tell(Redis edge, UUID key, Instant used) {
        await(edge.send(Request.cmd(Command.HSET)
                .arg("millrace:key-uses")
                .arg(key.toString())
                .arg(used.toEpochMilli())));
    }

    private static Set<String> told(Redis edge) {
        return await(edge.send(Request.cmd(Command.HGETALL).arg("millrace:key-uses")))
                .getKeys();
    }

    private String lastUse(UUID key) {
        return keys().stream()
                .filter(listed -> listed.get("id").asText().equals(key.toString()))
                .findFirst()
                .orElseThrow()
                .get("last_used_at")
                .asText();
    }

    private List<JsonNode> keys() {
        List<JsonNode> keys = new ArrayList<>();
        API.get(tenant.adminKey(), "/v1/api-keys").body().get("items").forEach(keys::add);
        return keys;
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(100, TimeUnit.SECONDS)
                .join();
    }
}
