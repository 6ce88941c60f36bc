package io.millrace.bench.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.load.Cube;
import io.millrace.bench.load.Grain;
import io.millrace.bench.load.Measure;
import io.millrace.bench.load.Table;
import io.millrace.embedded.EmbeddedStack;
import io.millrace.embedded.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Against the real migrations, so that a change of the tables is seen here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TotalsStoreIT {
    private static final UUID PROJECT = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final Path MIGRATIONS = Path.of("../schemas/src/main/resources/db/migration");
    /** 2026-11-21T00:00:00Z. */
    private static final long MIDNIGHT = 1_795_219_200L;

    private Postgres postgres;
    private TotalsStore store;

    @BeforeAll
    void start() throws SQLException, IOException {
        postgres = EmbeddedStack.shared().postgres();
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create database bench_totals");
        }
        try (Connection connection = connect("bench_totals");
                Statement statement = connection.createStatement();
                Stream<Path> files = Files.list(MIGRATIONS)) {
            for (Path file : files.sorted().toList()) {
                statement.execute(Files.readString(file));
            }
            statement.execute("create table facts_20261121 partition of facts for values"
                    + " from ('2026-11-21') to ('2026-11-22')");
            statement.execute("create table rollup_10s_20261121 partition of rollup_10s for values"
                    + " from ('2026-11-21 00:00:00+00') to ('2026-11-22 00:00:00+00')");
        }
        store = TotalsStore.open(new StackFolder.PostgresAccess(
                Integer.parseInt(postgres.jdbcUrl("x").replaceAll(".*:(\\d+)/x", "$1")), postgres.password()));
    }

    @AfterAll
    void stop() throws SQLException {
        store.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        execute("truncate facts, rollup_10s, stale_windows, dirty_windows, ledger_progress");
    }

    @Test
    void sumsCountedFactsByDimensionsAndWindow() throws SQLException {
        // Given
        fact("01", "2026-11-21 00:00:09.999999+00", true, 1_000);
        fact("02", "2026-11-21 00:00:09.5+00", true, 2_000);
        fact("03", "2026-11-21 00:00:09.5+00", false, 4_000);
        fact("04", "2026-11-21 00:00:10+00", true, 8_000);

        // When
        Table facts = store.facts(PROJECT);

        // Then
        Table expected = new Table(Measure.columns());
        List<String> dims = List.of("production", "llm", "openai", "gpt-4o", "draft answer", "1.0", "");
        expected.add(key(dims, MIDNIGHT), row(3, 2, 20, 3_000));
        expected.add(key(dims, MIDNIGHT + 10), row(1, 1, 10, 8_000));
        assertThat(expected.differences(facts)).isEmpty();
        assertThat(store.factCount(PROJECT)).isEqualTo(4);
        assertThat(store.spanIds(PROJECT)).isEqualTo(0x01 ^ 0x02 ^ 0x03 ^ 0x04);
    }

    @Test
    void readsRollups() throws SQLException {
        // Given
        execute("insert into rollup_10s values ('" + PROJECT + "', 3, '2026-11-21 00:00:20+00', '{openai,gpt-4o}',"
                + " 0, 1, 1, 7, 1, 7, 1, 0, 6, 2, 10, 20, 30, 0, 0, 0, 40, 50, 0, 0, 123456789012, '', '', '', '')");

        // When
        Table rollups = store.rollups(PROJECT, Grain.TEN_SECONDS, Cube.MODEL);

        // Then
        Table expected = new Table(Measure.columns());
        expected.add(
                new Table.Key(Grain.TEN_SECONDS, Cube.MODEL, List.of("openai", "gpt-4o"), MIDNIGHT + 20),
                new long[] {7, 1, 6, 2, 10, 20, 30, 0, 0, 0, 40, 50, 0, 0, 123_456_789_012L});
        assertThat(expected.differences(rollups)).isEmpty();
        assertThat(store.rollups(PROJECT, Grain.HOUR, Cube.MODEL).size()).isZero();
    }

    @Test
    void deletesOneFact() throws SQLException {
        fact("01", "2026-11-21 00:00:09+00", true, 1_000);
        fact("02", "2026-11-21 00:00:09+00", true, 2_000);

        assertThat(store.deleteOneFact(PROJECT)).contains("00000000-0000-0000-0000-0000000000");
        assertThat(store.factCount(PROJECT)).isEqualTo(1);
    }

    @Test
    void saysWhatWaitsAndHowFarTheRowsGo() throws SQLException {
        // Given
        execute("insert into dirty_windows (project, window_start) values ('" + PROJECT + "', now())");
        execute("insert into stale_windows (project, seconds, cube, window_start) values ('" + PROJECT
                + "', 60, 1, now())");
        execute("insert into ledger_progress values (0, 5, 1, 1, '2026-11-21 00:00:30.7+00'),"
                + " (1, 5, 1, 1, '2026-11-21 00:00:40+00')");

        // Then
        assertThat(store.marks()).isEqualTo(2);
        assertThat(store.streamTime()).isEqualTo(MIDNIGHT + 30);
    }

    @Test
    void readsBackWhatMakesCommitsDurable() throws SQLException {
        assertThat(store.durability())
                .containsEntry("fsync", "off") // a stack in a temporary folder; an installation's is on
                .containsEntry("synchronous_commit", "on")
                .containsEntry("full_page_writes", "on");
        assertThat(store.persistence()).containsEntry("facts_20261121", "p").containsEntry("rollup_1h", "p");
    }

    private static Table.Key key(List<String> dims, long start) {
        return new Table.Key(Grain.TEN_SECONDS, Cube.JOINT, dims, start);
    }

    private static long[] row(long spans, long counted, long input, long cost) {
        return new long[] {spans, 0, counted, 0, input, 0, 0, 0, 0, 0, 0, 0, 0, 0, cost};
    }

    private void fact(String id, String windowAt, boolean counted, long cost) throws SQLException {
        execute("insert into facts (project, trace_id, day, epoch, revision, start_nanos, end_nanos, window_at,"
                + " received_at, source_offset, content_hash, source_partition, marks, kind, status, counted, root,"
                + " input, cost_pico_usd, span_id, name, provider, request_model, response_model, environment, release)"
                + " values ('" + PROJECT + "', '00000000-0000-0000-0000-0000000000" + id
                + "', '2026-11-21', 1, 1, 0, 0, '"
                + windowAt + "', now(), 0, 0, 0, 0, 1, 0, " + counted + ", false, 10, " + cost
                + ", decode('00000000000000" + id
                + "', 'hex'), 'draft answer', 'openai', 'gpt', 'gpt-4o', 'production', '1.0')");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect("bench_totals");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
    }
}
