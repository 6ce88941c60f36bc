package io.millrace.query.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.embedded.EmbeddedStack;
import io.millrace.schema.sql.Migrations;
import io.millrace.schema.sql.ServiceRole;
import io.millrace.schema.topic.Topic;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MigrationIT {
    private static final EmbeddedStack STACK = EmbeddedStack.temporary();
    private static int databases;

    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private String jdbcUrl;

    @BeforeEach
    void makeDatabase() throws SQLException {
        String name = "migration" + ++databases;
        execute(STACK.postgres().jdbcUrl("postgres"), "create database " + name);
        jdbcUrl = STACK.postgres().jdbcUrl(name);
    }

    @AfterAll
    static void close() {
        STACK.close();
    }

    @Test
    void bringsEverythingOnceHoweverOftenItRuns() throws Exception {
        try (Admin admin = admin()) {
            migration(admin, 1).run(said::add);
            List<String> first = List.copyOf(said);
            said.clear();
            migration(admin, 1).run(said::add);

            assertThat(first).hasSize(3);
            assertThat(first.get(0)).matches("database: applied \\d+ migrations");
            assertThat(first.get(1))
                    .isEqualTo("log-ins: set for millrace_api; left as they are for millrace_writer, millrace_keeper,"
                            + " without a password in the environment");
            assertThat(said).startsWith("database: was up to date").endsWith("topics: all were there");
            assertThat(admin.listTopics().names().get())
                    .contains(java.util.Arrays.stream(Topic.values())
                            .map(Topic::id)
                            .toArray(String[]::new));
        }
        try (Connection api = DriverManager.getConnection(jdbcUrl, "millrace_api", "a'b")) {
            assertThat(api.isValid(5)).isTrue();
        }
        assertThat(migrations().state().pending()).isZero();
    }

    @Test
    void refusesAClusterThatCannotKeepThePromiseBeforeAnythingChanges() throws Exception {
        try (Admin admin = admin()) {
            assertThatThrownBy(() -> migration(admin, 3).run(said::add))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has 1 broker for 3 replicas");
        }
        assertThat(tables()).isZero();
        assertThat(migrations().state().version()).isEmpty();
    }

    @Test
    void refusesATopicWhoseSettingsBreakThePromise() throws Exception {
        try (Admin admin = admin()) {
            new KafkaTopics(admin, 1).ensure();
            set(admin, "retention.ms", "60000");
            try {
                assertThatThrownBy(() -> migration(admin, 1).run(said::add))
                        .hasMessageContaining("millrace.spans.v1: retention.ms is 60000");
            } finally {
                set(admin, "retention.ms", Topic.SPANS.settings().get("retention.ms"));
            }
        }
        assertThat(tables()).isZero();
    }

    @Test
    void manyAtOnceDoItOnce() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try (Admin admin = admin()) {
            Callable<Boolean> run = () -> {
                migration(admin, 1).run(said::add);
                return true;
            };
            Collection<Future<Boolean>> runs = pool.invokeAll(List.of(run, run, run));
            for (Future<Boolean> one : runs) {
                assertThat(one.get()).isTrue();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(said.stream().filter(line -> line.startsWith("database: applied")))
                .hasSize(1);
        assertThat(said.stream().filter(line -> line.equals("database: was up to date")))
                .hasSize(2);
    }

    private static Admin admin() {
        return KafkaCluster.connect(STACK.broker().clientProperties());
    }

    private Migrations migrations() {
        return new Migrations(jdbcUrl, STACK.postgres().user(), STACK.postgres().password());
    }

    private Migration migration(Admin admin, int replicas) {
        return new Migration(migrations(), Map.of(ServiceRole.API, "a'b"), admin, replicas);
    }

    private static void set(Admin admin, String setting, String value) throws Exception {
        var topic = new ConfigResource(ConfigResource.Type.TOPIC, Topic.SPANS.id());
        admin.incrementalAlterConfigs(Map.of(
                        topic, List.of(new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
        // A broker hears of it a moment after the controller has said yes.
        await().atMost(Duration.ofSeconds(100))
                .ignoreExceptions()
                .until(
                        () -> admin.describeConfigs(List.of(topic))
                                .all()
                                .get()
                                .get(topic)
                                .get(setting)
                                .value(),
                        value::equals);
    }

    private long tables() throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        jdbcUrl, STACK.postgres().user(), STACK.postgres().password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from pg_tables where schemaname = 'public'")) {
            row.next();
            return row.getLong(1);
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
