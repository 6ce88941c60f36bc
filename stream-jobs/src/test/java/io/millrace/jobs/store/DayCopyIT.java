package io.millrace.jobs.store;

import static io.millrace.jobs.store.Facts.PROJECT;
import static io.millrace.jobs.store.Facts.TRACE;
import static io.millrace.jobs.store.Facts.aCall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.assembly.TraceState;
import io.millrace.jobs.assembly.TraceSummary;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.sql.ServiceRole;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DayCopyIT {
    private static final Instant END = Instant.parse("2026-11-19T10:00:00Z");
    private static final String PARTITION = "facts_20261119";
    private static final String ONE_ROW = "select 1 / count(*) from facts";

    private TestPostgres postgres;
    private Database database;
    private PgRowWriter<FactRow> facts;

    @BeforeEach
    void open() throws SQLException {
        postgres = TestPostgres.create();
        // A statement's trigger of the parent does not see what is copied into a partition.
        postgres.execute("""
                create table stagings (at timestamptz default clock_timestamp());
                create function note_staging() returns trigger language plpgsql security definer
                as $$ begin insert into stagings default values; return null; end $$;
                create trigger note_staging after insert on facts for each statement execute function note_staging()""");
        database = postgres.as(ServiceRole.WRITER);
        facts = new PgRowWriter<>(database, new FactTable());
    }

    @AfterEach
    void close() {
        facts.close();
    }

    @Test
    void newRowsGoStraightIntoTheirPartition() throws Exception {
        write(named(1, "first", 1, 1), named(2, "second", 1, 2));
        write(named(3, "third", 1, 3));
        assertThat(names()).containsExactly("first", "second", "third");
        assertThat(stagings()).isZero();
    }

    @Test
    void aRewriteIsStagedBesideNewRows() throws Exception {
        write(named(1, "first", 1, 1));
        write(
                aCall().span(1)
                        .end(END)
                        .revision(1, 3)
                        .message(m -> m.setName("revised"))
                        .row()
                        .asRewrite(true),
                named(2, "new", 1, 2));
        assertThat(names()).containsExactly("revised", "new");
        assertThat(stagings()).isEqualTo(1);
        assertThat(wasStaged(named(3, "new", 1, 4))).isFalse();
    }

    @Test
    void aRewriteOfARowThatWaitsBesideItIsNew() {
        FactTable table = new FactTable();
        FactRow first = named(1, "first", 1, 1);
        FactRow revised = named(1, "revised", 1, 2);
        assertThat(table.newer(first, revised.asRewrite(true))).isEqualTo(revised);
        assertThat(table.newer(first.asRewrite(true), revised.asRewrite(true))).isEqualTo(revised.asRewrite(true));
    }

    @Test
    void inAReplayTheNewerRowStaysAndNewOnesAreAdded() throws Exception {
        write(named(1, "old one", 1, 1), named(2, "zombie's", 9, 1), named(3, "same", 2, 5));
        write(named(1, "new one", 2, 1), named(2, "late", 2, 2), named(3, "same", 2, 5), named(4, "added", 2, 3));
        assertThat(names()).containsExactly("new one", "zombie's", "same", "added");
    }

    @Test
    void aConflictInABatchOfManyChunksLosesNothing() throws Exception {
        write(named(1, "first", 1, 1), named(2_000, "last", 1, 1));
        FactRow[] rows = new FactRow[2_000];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = named(i + 1, "x".repeat(500), 2, i + 1);
        }
        write(rows);
        assertThat(names()).hasSize(rows.length).allMatch(name -> name.length() == 500);
        assertThat(stagings()).isPositive();
    }

    @Test
    void whatFollowsAConflictIsStagedForAWhile() throws Exception {
        write(named(1, "first", 1, 1));
        write(named(1, "again", 2, 1));
        for (int span = 2; span <= 17; span++) {
            assertThat(wasStaged(named(span, "x", 2, span))).isTrue();
        }
        assertThat(wasStaged(named(18, "x", 2, 18))).isFalse();
    }

    @Test
    void theWhileIsLongerWhenTheNextAttemptConflictsToo() throws Exception {
        write(named(1, "first", 1, 1));
        write(named(1, "again", 2, 1));
        for (int span = 2; span <= 17; span++) {
            write(named(span, "x", 2, span));
        }
        write(named(1, "and again", 3, 1));
        for (int span = 18; span <= 49; span++) {
            assertThat(wasStaged(named(span, "x", 3, span))).isTrue();
        }
        assertThat(wasStaged(named(50, "x", 3, 50))).isFalse();
        assertThat(names().get(0)).isEqualTo("and again");
    }

    @Test
    void aColdRowMarksItsWindowOnceAfterAConflict() throws Exception {
        write(aCall().span(1).end(END).cold().row());
        write(aCall().span(1).end(END).cold().revision(9, 1).row());
        assertThat(postgres.rows("select version from dirty_windows")).containsExactly("2");
    }

    @Test
    void rowsOfSeveralDaysAreWrittenAlsoWhenOneOfThemIsThere() throws Exception {
        Instant midnight = Instant.parse("2026-11-19T00:00:00Z");
        write(aCall().span(2).end(midnight).revision(1, 1).row());
        write(
                aCall().span(1).end(midnight.minusNanos(1)).revision(2, 1).row(),
                aCall().span(2).end(midnight).revision(2, 2).row(),
                aCall().span(3).end(midnight.plusSeconds(86_400)).revision(2, 3).row());
        assertThat(postgres.rows("select tableoid::regclass, epoch from facts order by span_id"))
                .containsExactly("facts_20261118|2", "facts_20261119|2", "facts_20261120|2");
    }

    @Test
    void aPartitionThatIsGoneIsMadeAnew() throws Exception {
        write(named(1, "lost", 1, 1));
        postgres.execute("drop table " + PARTITION);
        write(named(2, "kept", 1, 2));
        assertThat(names()).containsExactly("kept");
    }

    @Test
    void bodiesOfANewDayAreStraightAndAReplayChangesNothing() throws Exception {
        BodyRow first = body(1, 10);
        try (PgRowWriter<BodyRow> bodies = new PgRowWriter<>(database, new BodyTable())) {
            bodies.write(first);
            bodies.flush();
            bodies.write(body(1, 99));
            bodies.write(body(2, 20));
            bodies.flush();
        }
        assertThat(postgres.rows("select source_offset, length(block) from bodies order by 1"))
                .containsExactly("1|10", "2|20");
        assertThat(postgres.value("select distinct tableoid::regclass from bodies"))
                .isEqualTo("bodies_20261119");
    }

    @Test
    void aNewTraceIsCopiedAndItsRewriteReplacesIt() throws Exception {
        try (PgRowWriter<TraceRow> traces = new PgRowWriter<>(database, new TraceTable())) {
            traces.write(trace(TRACE, TraceState.COMPLETE, 1).asRewrite(false));
            traces.flush();
            assertThat(postgres.value("select state from traces")).isEqualTo("1");
            traces.write(trace(TRACE, TraceState.SETTLED, 3).asRewrite(true));
            traces.write(trace(new TraceId(1, 2), TraceState.COMPLETE, 2).asRewrite(false));
            traces.flush();
            traces.write(trace(TRACE, TraceState.LIVE, 2).asRewrite(false));
            traces.flush();
        }
        assertThat(postgres.rows("select tableoid::regclass, state from traces order by revision"))
                .containsExactly("traces_20261119|1", "traces_20261119|2");
    }

    @Test
    void aRewrittenTraceHasRoomOnItsPage() throws Exception {
        postgres.execute("select ensure_day('2026-11-19')");
        assertThat(postgres.rows("select reloptions from pg_class where relname = 'traces_20261119'"))
                .containsExactly("{fillfactor=50}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"facts", "bodies", "traces"})
    void aPartitionOnlyTakesTheWritersInserts(String table) throws Exception {
        postgres.execute("select ensure_day('2026-11-19')");
        assertThat(postgres.rows("select grantee, privilege_type from information_schema.role_table_grants"
                        + " where table_name = '" + table + "_20261119' and grantee <> 'postgres'"))
                .containsExactly("millrace_writer|INSERT");
        assertThat(postgres.rows("select count(*) from information_schema.role_table_grants where grantee <> 'postgres'"
                        + " and table_name in ('rollup_10s_20261119', 'rollup_1m_20261119')"))
                .containsExactly("0");
    }

    @Test
    void theOthersCannotReachAPartitionAndSeeTheirOwnProjectOnly() throws Exception {
        write(named(1, "mine", 1, 1));
        for (String role : List.of("millrace_api", "millrace_keeper", "millrace_writer")) {
            assertThatThrownBy(() -> as(role, "select * from " + PARTITION))
                    .hasMessageContaining("permission denied for table " + PARTITION);
        }
        for (String role : List.of("millrace_api", "millrace_keeper")) {
            assertThatThrownBy(() -> as(role, "insert into " + PARTITION + " select * from facts"))
                    .hasMessageContaining("permission denied for table " + PARTITION);
        }
        as("millrace_api", "select set_config('app.project', '" + PROJECT + "', false); " + ONE_ROW);
        assertThatThrownBy(() -> as(
                        "millrace_api",
                        "select set_config('app.project', '00000000-0000-0000-0000-000000000001', false); " + ONE_ROW))
                .hasMessageContaining("division by zero");
    }

    private void as(String role, String sql) throws SQLException {
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set role " + role);
            statement.execute(sql);
            while (statement.getMoreResults() || statement.getUpdateCount() >= 0) {
                // Errors of later statements come with their results.
            }
        }
    }

    private boolean wasStaged(FactRow row) throws Exception {
        int before = stagings();
        write(row);
        return stagings() > before;
    }

    private int stagings() throws SQLException {
        return Integer.parseInt(postgres.value("select count(*) from stagings"));
    }

    private void write(FactRow... rows) throws InterruptedException {
        for (FactRow row : rows) {
            facts.write(row);
        }
        facts.flush();
    }

    private List<String> names() throws SQLException {
        return postgres.rows("select name from facts order by span_id");
    }

    private static FactRow named(long span, String name, int epoch, long revision) {
        return aCall().span(span)
                .end(END)
                .revision(epoch, revision)
                .message(message -> message.setName(name))
                .row();
    }

    private static TraceRow trace(TraceId trace, TraceState state, long revision) {
        TraceSummary summary = StoreIT.summary(state, null);
        return new TraceRow(PROJECT, trace, END.getEpochSecond() / 86_400, summary, false, 1, revision, null);
    }

    private static BodyRow body(long offset, int bytes) {
        return new BodyRow(PROJECT, TRACE, END.toEpochMilli(), 0, offset, new byte[bytes]);
    }
}
