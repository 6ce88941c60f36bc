package io.millrace.jobs.keeper;

import static io.millrace.jobs.store.Facts.aCall;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.blob.BlobStore;
import io.millrace.blob.BlobStoreConfig;
import io.millrace.blob.StoredBlob;
import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.store.FactRow;
import io.millrace.jobs.store.Facts;
import io.millrace.jobs.store.LedgerCut;
import io.millrace.jobs.store.Store;
import io.millrace.jobs.store.TestPostgres;
import io.millrace.jobs.store.WindowRow;
import io.millrace.schema.blob.BlobId;
import io.millrace.schema.sql.ServiceRole;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionIT {
    private static final String LAST_WHOLE_MINUTE =
            "(select date_trunc('minute', min(stream_time)) - interval '1 minute' from ledger_progress)";

    private static final UUID OTHER = UUID.fromString("01930000-0000-7000-8000-00000000000b");
    private static final Instant NOW = Instant.now();
    private static final Instant TODAY = NOW.truncatedTo(ChronoUnit.DAYS);
    private static final long NEXT_OFFSET = 1_000_000;

    private final TestClock clock = new TestClock(NOW);
    private TestPostgres postgres;
    private Store store;
    private Keeper keeper;
    private Tenure tenure;
    private long checkpoint;
    private int spans;

    @BeforeEach
    void open() throws Exception {
        postgres = TestPostgres.create();
        store = postgres.storeFactory().open();
        keeper = new Keeper(postgres.as(ServiceRole.KEEPER), clock);
        project(Facts.PROJECT, 30);
        project(OTHER, 7);
        completeCheckpoint(NOW);
    }

    @AfterEach
    void close() {
        if (tenure != null) {
            tenure.close();
        }
        keeper.close();
        store.close();
    }

    @Test
    void makesTheDaysToComeAhead() throws Exception {
        keeper.runOnce();

        assertThat(postgres.value("select count(*) from pg_inherits where inhparent = 'facts'::regclass"))
                .isEqualTo("2");
        assertThat(postgres.value("select to_regclass('facts_' || to_char((now() at time zone 'UTC')::date + 1,"
                        + " 'YYYYMMDD')) is not null"))
                .isEqualTo("t");
    }

    @Test
    void dropsADayOnceItsLastMomentHasBeenKept() throws Exception {
        write(Facts.PROJECT, daysAgo(31));
        write(Facts.PROJECT, daysAgo(30));

        sweep();

        assertThat(postgres.rows("select day from facts"))
                .containsExactly(daysAgo(30).toString().substring(0, 10));
        assertThat(partitions("facts", 31)).isEqualTo("0");
        assertThat(partitions("bodies", 31)).isEqualTo("0");
        assertThat(partitions("traces", 31)).isEqualTo("0");
        assertThat(partitions("facts", 30)).isEqualTo("1");
        assertThat(keeper.dropped()).isPositive();
    }

    @Test
    void deletesTheRowsOfAShorterRetentionInBatchesAndNoOthers() throws Exception {
        for (int i = 0; i < 25; i++) {
            write(OTHER, daysAgo(8));
        }
        write(OTHER, daysAgo(12));
        write(OTHER, daysAgo(7));
        write(Facts.PROJECT, daysAgo(8));
        keeper.close();
        Retention retention = retention(10);

        int steps = 0;
        while (retention.step()) {
            steps++;
        }

        assertThat(steps).isGreaterThanOrEqualTo(4);
        assertThat(retention.deleted()).isEqualTo(26);
        assertThat(postgres.rows("select project, count(*) from facts group by project order by project"))
                .containsExactly(Facts.PROJECT + "|1", OTHER + "|1");
        assertThat(postgres.value("select sum(spans) from ledger_expired where project = '" + OTHER + "'"))
                .isEqualTo("26");
        assertThat(postgres.value("select count(*) from expired_days where project = '" + OTHER + "'"))
                .isEqualTo("2");
    }

    /** The edge's clock may be wrong: what counts is when the record was found not to be understood. */
    @Test
    void whatIsToldOfRejectedRecordsGoesWhenTheLogHasLetGoOfThem() throws Exception {
        for (int day : new int[] {6, 7, 8, 9}) {
            postgres.execute(
                    "insert into rejected (id, received_at, source_offset, source_partition, epoch, revision, items, size,"
                            + " sha256, reason, recovered, rejected_at) values (gen_random_uuid(), now() + interval '1 year',"
                            + day + ", 0, 1, 1, 1, 1, '\\x00', 'undecodable', false, '" + daysAgo(day) + "')");
        }

        sweep();

        assertThat(postgres.rows("select source_offset from rejected order by 1"))
                .containsExactly("6", "7");
    }

    @Test
    void blobsGoADayAfterTheSpansOfTheirDayByTheRetentionOfTheirProject(@TempDir Path folder) throws Exception {
        keeper.close();
        try (BlobStore blobs = new BlobStoreConfig.Folder(folder).open()) {
            keeper = new Keeper(postgres.as(ServiceRole.KEEPER), clock, Optional.of(blobs));
            BlobId gone = blob(blobs, Facts.PROJECT, 32);
            BlobId last = blob(blobs, Facts.PROJECT, 31);
            BlobId goneEarlier = blob(blobs, OTHER, 9);
            BlobId lastOfOther = blob(blobs, OTHER, 8);

            sweep();

            assertThat(blobs.open(Facts.PROJECT, gone)).isEmpty();
            assertThat(blobs.open(OTHER, goneEarlier)).isEmpty();
            assertThat(isThere(blobs, Facts.PROJECT, last)).isTrue();
            assertThat(isThere(blobs, OTHER, lastOfOther)).isTrue();
            assertThat(keeper.deletedBlobs()).isEqualTo(2);
            assertThat(keeper.deleted()).as("rows").isZero();
        }
    }

    private static BlobId blob(BlobStore blobs, UUID project, int daysAgo) throws IOException {
        LocalDate day = LocalDate.ofInstant(daysAgo(daysAgo), ZoneOffset.UTC);
        BlobId id = BlobId.of(day, new byte[] {1}, 0, 1);
        blobs.put(project, id, new byte[] {1}, "text/plain");
        return id;
    }

    private static boolean isThere(BlobStore blobs, UUID project, BlobId id) throws IOException {
        try (StoredBlob found = blobs.open(project, id).orElseThrow()) {
            return found.bytes() == 1;
        }
    }

    @Test
    void booksWhatItDeletesSoThatTheLedgerStillAddsUp() throws Exception {
        for (int i = 0; i < 3; i++) {
            write(Facts.PROJECT, daysAgo(31));
            write(OTHER, daysAgo(10));
        }
        List<String> before = stored();

        sweep();

        assertThat(postgres.value("select count(*) from facts")).isEqualTo("0");
        assertThat(stored()).isEqualTo(before).hasSize(2);
    }

    @Test
    void theAuditCountsWhatWasBooked() throws Exception {
        write(OTHER, daysAgo(10));
        postgres.execute("update facts set received_at = " + LAST_WHOLE_MINUTE);
        postgres.execute(
                "insert into ledger (project, minute, partition, segment, accepted, duplicate, merged, refused,"
                        + " ignored, quarantined) values ('" + OTHER
                        + "', " + LAST_WHOLE_MINUTE + ", 2, 1, 1, 0, 0, '{}', '{}', '{}')");
        try (Audit audit = new Audit(postgres.as(ServiceRole.KEEPER))) {
            assertThat(audit.look().unbalanced()).isZero();

            sweep();

            assertThat(postgres.value("select count(*) from facts")).isEqualTo("0");
            assertThat(audit.look().unbalanced()).isZero();
            assertThat(audit.look().stored()).isEqualTo(1);
            postgres.execute("delete from ledger_expired");
            assertThat(audit.look().unbalanced()).isEqualTo(1);
        }
    }

    @Test
    void leavesWhatTheLedgerDoesNotCountYet() throws Exception {
        store.facts()
                .write(aCall().project(OTHER)
                        .end(daysAgo(10))
                        .offset(NEXT_OFFSET)
                        .row());
        store.facts().flush();
        postgres.execute("update facts set received_at = now()");

        sweep();

        assertThat(postgres.value("select count(*) from facts")).isEqualTo("1");
        postgres.execute("update ledger_progress set next_offset = next_offset + 1");
        nextSweep();
        assertThat(postgres.value("select count(*) from facts")).isEqualTo("0");
    }

    @Test
    void whatTheStreamHasYetToWriteIsNotLate() throws Exception {
        write(Facts.PROJECT, daysAgo(31));
        completeCheckpoint(NOW.minus(Duration.ofDays(2)));

        sweep();

        assertThat(postgres.value("select count(*) from facts")).isEqualTo("1");
    }

    @Test
    void coarserWindowsStayWhenWhatTheyWereComputedFromGoes() throws Exception {
        Instant minute = daysAgo(10).truncatedTo(ChronoUnit.HOURS);
        write(window(Grain.MINUTE, minute, 5));
        copyMinutes("rollup_1h", "cube", "window_start", "spans");
        postgres.execute("delete from stale_windows");
        write(OTHER, minute);
        sweep();
        assertThat(postgres.value("select count(*) from facts")).isEqualTo("0");

        // A late span of that day: its retention was raised meanwhile.
        postgres.execute("update projects set retention_days = 90 where id = '" + OTHER + "'");
        store.facts()
                .write(aCall().project(OTHER).span(++spans).end(minute).cold().row());
        store.facts().flush();
        answerMarks();

        assertThat(postgres.value("select count(*) from dirty_windows")).isEqualTo("0");
        assertThat(postgres.rows("select spans, generation from rollup_1m")).containsExactly("5|0");
        assertThat(postgres.rows("select spans, generation from rollup_1h")).containsExactly("5|0");
    }

    @Test
    void windowsOfADroppedDayAreNotSummedAnewFromWhatComesToItLater() throws Exception {
        Instant minute = daysAgo(31).truncatedTo(ChronoUnit.HOURS);
        store.facts().write(aCall().span(++spans).end(minute).cold().row());
        store.facts().write(aCall().span(++spans).end(minute).cold().row());
        store.facts().flush();
        answerMarks();
        String hours = "select project, spans, generation from rollup_1h order by project";
        List<String> before = postgres.rows(hours);
        assertThat(before).contains(Facts.PROJECT + "|2|1");
        nextSweep();
        assertThat(partitions("facts", 31)).isEqualTo("0");

        store.facts().write(aCall().span(++spans).end(minute).cold().row());
        store.facts().flush();
        answerMarks();

        assertThat(partitions("facts", 31)).isEqualTo("1");
        assertThat(postgres.rows(hours)).isEqualTo(before);
    }

    @Test
    void finerWindowsGoByTheirGrain() throws Exception {
        for (int days : List.of(2, 3, 8, 30, 31)) {
            postgres.execute("select ensure_day((now() at time zone 'UTC')::date - " + days + ")");
        }
        write(window(Grain.MINUTE, daysAgo(8), 4));
        copyMinutes("rollup_1m", "6::int2", "window_start", "1");
        copyMinutes("rollup_1h", "cube", instant(TODAY.minus(Duration.ofDays(401))), "1");
        copyMinutes("rollup_1h", "cube", instant(TODAY.minus(Duration.ofDays(400))), "2");
        copyMinutes("rollup_1d", "cube", instant(TODAY.minus(Duration.ofDays(900))), "3");
        postgres.execute("delete from stale_windows");

        sweep();

        assertThat(partitions("rollup_10s", 2)).isEqualTo("1");
        assertThat(partitions("rollup_10s", 3)).isEqualTo("0");
        assertThat(partitions("rollup_1m", 30)).isEqualTo("1");
        assertThat(partitions("rollup_1m", 31)).isEqualTo("0");
        assertThat(postgres.rows("select cube from rollup_1m")).containsExactly("0");
        assertThat(postgres.rows("select spans from rollup_1h")).containsExactly("2");
        assertThat(postgres.rows("select spans from rollup_1d")).containsExactly("3");
    }

    @Test
    void aReaderThatStaysKeepsNobodyWaiting() throws Exception {
        write(Facts.PROJECT, daysAgo(31));
        try (Connection reader = postgres.connect();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.executeQuery("select count(*) from facts").close();

            // Returns although the reader does not go away.
            sweep();

            assertThat(partitions("facts", 31)).isEqualTo("1");
            assertThat(postgres.value("select count(*) from ledger_expired")).isEqualTo("0");
            assertThat(postgres.value("select count(*) from pg_locks where not granted"))
                    .isEqualTo("0");
            write(Facts.PROJECT, NOW.minusSeconds(5));
        }

        nextSweep();

        assertThat(partitions("facts", 31)).isEqualTo("0");
        assertThat(postgres.value("select sum(spans) from ledger_expired")).isEqualTo("1");
    }

    @Test
    void theDatabaseItselfKeepsWhatAnyProjectKeeps() throws Exception {
        write(Facts.PROJECT, daysAgo(30));
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set role millrace_keeper");
            for (String call : List.of("'facts', 30", "'rollup_10s', 2", "'rollup_1m', 30", "'projects', 5000")) {
                String[] parts = call.split(", ");
                assertThat(refusal(statement, parts[0], parts[1])).contains("is kept");
            }
        }
        assertThat(partitions("facts", 30)).isEqualTo("1");
    }

    private static String refusal(Statement statement, String table, String daysAgo) {
        try {
            statement.execute("select drop_day(" + table + ", (now() at time zone 'UTC')::date - " + daysAgo + ")");
            return "";
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void project(UUID id, int retentionDays) throws SQLException {
        postgres.execute(
                "insert into projects (id, name, retention_days) values ('" + id + "', 'p', " + retentionDays + ")");
    }

    /** A keeper's work of retention alone, with a small batch. */
    private Retention retention(int batch) {
        tenure = new Tenure(postgres.as(ServiceRole.KEEPER), connection -> true);
        return new Retention(tenure, clock, Optional.empty(), batch);
    }

    /** Rounds enough for all that one look finds. */
    private void sweep() throws InterruptedException {
        for (int i = 0; i < 60; i++) {
            keeper.runOnce();
        }
    }

    private void nextSweep() throws InterruptedException {
        clock.advance(Duration.ofMinutes(10));
        sweep();
    }

    private void answerMarks() throws Exception {
        for (int i = 0; i < 6; i++) {
            completeCheckpoint(NOW);
            keeper.runOnce();
        }
    }

    private void completeCheckpoint(Instant streamTime) throws Exception {
        store.ledger()
                .save(new LedgerCut(
                        1,
                        ++checkpoint,
                        streamTime.toEpochMilli(),
                        Map.of(0, NEXT_OFFSET, 1, NEXT_OFFSET, 2, NEXT_OFFSET),
                        List.of()));
    }

    /** What the ledger counts as stored: rows, and what was booked of those that went. */
    private List<String> stored() throws SQLException {
        return postgres.rows("select project, minute, sum(n) from ("
                + " select f.project, date_trunc('minute', received_at) as minute, 1 as n from facts f"
                + " join ledger_progress p on p.partition = f.source_partition where f.source_offset < p.next_offset"
                + " union all select project, minute, spans from ledger_expired) x group by 1, 2 order by 1, 2");
    }

    private String partitions(String table, int daysAgo) throws SQLException {
        return postgres.value("select count(*) from pg_class where relname = '" + table + "_' || to_char(("
                + "now() at time zone 'UTC')::date - " + daysAgo + ", 'YYYYMMDD')");
    }

    private static Instant daysAgo(int days) {
        return TODAY.minus(Duration.ofDays(days)).plus(Duration.ofHours(13));
    }

    private void write(UUID project, Instant end) throws InterruptedException {
        FactRow row = aCall().project(project).span(++spans).end(end).row();
        store.facts().write(row);
        store.facts().flush();
    }

    private void write(WindowRow row) throws InterruptedException {
        store.windows().write(row);
        store.windows().flush();
    }

    /** Rows as those of minutes, with another cube, time and count. */
    private void copyMinutes(String table, String cube, String start, String count) throws SQLException {
        String rest = postgres
                .rows("select column_name from information_schema.columns where table_name = 'rollup_1m'"
                        + " and column_name not in ('cube', 'window_start', 'spans') order by ordinal_position")
                .stream()
                .collect(Collectors.joining(", "));
        postgres.execute("insert into " + table + " (cube, window_start, spans, " + rest + ") select " + cube + ", "
                + start + ", " + count + ", " + rest + " from rollup_1m where cube = 0");
    }

    private static String instant(Instant instant) {
        return "'" + instant + "'::timestamptz";
    }

    private static WindowRow window(Grain grain, Instant start, int count) {
        SeriesWindow window = new SeriesWindow(OTHER, Cube.PROJECT, List.of(), grain.floor(start.getEpochSecond()));
        return new WindowRow(
                grain,
                window,
                new Revision(0, 1, 1),
                WindowValue.builder().spans(count).build());
    }
}
