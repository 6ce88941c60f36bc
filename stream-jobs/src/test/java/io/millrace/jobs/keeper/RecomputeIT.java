package io.millrace.jobs.keeper;

import static io.millrace.jobs.store.Facts.PROJECT;
import static io.millrace.jobs.store.Facts.aCall;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.assembly.SpanCost;
import io.millrace.jobs.assembly.TraceState;
import io.millrace.jobs.assembly.TraceSummary;
import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.store.FactRow;
import io.millrace.jobs.store.Facts;
import io.millrace.jobs.store.LedgerCut;
import io.millrace.jobs.store.Store;
import io.millrace.jobs.store.TestPostgres;
import io.millrace.jobs.store.TraceRow;
import io.millrace.jobs.store.WindowRow;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.sql.ServiceRole;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecomputeIT {
    private static final Instant NOW = Instant.now();
    private static final SpanCost UNPRICED = SpanCost.NONE;

    private final TestClock clock = new TestClock(NOW);
    private TestPostgres postgres;
    private Store store;
    private Keeper keeper;
    private long checkpoint;

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
    void windowsAreTheSumsOfTheirFacts(long seed) throws Exception {
        Random random = new Random(seed);
        Instant minute = minuteAgo(Duration.ofHours(2));
        for (int i = 0; i < 600; i++) {
            write(randomFact(random, minute));
        }
        settleAll(random);
        answerMarks();
        assertWindowsAreSumsOfFacts("rollup_10s", 10);
        assertJointIsSumOfFacts();
        assertThat(postgres.value("select count(*) from dirty_windows")).isEqualTo("0");
    }

    @Test
    void aMinuteIsReplacedAsOneWhereTenSecondsAreNoLongerKept() throws Exception {
        Random random = new Random(4);
        Instant minute = minuteAgo(Duration.ofDays(3));
        for (int i = 0; i < 300; i++) {
            write(randomFact(random, minute));
        }
        answerMarks();
        assertWindowsAreSumsOfFacts("rollup_1m", 60);
        assertJointIsSumOfFacts();
        assertThat(postgres.value("select count(*) from rollup_10s")).isEqualTo("0");
        assertThat(postgres.value("select count(*) from rollup_1h where cube = 6"))
                .isEqualTo("0");
        assertThat(postgres.value("select sum(spans) from rollup_1d where cube = 0"))
                .isEqualTo(postgres.value("select count(*) from facts where marks & 32 = 0"));
    }

    @Test
    void theJointSeriesIsKeptForAWeek() throws Exception {
        write(aCall().end(minuteAgo(Duration.ofDays(8))).cold().row());
        answerMarks();
        assertThat(postgres.rows("select distinct cube from rollup_1m order by 1"))
                .containsExactly("0", "1", "2", "3", "4", "5");
    }

    @Test
    void anHourIsReplacedAsOneWhereMinutesAreNoLongerKept() throws Exception {
        Instant hour = NOW.minus(Duration.ofDays(40)).truncatedTo(ChronoUnit.HOURS);
        write(aCall().span(1).end(hour.plusSeconds(5)).cold().row());
        write(aCall().span(2).end(hour.plusSeconds(3_595)).row());
        answerMarks();
        assertThat(postgres.rows("select spans, generation from rollup_1h where cube = 0"))
                .containsExactly("2|1");
        assertThat(postgres.value("select spans from rollup_1d where cube = 0")).isEqualTo("2");
        assertThat(postgres.value("select count(*) from rollup_1m")).isEqualTo("0");
    }

    @Test
    void aMarkWaitsForTheStreamToLetGoOfItsMinute() throws Exception {
        Instant minute = minuteAgo(Duration.ofHours(2));
        write(aCall().end(minute.plusSeconds(5)).cold().row());
        answerMarksAt(minute.plusSeconds(60 + 599));
        assertThat(windows()).isEmpty();
        answerMarksAt(minute.plusSeconds(60 + 600));
        assertThat(windows()).hasSize(1);
    }

    @Test
    void aMarkWaitsForTwoCheckpoints() throws Exception {
        completeCheckpoint(NOW);
        keeper.runOnce();
        write(aCall().end(minuteAgo(Duration.ofHours(2))).cold().row());
        for (int i = 0; i < 10; i++) {
            keeper.runOnce();
        }
        assertThat(windows()).isEmpty();
        completeCheckpoint(NOW);
        keeper.runOnce();
        assertThat(windows()).isEmpty();
        answerMarks();
        assertThat(windows()).hasSize(1);
    }

    @Test
    void aLaterSpanOfTheWindowIsCountedAMinuteLater() throws Exception {
        Instant minute = minuteAgo(Duration.ofHours(2));
        write(aCall().span(1).end(minute).cold().row());
        answerMarks();
        write(aCall().span(2).end(minute).cold().row());
        for (int i = 0; i < 5; i++) {
            completeCheckpoint(NOW);
            keeper.runOnce();
        }
        assertThat(postgres.value("select spans from rollup_10s where cube = 0"))
                .isEqualTo("1");
        clock.advance(Duration.ofMinutes(1));
        keeper.runOnce();
        assertThat(postgres.rows("select spans, generation from rollup_10s where cube = 0"))
                .containsExactly("2|2");
    }

    @Test
    void aSpanWithoutAnEndIsInNoWindowUntilItComes() throws Exception {
        Instant minute = minuteAgo(Duration.ofHours(2));
        write(aCall().span(1)
                .end(minute)
                .asRoot()
                .marks(Mark.INCOMPLETE.bit())
                .cold()
                .row());
        write(aCall().span(2).end(minute).cold().row());
        answerMarks();
        assertThat(postgres.rows("select spans, requests, counted from rollup_10s where cube = 0"))
                .containsExactly("1|0|1");
        write(aCall().span(1).end(minute).asRoot().revision(9, 9).cold().row());
        clock.advance(Duration.ofMinutes(1));
        answerMarks();
        assertThat(postgres.rows("select spans, requests, counted from rollup_10s where cube = 0"))
                .containsExactly("2|1|2");
    }

    @Test
    void theStreamsValueIsReplacedAndDoesNotComeBack() throws Exception {
        Instant minute = minuteAgo(Duration.ofHours(2));
        write(stream(minute, Cube.KIND, new Revision(0, 900, 5), 40, "llm"));
        write(stream(minute, Cube.KIND, new Revision(0, 900, 6), 7, "tool"));
        write(stream(minute.plusSeconds(10), Cube.KIND, new Revision(0, 900, 7), 3, "llm"));
        write(aCall().end(minute.plusSeconds(3)).cold().row());
        answerMarks();
        write(stream(minute, Cube.KIND, new Revision(0, 901, 1), 41, "llm"));
        write(stream(minute, Cube.KIND, new Revision(0, 901, 2), 8, "tool"));
        assertThat(postgres.rows("select extract(epoch from window_start)::bigint - " + minute.getEpochSecond()
                        + ", dims, generation, spans from rollup_10s where cube = 2 order by 1, 2"))
                .containsExactly("0|{llm}|1|1", "0|{tool}|1|0", "10|{llm}|0|3");
    }

    @Test
    void seriesBeyondTheCapAreFoldedAfterThoseOfTheDay() throws Exception {
        Instant minute = minuteAgo(Duration.ofHours(2));
        int cap = Cube.OPERATION.seriesCap();
        for (int i = 0; i < cap - 1; i++) {
            store.windows().write(stream(minute, Cube.OPERATION, new Revision(0, 1, i), 1, "old " + i));
        }
        store.windows().flush();
        for (int i = 0; i < 100 && !"0".equals(postgres.value("select count(*) from stale_windows")); i++) {
            keeper.runOnce();
            clock.advance(Duration.ofMinutes(1));
        }
        Instant later = minute.plusSeconds(10);
        for (int i = 0; i < 10; i++) {
            String name = i < 5 ? "old " + i : "new " + i;
            write(aCall().span(100 + i)
                    .end(later)
                    .cold()
                    .message(m -> m.setName(name))
                    .row());
        }
        answerMarks();
        assertThat(postgres.rows("select case when dims[1] like 'new%' then 'new' else dims[1] end, sum(spans)"
                        + " from rollup_10s where cube = 4 and window_start = to_timestamp("
                        + later.getEpochSecond() + ") group by 1"))
                .containsExactlyInAnyOrder("(other)|4", "new|1", "old 0|1", "old 1|1", "old 2|1", "old 3|1", "old 4|1");
    }

    @Test
    void aWindowWhoseFactsArePastTheirRetentionKeepsItsValue() throws Exception {
        Instant minute = minuteAgo(Duration.ofHours(26));
        write(stream(minute, Cube.PROJECT, new Revision(0, 1, 1), 5));
        write(aCall().end(minute).cold().row());
        postgres.execute("drop table " + postgres.value("select distinct tableoid::regclass from facts"));
        answerMarks();
        assertThat(postgres.rows("select spans, generation from rollup_10s")).containsExactly("5|0");
        assertThat(postgres.value("select count(*) from dirty_windows")).isEqualTo("0");
    }

    private FactRow randomFact(Random random, Instant minute) {
        int number = random.nextInt(400);
        SpanKind kind = List.of(SpanKind.LLM, SpanKind.EMBEDDING, SpanKind.TOOL, SpanKind.AGENT, SpanKind.SPAN)
                .get(random.nextInt(5));
        boolean model = kind.callsModel();
        Usage usage = random.nextInt(4) == 0
                ? null
                : Usage.of(random.longs(10, 0, 5_000).toArray());
        SpanCost cost = usage == null || random.nextInt(5) == 0
                ? UNPRICED
                : new SpanCost(random.nextLong(Long.MAX_VALUE / 2), null, "computed", "v", "");
        Facts fact = aCall().trace(new TraceId(7, 1 + number / 8))
                .span(1 + number)
                .revision(1, random.nextInt(1_000_000))
                .end(minute.plusMillis(number * 149L))
                .kind(kind)
                .usage(usage, cost)
                .counted(model && usage != null && random.nextInt(5) > 0)
                .environment(random.nextBoolean() ? "production" : "")
                .release("r" + random.nextInt(2))
                .latencyNanos(random.nextInt(2_000_000_000))
                .marks(random.nextInt(20) == 0 ? Mark.INCOMPLETE.bit() : 0)
                .cold()
                .message(message -> message.setName("op " + number % 7)
                        .setProvider(number % 3 == 0 ? "" : "openai")
                        .setResponseModel(number % 2 == 0 ? "" : "model " + number % 5)
                        .setPromptName(number % 6 == 0 ? "" : "prompt"));
        if (number % 8 == 0) {
            fact.asRoot();
        }
        return (random.nextInt(6) == 0 ? fact.failed() : fact).row();
    }

    /** Two of three traces have settled, one of four without any price. */
    private void settleAll(Random random) throws Exception {
        for (int trace = 1; trace <= 50; trace++) {
            TraceState state = trace % 3 == 0 ? TraceState.COMPLETE : TraceState.SETTLED;
            BigInteger cost = trace % 4 == 0 ? null : BigInteger.valueOf(random.nextLong(1_000_000_000));
            store.traces()
                    .write(new TraceRow(
                            PROJECT,
                            new TraceId(7, trace),
                            NOW.getEpochSecond() / 86_400,
                            summary(state, cost),
                            false,
                            1,
                            1,
                            null));
        }
        store.traces().flush();
    }

    /** The database groups the facts by itself: what each cube must hold. */
    private void assertWindowsAreSumsOfFacts(String table, int seconds) throws SQLException {
        Map<Cube, String> dims = Map.of(
                Cube.PROJECT,
                "array[]::text[]",
                Cube.ENVIRONMENT,
                "array[coalesce(environment, '')]",
                Cube.KIND,
                "array[" + KIND_LABEL + "]",
                Cube.MODEL,
                "array[coalesce(provider, ''), " + MODEL + "]",
                Cube.OPERATION,
                "array[name]",
                Cube.MODEL_OPERATION,
                "array[coalesce(provider, ''), " + MODEL + ", name]");
        for (Map.Entry<Cube, String> one : dims.entrySet()) {
            Cube cube = one.getKey();
            boolean ofRoots = cube == Cube.PROJECT || cube == Cube.ENVIRONMENT;
            boolean ofModels = cube == Cube.MODEL || cube == Cube.MODEL_OPERATION;
            String request = ofRoots
                    ? "root"
                    : cube == Cube.OPERATION
                            ? "(kind in (1, 2) and (counted or status = 2 and input is null) or kind = 5)"
                            : OWN_REQUEST;
            String expected = "select to_timestamp(floor(extract(epoch from window_at) / " + seconds + ") * " + seconds
                    + "), " + one.getValue() + ", " + SUMS + ", count(*) filter (where " + request
                    + "), count(*) filter (where " + request + " and status = 2), "
                    + (ofRoots ? "count(*) filter (where root and " + SETTLED + ")" : "0")
                    + " from facts where marks & 32 = 0" + (ofModels ? " and kind in (1, 2)" : "") + " group by 1, 2";
            assertSame(expected, stored(table, cube));
        }
    }

    private void assertJointIsSumOfFacts() throws SQLException {
        String expected = "select date_trunc('minute', window_at), array[coalesce(environment, ''), " + KIND_LABEL
                + ", coalesce(provider, ''), " + MODEL + ", name, coalesce(release, ''),"
                + " coalesce(prompt_name || ':' || prompt_version, '')], " + SUMS
                + ", count(*) filter (where " + OWN_REQUEST + "), count(*) filter (where " + OWN_REQUEST
                + " and status = 2), count(*) filter (where root and " + SETTLED + ")"
                + " from facts where marks & 32 = 0 group by 1, 2";
        assertSame(expected, stored("rollup_1m", Cube.JOINT));
    }

    private static final String KIND_LABEL =
            "case kind when 1 then 'llm' when 2 then 'embedding' when 5 then 'tool' when 6 then 'agent' else 'span' end";
    private static final String MODEL = "coalesce(response_model, request_model, '')";
    private static final String OWN_REQUEST = "(counted or status = 2 and input is null or kind not in (1, 2))";
    private static final String SETTLED = "exists (select from traces where traces.project = facts.project"
            + " and traces.trace_id = facts.trace_id and state = 2)";
    private static final String SUMS = """
            count(*), count(*) filter (where status = 2), count(*) filter (where counted),
            count(*) filter (where counted and cost_pico_usd is null),
            coalesce(sum(input) filter (where counted), 0), coalesce(sum(input_cache_write_1h) filter (where counted), 0),
            coalesce(sum(output_image) filter (where counted), 0),
            coalesce(sum(cost_pico_usd::numeric) filter (where counted), 0)""";

    private static String stored(String table, Cube cube) {
        return "select window_start, dims, spans, errors, counted, unpriced, input::numeric, input_cache_write_1h::numeric,"
                + " output_image::numeric, cost_pico_usd, requests, request_errors, traces from " + table
                + " where cube = "
                + cube.code();
    }

    private void assertSame(String expected, String actual) throws SQLException {
        assertThat(postgres.rows("(" + expected + ") except (" + actual + ")")).isEmpty();
        assertThat(postgres.rows("(" + actual + ") except (" + expected + ")")).isEmpty();
    }

    private List<String> windows() throws SQLException {
        return postgres.rows("select window_start from rollup_10s where cube = 0");
    }

    private void answerMarks() throws Exception {
        answerMarksAt(NOW);
    }

    private void answerMarksAt(Instant streamTime) throws Exception {
        for (int i = 0; i < 6; i++) {
            completeCheckpoint(streamTime);
            keeper.runOnce();
        }
    }

    private void completeCheckpoint(Instant streamTime) throws Exception {
        store.ledger().save(new LedgerCut(1, ++checkpoint, streamTime.toEpochMilli(), Map.of(0, 1L, 1, 1L), List.of()));
    }

    private static Instant minuteAgo(Duration age) {
        return NOW.minus(age).truncatedTo(ChronoUnit.MINUTES);
    }

    private void write(FactRow row) throws InterruptedException {
        store.facts().write(row);
        store.facts().flush();
    }

    private void write(WindowRow row) throws InterruptedException {
        store.windows().write(row);
        store.windows().flush();
    }

    private static WindowRow stream(Instant start, Cube cube, Revision revision, int spans, String... dims) {
        SeriesWindow window = new SeriesWindow(PROJECT, cube, List.of(dims), start.getEpochSecond());
        return new WindowRow(
                Grain.TEN_SECONDS,
                window,
                revision,
                WindowValue.builder().spans(spans).build());
    }

    private static TraceSummary summary(TraceState state, BigInteger cost) {
        return new TraceSummary(
                state,
                false,
                false,
                1,
                2,
                3,
                4,
                5,
                0,
                1,
                0,
                Usage.ZERO,
                cost,
                0,
                null,
                null,
                "",
                "",
                "",
                "",
                "",
                "",
                List.of(),
                List.of());
    }
}
