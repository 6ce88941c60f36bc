package io.millrace.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schema.sql.ServiceRole;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MigrationConfigTest {
    private final Map<String, String> environment = new HashMap<>(
            Map.of("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", "broker:9092", "MILLRACE_POSTGRES_OWNER_PASSWORD", "hidden"));

    @Test
    void hasTheDocumentedDefaults() {
        MigrationConfig config = MigrationConfig.from(environment);

        assertThat(config.jdbcUrl()).isEqualTo("jdbc:postgresql://127.0.0.1:5432/millrace");
        assertThat(config.owner()).isEqualTo("postgres");
        assertThat(config.logins()).isEmpty();
        assertThat(config.kafka()).containsOnly(Map.entry("bootstrap.servers", "broker:9092"));
        assertThat(config.replicas()).isEqualTo(3);
        assertThat(config.toString()).doesNotContain("hidden");
    }

    @Test
    void takesThePasswordsThatTheServicesAreStartedWith() {
        environment.put("MILLRACE_POSTGRES_PASSWORD", "a");
        environment.put("MILLRACE_POSTGRES_WRITER_PASSWORD", "w");
        environment.put("MILLRACE_POSTGRES_KEEPER_PASSWORD", "k");
        environment.put("MILLRACE_POSTGRES_JDBC_URL", "jdbc:postgresql://db/other?sslmode=verify-full");
        environment.put("MILLRACE_TOPIC_REPLICAS", "1");

        MigrationConfig config = MigrationConfig.from(environment);

        assertThat(config.logins())
                .containsOnly(
                        Map.entry(ServiceRole.API, "a"),
                        Map.entry(ServiceRole.WRITER, "w"),
                        Map.entry(ServiceRole.KEEPER, "k"));
        assertThat(config.jdbcUrl()).isEqualTo("jdbc:postgresql://db/other?sslmode=verify-full");
        assertThat(config.replicas()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "MILLRACE_POSTGRES_PORT, x",
        "MILLRACE_POSTGRES_OWNER_PASSWORD, ''",
        "MILLRACE_POSTGRES_WRITER_PASSWORD, ''",
        "MILLRACE_KAFKA_BOOTSTRAP_SERVERS, ''",
        "MILLRACE_TOPIC_REPLICAS, 2",
        "MILLRACE_TOPIC_REPLICAS, 0"
    })
    void namesTheVariableThatIsWrong(String name, String value) {
        environment.put(name, value);
        assertThatThrownBy(() -> MigrationConfig.from(environment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }
}
