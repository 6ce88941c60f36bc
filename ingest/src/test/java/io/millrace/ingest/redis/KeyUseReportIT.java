package io.millrace.ingest.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.embedded.DataFolder;
import io.millrace.embedded.Redis;
import io.millrace.embedded.RedisConfig;
import io.millrace.ingest.admission.Admission;
import io.millrace.ingest.project.ApiKey;
import io.millrace.ingest.project.DirectoryEntries;
import io.millrace.ingest.project.SecretHash;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyUseReportIT {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00.123Z");
    private static final String SECRET = "sk-mr-secret";
    private static final UUID PROJECT = new UUID(1, 2);

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final DirectoryEntries entries = new DirectoryEntries()
            .project(PROJECT, 7)
            .key("a", PROJECT, "pk-mr-a", SECRET, List.of("ingest"), 0)
            .key("b", PROJECT, "pk-mr-b", "sk-mr-reader", List.of("read"), 0);
    private final Admission admission = new Admission(entries::directory, Clock.fixed(NOW, ZoneOffset.UTC));

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    @Test
    void whatCouldNotBeToldIsToldLater() throws Exception {
        try (DataFolder data = DataFolder.open(folder)) {
            RedisConfig config = RedisConfig.in(data);
            String url = "redis://:" + config.password() + "@127.0.0.1:" + config.port();
            KeyUseReport report = new KeyUseReport(vertx, url, admission.uses());
            admission.admit(null, SECRET);
            assertThat(refuses("sk-mr-reader")).isTrue();
            await(report.tell());

            try (Redis redis = new Redis(config)) {
                redis.start();
                Awaitility.await().atMost(Duration.ofSeconds(100)).until(() -> {
                    await(report.tell());
                    return told(url, key(SECRET)).equals(Long.toString(NOW.toEpochMilli()));
                });
                assertThat(told(url, key("sk-mr-reader"))).isEmpty();
                assertThat(admission.uses().drain()).isEmpty();
                await(report.close());
            }
        }
    }

    private boolean refuses(String secret) {
        try {
            admission.admit(null, secret);
            return false;
        } catch (io.millrace.ingest.admission.NotAdmitted refused) {
            return true;
        }
    }

    private ApiKey key(String secret) {
        return entries.directory().key(SecretHash.of(secret)).orElseThrow();
    }

    private String told(String url, ApiKey key) {
        var client = io.vertx.redis.client.Redis.createClient(vertx, url);
        return await(client.send(Request.cmd(Command.HGET)
                                .arg("millrace:key-uses")
                                .arg(key.id().toString()))
                        .map(answer -> answer == null ? "" : answer.toString()))
                .strip();
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(100, TimeUnit.SECONDS)
                .join();
    }
}
