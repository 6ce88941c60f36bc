package io.millrace.standalone.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.embedded.EmbeddedStack;
import io.millrace.query.migration.KafkaCluster;
import io.millrace.query.migration.KafkaTopics;
import io.millrace.query.migration.Migration;
import io.millrace.schema.sql.Migrations;
import io.millrace.schema.sql.ServiceRole;
import io.millrace.schema.topic.Topic;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against services that are broken one thing at a time. Their Postgres does not wait for the disk, which is a finding. */
class ServiceChecksIT {
    private static final EmbeddedStack STACK = EmbeddedStack.temporary();
    private static final String FSYNC = "fail  Postgres: fsync is off  - set it to on: rows may be lost with the power";
    private static String jdbcUrl;

    @BeforeAll
    static void migrate() throws Exception {
        execute(STACK.postgres().jdbcUrl("postgres"), "create database looked_at");
        jdbcUrl = STACK.postgres().jdbcUrl("looked_at");
        Map<ServiceRole, String> passwords = new HashMap<>();
        for (ServiceRole role : ServiceRole.values()) {
            passwords.put(role, "p");
        }
        try (Admin admin = admin()) {
            new Migration(migrations(), passwords, admin, 1).run(line -> {});
        }
    }

    @AfterAll
    static void close() {
        STACK.close();
    }

    @Test
    void findsNothingElseInWhatMigrateMade() {
        finds(FSYNC);
        assertThat(lines(jdbcUrl))
                .contains(
                        "ok    Kafka: 1 broker",
                        "ok    Kafka: all topics are there, with the settings that the promise needs",
                        "ok    Postgres: synchronous_commit is on",
                        "ok    Postgres: full_page_writes is on",
                        "ok    Postgres: millrace_api may log in and is fenced",
                        "ok    Postgres: every tenant's table has row security");
    }

    @Test
    void seesATopicsWrongSetting() throws Exception {
        set("cleanup.policy", "compact");
        try {
            finds("fail  Kafka: millrace.spans.v1: cleanup.policy is compact  - set it to delete", FSYNC);
        } finally {
            set("cleanup.policy", "delete");
            finds(FSYNC);
        }
    }

    @Test
    void seesATopicThatIsNotThere() throws Exception {
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(Topic.REJECTED.id())).all().get();
            try {
                finds("fail  Kafka: there is no millrace.rejected.v1  - run ./millrace migrate", FSYNC);
            } finally {
                new KafkaTopics(admin, 1).ensure();
                finds(FSYNC);
            }
        }
    }

    @Test
    void seesAMigrationThatIsMissing() throws Exception {
        execute(STACK.postgres().jdbcUrl("postgres"), "create database bare");

        assertThat(lines(STACK.postgres().jdbcUrl("bare")))
                .filteredOn(line -> line.startsWith("fail"))
                .hasSize(2)
                .anySatisfy(line -> assertThat(line)
                        .matches("fail  Postgres: \\d+ migrations are missing  - run ./millrace migrate"));
    }

    @Test
    void seesARoleThatIsNotFenced() throws Exception {
        execute(jdbcUrl, "alter role millrace_api bypassrls");
        try {
            assertThat(notOk())
                    .containsExactly(
                            FSYNC,
                            "fail  Postgres: millrace_api sees every tenant's rows  - alter role millrace_api nosuperuser"
                                    + " nobypassrls");
        } finally {
            execute(jdbcUrl, "alter role millrace_api nobypassrls");
        }
    }

    @Test
    void seesATableWithoutRowSecurity() throws Exception {
        execute(jdbcUrl, "alter table facts disable row level security");
        try {
            assertThat(notOk())
                    .hasSize(2)
                    .anySatisfy(line -> assertThat(line).startsWith("fail  Postgres: no row security on facts"));
        } finally {
            execute(jdbcUrl, "alter table facts enable row level security");
        }
    }

    @Test
    void saysWhyItCannotLook() {
        Map<String, String> stranger = new HashMap<>(STACK.broker().clientProperties());
        stranger.computeIfPresent(
                "sasl.jaas.config", (name, value) -> value.replaceAll("password=\".*\"", "password=\"x\""));

        List<String> lines = new ServiceChecks(
                        stranger, 1, jdbcUrl, STACK.postgres().user(), "wrong")
                .all().stream()
                        .flatMap(check -> check.run().stream())
                        .map(Finding::line)
                        .toList();

        assertThat(lines)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).startsWith("fail  ").doesNotContain("wrong"));
    }

    /** Kafka says that a change is done before its broker knows. */
    private static void finds(String... findings) {
        await().atMost(Duration.ofSeconds(100))
                .untilAsserted(() -> assertThat(notOk()).containsExactly(findings));
    }

    private static List<String> notOk() {
        return lines(jdbcUrl).stream().filter(line -> !line.startsWith("ok")).toList();
    }

    private static List<String> lines(String database) {
        return new ServiceChecks(
                        STACK.broker().clientProperties(),
                        1,
                        database,
                        STACK.postgres().user(),
                        STACK.postgres().password())
                .all().stream()
                        .flatMap(check -> check.run().stream())
                        .map(Finding::line)
                        .toList();
    }

    private static Migrations migrations() {
        return new Migrations(jdbcUrl, STACK.postgres().user(), STACK.postgres().password());
    }

    private static Admin admin() {
        return KafkaCluster.connect(STACK.broker().clientProperties());
    }

    private static void set(String setting, String value) throws Exception {
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, Topic.SPANS.id());
        try (Admin admin = admin()) {
            admin.incrementalAlterConfigs(Map.of(
                            topic,
                            List.of(new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        url, STACK.postgres().user(), STACK.postgres().password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
