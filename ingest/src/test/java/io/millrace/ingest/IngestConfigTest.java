package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.blob.BlobStoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IngestConfigTest {
    private final Map<String, String> environment =
            new HashMap<>(Map.of("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092"));

    @Test
    void hasTheDocumentedDefaults() {
        IngestConfig config = IngestSettings.read(environment);

        assertThat(config.port()).isEqualTo(4318);
        assertThat(config.grpcPort()).isEqualTo(4317);
        assertThat(config.managementPort()).isEqualTo(9464);
        assertThat(config.limits().wireBytes()).isEqualTo(16_777_216);
        assertThat(config.limits().unpackedBytes()).isEqualTo(67_108_864);
        assertThat(config.limits().deadline()).hasMillis(3_500);
        assertThat(config.freeDisk()).isNull();
        assertThat(config.server().connections().most()).isEqualTo(10_000);
        assertThat(config.server().connections().idle()).hasSeconds(60);
        assertThat(config.server().connections().headBytes()).isEqualTo(16_384);
        assertThat(config.server().connections().streams()).isEqualTo(100);
        assertThat(config.server().connections().resets()).isEqualTo(400);
        assertThat(config.server().tls()).isNull();
        assertThat(config.server().origins()).isEmpty();
        assertThat(config.blobs().store()).isNull();
        assertThat(config.blobs().payloads().over()).isEqualTo(262_144);
    }

    @Test
    void takesABlobStore() {
        environment.put("MILLRACE_BLOB_FOLDER", "/srv/blobs");
        environment.put("MILLRACE_INGEST_BLOB_OVER_BYTES", "5000");

        IngestConfig config = IngestSettings.read(environment);

        assertThat(config.blobs().store()).isEqualTo(new BlobStoreConfig.Folder(Path.of("/srv/blobs")));
        assertThat(config.blobs().payloads().over()).isEqualTo(5_000);
    }

    @Test
    void theEnvironmentWinsOverTheFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("millrace.properties"),
                "ingest.port=1\ningest.host=127.0.0.1\nkafka.security.protocol=SASL_PLAINTEXT\nquery.port=8080\n");
        environment.put("MILLRACE_CONFIG", file.toString());
        environment.put("MILLRACE_INGEST_PORT", "2");
        environment.put("MILLRACE_QUERY_PORT", "not ours");

        IngestConfig config = IngestSettings.read(environment);

        assertThat(config.port()).isEqualTo(2);
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(config.kafka())
                .containsEntry("security.protocol", "SASL_PLAINTEXT")
                .containsEntry("bootstrap.servers", "127.0.0.1:9092");
    }

    @ParameterizedTest
    @CsvSource({
        "INGEST_PORT, 70000, ingest.port",
        "INGEST_PORT, x, ingest.port",
        "INGEST_GRPC_PORT, 65536, ingest.grpc.port",
        "INGEST_MANAGEMENT_PORT, -2, ingest.management.port",
        "INGEST_LIMIT_WIRE_BYTES, 0, ingest.limit.wire.bytes",
        "INGEST_LIMIT_UNPACKED_BYTES, 99999999999, ingest.limit.unpacked.bytes",
        "INGEST_LIMIT_SPANS, 0, ingest.limit.spans",
        "INGEST_IN_FLIGHT_BYTES, 1000, ingest.in.flight.bytes",
        "INGEST_LOG_BUFFER_BYTES, 1000, ingest.log.buffer.bytes",
        "INGEST_DEADLINE_MS, 10, ingest.deadline.ms",
        "INGEST_LIMIT_CONNECTIONS, 0, ingest.limit.connections",
        "INGEST_LIMIT_HEAD_BYTES, 100, ingest.limit.head.bytes",
        "INGEST_LIMIT_STREAMS, 0, ingest.limit.streams",
        "INGEST_LIMIT_RESETS, 0, ingest.limit.resets",
        "INGEST_IDLE_SECONDS, 0, ingest.idle.seconds",
        "INGEST_IDLE_SECONDS, 30, ingest.idle.seconds",
        "INGEST_TLS_CERTIFICATE, /nowhere.pem, ingest.tls.key",
        "INGEST_TLS_KEY, /nowhere.pem, ingest.tls.certificate",
        "INGEST_CORS_ORIGINS, app.example.com, ingest.cors.origins",
        "INGEST_CORS_ORIGINS, 'https://app.example.com/path', ingest.cors.origins",
        "INGEST_CORS_ORIGINS, 'ftp://app.example.com', ingest.cors.origins",
        "INGEST_PROT, 1, ingest.prot",
        "WEBHOOK_KEY, short, webhook.key",
        "REDIS_URL, 127.0.0.1:6379, redis.url",
        "REDIS_URL, http://127.0.0.1:6379, redis.url",
        "REDIS_URL, redis://:pass word@127.0.0.1, redis.url",
        "REDIS_URL, redis://:password@, redis.url",
        "REDIS_URL, redis://127.0.0.1/first, redis.url",
        "INGEST_BLOB_OVER_BYTES, 100, ingest.blob.over.bytes",
        "INGEST_BLOB_OVER_BYTES, 99999999, ingest.blob.over.bytes",
        "BLOB_S3_ENDPOINT, 'https://store.example.com', blob.s3.bucket",
        "BLOB_S3_ENDPOINT, store.example.com, blob.s3.endpoint",
        "KAFKA_BOOTSTRAP_SERVERS, '', kafka.bootstrap.servers",
    })
    void namesTheKeyThatIsWrong(String name, String value, String key) {
        environment.put("MILLRACE_" + name, value);
        assertThatThrownBy(() -> IngestSettings.read(environment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://cache", "redis://cache:6380/2", "rediss://user:p%40ss@cache:6380/"})
    void takesTheAddressOfRedis(String url) {
        environment.put("MILLRACE_REDIS_URL", url);
        assertThat(IngestSettings.read(environment).redis()).isEqualTo(url);
    }

    @Test
    void saysNothingOfAnAddressOfRedisThatIsWrong() {
        environment.put("MILLRACE_REDIS_URL", "redis://:hidden word@127.0.0.1");
        assertThatThrownBy(() -> IngestSettings.read(environment))
                .hasMessageNotContaining("hidden")
                .hasNoCause();
    }

    @Test
    void takesSeveralOrigins() {
        environment.put("MILLRACE_INGEST_CORS_ORIGINS", "https://a.example.com, http://localhost:3000");
        assertThat(IngestSettings.read(environment).server().origins())
                .containsExactlyInAnyOrder("https://a.example.com", "http://localhost:3000");
    }

    @Test
    void namesTheFileThatCannotBeRead() {
        environment.put("MILLRACE_INGEST_TLS_CERTIFICATE", "/nowhere/chain.pem");
        environment.put("MILLRACE_INGEST_TLS_KEY", "/nowhere/key.pem");
        assertThatThrownBy(() -> IngestSettings.read(environment))
                .hasMessageContaining("ingest.tls.certificate")
                .hasMessageContaining("/nowhere/chain.pem");
    }

    @Test
    void neverShowsKafkasPassword() {
        environment.put("MILLRACE_KAFKA_SASL_JAAS_CONFIG", "password=\"hidden\"");
        assertThat(IngestSettings.read(environment).toString()).doesNotContain("hidden");
    }

    @Test
    void neverShowsThePasswordOfRedis() {
        environment.put("MILLRACE_REDIS_URL", "redis://:hidden@127.0.0.1:6379");
        assertThat(IngestSettings.read(environment).redis()).contains("hidden");
        assertThat(IngestSettings.read(environment).toString()).doesNotContain("hidden");
    }

    @Test
    void measuresTheDiskItIsGiven(@TempDir Path folder) {
        environment.put("MILLRACE_INGEST_DISK_PATH", folder.toString());
        assertThat(IngestSettings.read(environment).freeDisk().getAsDouble()).isBetween(0.0, 1.0);
    }
}
