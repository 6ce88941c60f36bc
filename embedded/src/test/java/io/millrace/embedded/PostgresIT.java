package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PostgresIT {
    private static final Path BINARIES = Path.of(System.getProperty("java.io.tmpdir"), "postgres");

    /** Creating a database takes longer than everything else here: tests that do not mind use the same one. */
    @TempDir
    static Path folder;

    private static DataFolder data;
    private static PostgresConfig config;

    @TempDir
    Path freshFolder;

    @BeforeAll
    static void open() {
        data = DataFolder.open(folder);
        config = PostgresConfig.in(data).withBinaries(BINARIES);
    }

    @AfterAll
    static void close() {
        data.close();
    }

    private PostgresConfig fresh() {
        return new PostgresConfig(freshFolder.resolve("postgres"), BINARIES, Ports.free(), "secret", Map.of());
    }

    @Test
    void isDurableAndDiscreet() throws SQLException {
        try (var postgres = started(config)) {
            assertThat(query(postgres, "select 1")).isEqualTo("1");
            assertThat(query(postgres, "show fsync")).isEqualTo("on");
            assertThat(query(postgres, "show synchronous_commit")).isEqualTo("on");
            assertThat(query(postgres, "show full_page_writes")).isEqualTo("on");
            assertThat(query(postgres, "show timezone")).isEqualTo("UTC");
            assertThat(query(postgres, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(postgres, "show log_error_verbosity")).isEqualTo("terse");
            assertThat(query(
                            postgres,
                            "select datcollate || ' ' || datlocale from pg_database where datname = 'template1'"))
                    .isEqualTo("C C.UTF-8");
        }
    }

    @Test
    void refusesAWrongPassword() {
        try (var postgres = started(config)) {
            assertThatThrownBy(() -> DriverManager.getConnection(
                            postgres.jdbcUrl("postgres"), postgres.user(), postgres.password() + "x"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password");
        }
    }

    @Test
    void isStartedAgainWithItsDataWhenItIsKilled() throws Exception {
        var died = new CountDownLatch(1);
        var listener = new PostgresListener() {
            @Override
            public void died(int exitStatus) {
                died.countDown();
            }
        };
        try (var postgres = new Postgres(config, listener)) {
            postgres.start();
            execute(
                    postgres,
                    "drop table if exists kept",
                    "create table kept (value text)",
                    "insert into kept values ('kept')");
            long first = postgres.pid();

            Command.signal(first, "KILL");

            assertThat(died.await(30, TimeUnit.SECONDS)).isTrue();
            await().atMost(Duration.ofSeconds(60)).until(() -> postgres.pid() != first);
            assertThat(query(postgres, "select value from kept")).isEqualTo("kept");
            assertThat(postgres.port()).isEqualTo(config.port());
        }
    }

    @Test
    void leavesNoProcessBehind() {
        var postgres = started(config);
        long pid = postgres.pid();
        assertThat(ProcessHandle.of(pid)).isPresent();

        postgres.close();

        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    @Test
    void stopsAServerThatWasLeftBehindInItsFolder() throws Exception {
        try (var postgres = started(config)) {
            execute(
                    postgres,
                    "drop table if exists kept",
                    "create table kept (value text)",
                    "insert into kept values ('kept')");
        }
        var home = PostgresBinaries.in(BINARIES);
        var left = new ProcessBuilder(new PostgresCommands(config, home, Unprivileged.here())
                        .postgres(config.folder().resolve("data")))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        var file = new PostmasterFile(config.folder().resolve("data"));
        await().atMost(Duration.ofSeconds(100)).until(() -> file.status() == PostmasterFile.Status.READY);

        try (var postgres = started(PostgresConfig.in(data).withBinaries(BINARIES))) {
            assertThat(left.isAlive()).isFalse();
            assertThat(query(postgres, "select value from kept")).isEqualTo("kept");
        }
    }

    @Test
    void doesNotTakeAnotherProcessForItsServer() throws IOException {
        started(config).close();
        var bystander = new ProcessBuilder("sleep", "600").start();
        Files.writeString(config.folder().resolve("data/postmaster.pid"), bystander.pid() + "\n");

        try (var postgres = started(config)) {
            assertThat(bystander.isAlive()).isTrue();
            assertThat(postgres.pid()).isNotEqualTo(bystander.pid());
        } finally {
            bystander.destroyForcibly();
        }
    }

    @Test
    void startsOverWhenItsFirstStartWasInterrupted() throws Exception {
        var fresh = fresh();
        Files.writeString(
                Files.createDirectories(fresh.folder().resolve("data.new")).resolve("PG_VERSION"), "18");

        try (var postgres = started(fresh)) {
            assertThat(query(postgres, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void saysWhatTheServerSaidWhenItCannotStart() {
        var postgres = new Postgres(config.with("shared_buffers", "none"));

        assertThatThrownBy(postgres::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shared_buffers");
        postgres.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Unprivileged.class,
            names = {"SETPRIV", "SU"})
    void runsAsNobodyWhereNamespacesAreForbidden(Unprivileged way) throws Exception {
        assumeThat(Unprivileged.here()).isNotEqualTo(Unprivileged.SELF);
        assumeThat(Command.succeeds(way.command(List.of("true")))).isTrue();

        long pid;
        try (var postgres = new Postgres(fresh(), PostgresListener.NONE, way)) {
            postgres.start();
            pid = postgres.pid();
            assertThat(query(postgres, "select 1")).isEqualTo("1");
        }
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    private static Postgres started(PostgresConfig config) {
        var postgres = new Postgres(config);
        postgres.start();
        return postgres;
    }

    static void execute(Postgres postgres, String... statements) throws SQLException {
        try (var connection = DriverManager.getConnection(
                        postgres.jdbcUrl("postgres"), postgres.user(), postgres.password());
                var statement = connection.createStatement()) {
            for (var sql : statements) statement.execute(sql);
        }
    }

    static String query(Postgres postgres, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(
                        postgres.jdbcUrl("postgres"), postgres.user(), postgres.password());
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
