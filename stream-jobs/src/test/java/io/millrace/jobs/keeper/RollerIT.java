package io.millrace.jobs.keeper;

import static io.millrace.jobs.store.TestPostgres.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.store.Store;
import io.millrace.jobs.store.TestPostgres;
import io.millrace.jobs.store.WindowColumns;
import io.millrace.jobs.store.WindowRow;
import io.millrace.schema.sql.ServiceRole;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollerIT {
    private static final UUID PROJECT = new UUID(1, 2);
    private static final UUID OTHER_PROJECT = new UUID(-1, 3);
    /** Two hours of windows, across a midnight half of the time. */
    private static final Instant START =
            Instant.now().minus(Duration.ofHours(3)).truncatedTo(ChronoUnit.MINUTES);

    private final TestClock clock = new TestClock(Instant.now());
    private TestPostgres postgres;
    private Store store;
    private Keeper keeper;

    @BeforeEach
    void open() throws SQLException {
        postgres = TestPostgres.create();
        store = postgres.storeFactory().open();
        keeper = new Keeper(postgres.as(ServiceRole.KEEPER), clock);
    }

    @AfterEach
    void close() {
        keeper.close();
        store.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void coarserWindowsAreTheSumsOfTheirChildren(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 400; i++) {
                store.windows().write(randomRow(random, round));
            }
            store.windows().flush();
            keeper.runOnce();
            clock.advance(Duration.ofSeconds(random.nextInt(90)));
        }
        rollAll();
        assertGrainsAgree();
    }

    @Test
    void aChildThatChangesWhileItsParentIsComputedIsNotForgotten() throws Exception {
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                for (int n = 1; n <= 300; n++) {
                    store.windows().write(row(Cube.PROJECT, n % 12, new Revision(0, 1, n), value(n, n)));
                    store.windows().flush();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        while (!writing.isDone()) {
            keeper.runOnce();
            clock.advance(Duration.ofMinutes(2));
        }
        writing.get();
        rollAll();
        assertGrainsAgree();
    }

    @Test
    void percentilesOfADayAreThoseOfItsRequests() throws Exception {
        List<Double> latencies = new ArrayList<>();
        Random random = new Random(5);
        for (int window = 0; window < 30; window++) {
            WindowValue value = new WindowValue();
            for (int i = 0; i < 100; i++) {
                double latency = Math.exp(5 + random.nextGaussian());
                latencies.add(latency);
                value.request(1, false, latency);
            }
            store.windows().write(row(Cube.PROJECT, window, new Revision(0, 1, window), value));
        }
        store.windows().flush();
        rollAll();
        Collections.sort(latencies);
        WindowValue day = sumOf("rollup_1d");
        assertThat(day.latency().count()).isEqualTo(3_000);
        for (double q : new double[] {0.5, 0.9, 0.95, 0.99}) {
            double exact = latencies.get((int) (q * (latencies.size() - 1)));
            assertThat(day.latency().quantile(q)).isCloseTo(exact, within(exact * 0.011));
        }
    }

    @Test
    void aParentWithoutChildrenGoes() throws Exception {
        store.windows().write(row(Cube.MODEL, 0, new Revision(3, 1, 1), value(1, 2), "a", "x"));
        store.windows().write(row(Cube.MODEL, 0, new Revision(0, 1, 2), value(1, 2), "a", "y"));
        store.windows().flush();
        rollAll();
        assertThat(parents())
                .containsExactly(
                        "rollup_1d {a,x}",
                        "rollup_1d {a,y}",
                        "rollup_1h {a,x}",
                        "rollup_1h {a,y}",
                        "rollup_1m {a,x}",
                        "rollup_1m {a,y}");
        postgres.execute("delete from rollup_10s where dims[2] = 'x'");
        store.windows().write(row(Cube.MODEL, 0, new Revision(0, 1, 3), value(5, 2), "a", "y"));
        store.windows().flush();
        clock.advance(Duration.ofMinutes(2));
        rollAll();
        assertThat(parents()).containsExactly("rollup_1d {a,y}", "rollup_1h {a,y}", "rollup_1m {a,y}");
        assertGrainsAgree();
    }

    @Test
    void aParentHasTheGreatestGenerationOfItsChildren() throws Exception {
        store.windows().write(row(Cube.PROJECT, 0, new Revision(0, 9, 9), value(1, 2)));
        store.windows().write(row(Cube.PROJECT, 1, new Revision(4, 1, 1), value(1, 2)));
        store.windows().flush();
        rollAll();
        for (String table : List.of("rollup_1m", "rollup_1h", "rollup_1d")) {
            assertThat(postgres.value("select generation from " + table)).isEqualTo("4");
        }
    }

    @Test
    void minutesOutliveTheirTenSeconds() throws Exception {
        store.windows().write(row(Cube.PROJECT, 0, new Revision(0, 1, 1), value(7, 2)));
        store.windows().flush();
        rollAll();
        postgres.execute("delete from rollup_10s");
        postgres.execute("insert into stale_windows (project, seconds, cube, window_start)"
                + " select project, 60, cube, window_start from rollup_1m");
        clock.advance(Duration.ofDays(4));
        rollAll();
        assertThat(postgres.value("select spans from rollup_1m")).isEqualTo("7");
    }

    @Test
    void hoursAreComputedOnceAMinuteAndMinutesEachSecond() throws Exception {
        store.windows().write(row(Cube.PROJECT, 0, new Revision(0, 1, 1), value(1, 2)));
        store.windows().flush();
        assertThat(keeper.runOnce()).isEqualTo(3);
        store.windows().write(row(Cube.PROJECT, 0, new Revision(0, 1, 2), value(1, 2)));
        store.windows().flush();
        assertThat(keeper.runOnce()).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(keeper.runOnce()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(58));
        assertThat(keeper.runOnce()).isZero();
        clock.advance(Duration.ofSeconds(1));
        assertThat(keeper.runOnce()).isEqualTo(2);
        assertThat(postgres.value("select count(*) from stale_windows")).isEqualTo("0");
    }

    @Test
    void oneKeeperWorksAtATime() throws Exception {
        keeper.runOnce();
        assertThat(keeper.isLeading()).isTrue();
        store.windows().write(row(Cube.PROJECT, 0, new Revision(0, 1, 1), value(1, 2)));
        store.windows().flush();
        try (Keeper second = new Keeper(postgres.as(ServiceRole.KEEPER), clock)) {
            assertThat(second.runOnce()).isZero();
            assertThat(second.isLeading()).isFalse();
            keeper.close();
            eventually().until(() -> second.runOnce() == 3);
        }
    }

    @Test
    void theThreadGoesOnUntilItIsClosed() throws Exception {
        KeeperThread thread = new KeeperThread(keeper);
        thread.start();
        try (thread) {
            for (int n = 1; n <= 2; n++) {
                store.windows().write(row(Cube.PROJECT, 0, new Revision(0, 1, n), value(n, 2)));
                store.windows().flush();
                String spans = String.valueOf(n);
                eventually()
                        .until(() ->
                                postgres.rows("select spans from rollup_1m").equals(List.of(spans)));
                clock.advance(Duration.ofMinutes(1));
            }
            eventually().until(() -> keeper.rolled() >= 4);
        }
    }

    private void rollAll() throws Exception {
        for (int i = 0; i < 50 && !"0".equals(postgres.value("select count(*) from stale_windows")); i++) {
            keeper.runOnce();
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(postgres.value("select count(*) from stale_windows")).isEqualTo("0");
    }

    /** Each coarser table must be what the database itself sums up from the finest. */
    private void assertGrainsAgree() throws SQLException {
        String sums = "sum(spans) as spans, sum(errors), sum(requests), sum(request_errors), sum(traces), sum(counted),"
                + " sum(unpriced), sum(input), sum(input_cache_read), sum(input_cache_write_5m),"
                + " sum(input_cache_write_1h), sum(input_audio), sum(input_image), sum(output), sum(output_reasoning),"
                + " sum(output_audio), sum(output_image), sum(cost_pico_usd)";
        for (Grain grain : List.of(Grain.MINUTE, Grain.HOUR, Grain.DAY)) {
            String start = "to_timestamp(floor(extract(epoch from window_start) / " + grain.seconds() + ") * "
                    + grain.seconds() + ")";
            String expected =
                    "select project, cube, " + start + ", dims, " + sums + " from rollup_10s group by 1, 2, 3, 4";
            String actual = "select project, cube, window_start, dims, " + sums + " from " + grain.table()
                    + " group by 1, 2, 3, 4";
            assertThat(postgres.rows("(" + expected + ") except (" + actual + ")"))
                    .isEmpty();
            assertThat(postgres.rows("(" + actual + ") except (" + expected + ")"))
                    .isEmpty();
        }
    }

    private List<String> parents() throws SQLException {
        return postgres.rows("select tablename || ' ' || dims::text from (select 'rollup_1m' as tablename, dims"
                + " from rollup_1m union all select 'rollup_1h', dims from rollup_1h"
                + " union all select 'rollup_1d', dims from rollup_1d) as all_rows order by 1");
    }

    private WindowValue sumOf(String table) throws SQLException {
        WindowValue sum = new WindowValue();
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select " + WindowColumns.NAMES + " from " + table)) {
            while (rows.next()) {
                sum.merge(WindowColumns.value(rows));
            }
        }
        return sum;
    }

    private static WindowRow randomRow(Random random, int round) {
        Cube cube = List.of(Cube.PROJECT, Cube.KIND, Cube.MODEL).get(random.nextInt(3));
        String[] dims = cube.dimensions().stream()
                .map(dimension -> "value " + random.nextInt(3))
                .toArray(String[]::new);
        UUID project = random.nextBoolean() ? PROJECT : OTHER_PROJECT;
        Revision revision = new Revision(random.nextInt(2), round, random.nextInt(1_000));
        WindowRow row = row(cube, random.nextInt(720), revision, value(random.nextInt(1_000), random.nextLong()), dims);
        SeriesWindow window = row.window();
        return new WindowRow(
                row.grain(),
                new SeriesWindow(project, cube, window.dims(), window.windowStart()),
                revision,
                row.value());
    }

    private static WindowRow row(Cube cube, int index, Revision revision, WindowValue value, String... dims) {
        SeriesWindow window = new SeriesWindow(PROJECT, cube, List.of(dims), START.getEpochSecond() + index * 10L);
        return new WindowRow(Grain.TEN_SECONDS, window, revision, value);
    }

    private static WindowValue value(int spans, long cost) {
        WindowValue value = new WindowValue();
        for (int i = 0; i < spans % 7 + 1; i++) {
            value.request(1, i % 3 == 0, spans);
        }
        value.usage(1, Usage.of(new long[] {spans, 1, 2, 3, 4, 5, 6, 7, 8, 9}), spans % 5 != 0, cost);
        value.trace(1);
        for (int i = 0; i < spans; i++) {
            value.span(1, i % 11 == 0);
        }
        return value;
    }
}
