package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MigrateTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    private Migrate migrate() {
        return new Migrate(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(errors, true, StandardCharsets.UTF_8));
    }

    @Test
    void takesNoArguments() {
        assertThatThrownBy(() -> migrate().run(List.of("--now"), Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--now");
    }

    @Test
    void saysWhichSettingIsMissing() throws Exception {
        int code = migrate().run(List.of(), Map.of());

        assertThat(code).isEqualTo(1);
        assertThat(errors.toString(StandardCharsets.UTF_8))
                .isEqualTo("millrace: MILLRACE_KAFKA_BOOTSTRAP_SERVERS is needed" + System.lineSeparator());
        assertThat(out.size()).isZero();
    }

    @Test
    void saysWhyKafkaIsOutOfReachAndNoPassword() throws Exception {
        int code = migrate()
                .run(
                        List.of(),
                        Map.of(
                                "MILLRACE_KAFKA_BOOTSTRAP_SERVERS",
                                "no.such.host.invalid:9092",
                                "MILLRACE_POSTGRES_OWNER_PASSWORD",
                                "hidden"));

        assertThat(code).isEqualTo(1);
        assertThat(errors.toString(StandardCharsets.UTF_8))
                .contains("Kafka cannot be reached")
                .doesNotContain("hidden");
    }
}
