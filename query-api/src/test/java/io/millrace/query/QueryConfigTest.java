package io.millrace.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryConfigTest {
    private final Map<String, String> environment = new HashMap<>(
            Map.of("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "broker:9092", "MILLRACE_POSTGRES_PASSWORD", "hidden"));

    @Test
    void hasTheDocumentedDefaults() {
        QueryConfig config = QueryConfig.from(environment);

        assertThat(config.port()).isEqualTo(8080);
        assertThat(config.managementPort()).isEqualTo(9464);
        assertThat(config.postgres().jdbcUrl()).isEqualTo("jdbc:postgresql://127.0.0.1:5432/millrace");
        assertThat(config.webhookKey()).isEmpty();
        assertThat(config.toString()).doesNotContain("hidden");
    }

    @Test
    void neverShowsTheKeyOfWebhooks() {
        environment.put("MILLRACE_WEBHOOK_KEY", "hidden-0123456789");
        QueryConfig config = QueryConfig.from(environment);
        assertThat(config.webhookKey()).contains("hidden-0123456789");
        assertThat(config.toString()).doesNotContain("hidden");
    }

    @Test
    void neverShowsThePasswordOfRedis() {
        environment.put("MILLRACE_REDIS_URL", "redis://:hidden@127.0.0.1:6379");
        QueryConfig config = QueryConfig.from(environment);
        assertThat(config.redis()).contains("redis://:hidden@127.0.0.1:6379");
        assertThat(config.toString()).doesNotContain("hidden");
    }

    /** The same names as at the edge, so that one file sets both up. */
    @Test
    void takesKafkasSettingsUnderTheEdgesNames() {
        environment.put("MILLRACE_KAFKA_SECURITY_PROTOCOL", "SASL_SSL");
        environment.put("MILLRACE_KAFKA_SASL_MECHANISM", "PLAIN");

        QueryConfig.Kafka kafka = QueryConfig.from(environment).kafka();

        assertThat(kafka.bootstrap()).isEqualTo("broker:9092");
        assertThat(kafka.properties())
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "PLAIN");
    }

    @ParameterizedTest
    @CsvSource({
        "MILLRACE_API_PORT, 70000",
        "MILLRACE_API_PORT, x",
        "MILLRACE_POSTGRES_POOL, 0",
        "MILLRACE_POSTGRES_PASSWORD, ''",
        "MILLRACE_KAFKA_BOOTSTRAP_SERVERS, ''",
        "MILLRACE_WEBHOOK_KEY, ''",
        "MILLRACE_WEBHOOK_KEY, short",
        "MILLRACE_REDIS_URL, ''",
        "MILLRACE_REDIS_URL, 127.0.0.1:6379",
        "MILLRACE_REDIS_URL, http://127.0.0.1:6379",
        "MILLRACE_REDIS_URL, redis://:pass word@127.0.0.1",
    })
    void namesTheVariableThatIsWrong(String name, String value) {
        environment.put(name, value);
        assertThatThrownBy(() -> QueryConfig.from(environment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }
}
