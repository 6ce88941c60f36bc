package io.millrace.jobs.store;

import static io.millrace.jobs.assembly.Spans.ofTrace;
import static io.millrace.jobs.store.Facts.PROJECT;
import static io.millrace.jobs.store.Facts.TRACE;
import static io.millrace.jobs.store.Facts.aCall;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.jobs.assembly.Partials;
import io.millrace.jobs.assembly.TraceLimit;
import io.millrace.jobs.assembly.TraceState;
import io.millrace.jobs.assembly.TraceSummary;
import io.millrace.jobs.detection.Anomaly;
import io.millrace.jobs.detection.AnomalyKind;
import io.millrace.jobs.detection.AnomalyState;
import io.millrace.jobs.detection.Finding;
import io.millrace.jobs.detection.Judgement;
import io.millrace.jobs.detection.Measure;
import io.millrace.jobs.detection.Series;
import io.millrace.jobs.detection.Severity;
import io.millrace.jobs.rollup.Contributions;
import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.rollup.SpanContribution;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies, traces, windows and the ledger as an operator writes them. */
class StoreIT {
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private static final long DAY = NOW.getEpochSecond() / 86_400;
    private static final long WINDOW = NOW.getEpochSecond() / 60 * 60 + 20;

    private TestPostgres postgres;
    private Store store;

    @BeforeEach
    void open() throws SQLException {
        postgres = TestPostgres.create();
        store = postgres.storeFactory().open();
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aBodyIsWrittenOnce() throws Exception {
        byte[] block = {0, 1, -1, 0x7F};
        BodyRow row = new BodyRow(PROJECT, TRACE, NOW.toEpochMilli(), 1, 99, block);
        for (int i = 0; i < 2; i++) {
            store.bodies().write(row);
            store.bodies().write(new BodyRow(PROJECT, TRACE, NOW.toEpochMilli(), 1, 99, new byte[] {5}));
            store.bodies().write(new BodyRow(PROJECT, TRACE, NOW.toEpochMilli(), 0, 99, new byte[3_000_000]));
            store.bodies().flush();
        }
        assertThat(postgres.rows("select project, trace_id, day - date '1970-01-01', source_partition, source_offset,"
                        + " length(block), encode(substr(block, 1, 4), 'hex') from bodies order by source_partition"))
                .containsExactly(
                        PROJECT + "|" + TRACE.uuid() + "|" + DAY + "|0|99|3000000|00000000",
                        PROJECT + "|" + TRACE.uuid() + "|" + DAY + "|1|99|4|0001ff7f");
    }

    @Test
    void aTraceIsReadAsItWasWritten() throws Exception {
        TraceSummary summary = summary(TraceState.SETTLED, new BigInteger("123456789012345678901234567890"));
        TraceRow row = new TraceRow(PROJECT, TRACE, DAY, summary, false, 3, 8, null);
        FactRow fact = aCall().row();
        store.traces().write(row);
        store.traces().flush();
        store.facts().write(fact);
        store.facts().flush();

        List<StoredTrace> found = store.reader().traces(PROJECT, List.of(TRACE), TraceLimit.DEFAULT, any -> true);

        assertThat(found).containsExactly(new StoredTrace(PROJECT, TRACE, row, List.of(fact), null));
        assertThat(found.get(0).isSettled()).isTrue();
        assertThat(store.reader().traces(UUID.randomUUID(), List.of(TRACE), TraceLimit.DEFAULT, any -> true))
                .isEmpty();
        assertThat(postgres.value("select cost_pico_usd || ' ' || kinds::text || ' ' || state from traces"))
                .isEqualTo("123456789012345678901234567890 {0,3,0,1} 2");
    }

    @Test
    void anAnomalyIsOneRowWithItsNewestState() throws Exception {
        Series series = new Series(PROJECT, Cube.MODEL, List.of("openai", "gpt-4o"));
        Judgement worst = new Judgement(Measure.ERROR_RATE, AnomalyKind.SPIKE, 0.35, 0.01, 0, 0.025, 12.5);
        long onset = NOW.toEpochMilli();
        Finding open = new Finding(series, worst, AnomalyState.OPEN, onset, onset, onset, onset + 10_000, 0);
        Finding ended =
                new Finding(series, worst, AnomalyState.RESOLVED, onset, onset, onset, onset + 10_000, onset + 10_000);
        store.anomalies().write(new Anomaly(open, open.id(), series, Severity.CRITICAL, "it fails", 2, 1));
        store.anomalies().flush();
        store.anomalies().write(new Anomaly(ended, open.id(), series, Severity.CRITICAL, "it failed", 3, 1));
        store.anomalies().flush();
        // An attempt that lives on says an older state.
        store.anomalies().write(new Anomaly(open, open.id(), series, Severity.CRITICAL, "it fails", 2, 9));
        store.anomalies().flush();
        assertThat(postgres.rows("select id, cube, dims, measure, kind, state, severity, observed, score,"
                        + " ended - onset, cause_dims, sentence from anomalies"))
                .containsExactly(open.id() + "|3|{openai,gpt-4o}|1|0|1|2|0.35|12.5|00:00:10|{openai,gpt-4o}|it failed");
    }

    @Test
    void whatIsSaidOfATraceItselfIsReadAsItWasWritten() throws Exception {
        Partials own = ofTrace(5).saying(m -> m.setName("checkout")).build().partials();
        TraceRow row = new TraceRow(PROJECT, TRACE, DAY, summary(TraceState.SETTLED, null), false, 3, 8, own);
        store.traces().write(row);
        store.traces().flush();
        assertThat(store.reader().traces(PROJECT, List.of(TRACE), TraceLimit.DEFAULT, any -> true))
                .containsExactly(new StoredTrace(PROJECT, TRACE, row, List.of(), null));
        Partials more = own.with(ofTrace(6).build().partials());
        store.traces().write(new TraceRow(PROJECT, TRACE, DAY, row.summary(), true, 3, 9, more));
        store.traces().flush();
        assertThat(store.reader().traces(PROJECT, List.of(TRACE), TraceLimit.DEFAULT, any -> true))
                .extracting(stored -> stored.row().own())
                .containsExactly(more);
    }

    @Test
    void aTraceKeepsItsNewestRevision() throws Exception {
        store.traces()
                .write(new TraceRow(
                        PROJECT, TRACE, DAY, summary(TraceState.COMPLETE, BigInteger.TEN), false, 3, 8, null));
        store.traces().flush();
        store.traces().write(new TraceRow(PROJECT, TRACE, DAY, summary(TraceState.LIVE, null), false, 3, 7, null));
        store.traces().write(new TraceRow(PROJECT, TRACE, DAY, summary(TraceState.LIVE, null), false, 2, 9, null));
        store.traces().flush();
        assertThat(postgres.rows("select state, cost_pico_usd, revision from traces"))
                .containsExactly("1|10|8");
    }

    @Test
    void aTraceOfWhichOnlyTheSummaryIsLeftIsFound() throws Exception {
        TraceId other = new TraceId(1, 2);
        TraceRow row = new TraceRow(PROJECT, other, DAY, summary(TraceState.LIVE, null), false, 3, 8, null);
        store.traces().write(row);
        store.traces().flush();
        assertThat(store.reader().traces(PROJECT, List.of(TRACE, other), TraceLimit.DEFAULT, any -> true))
                .containsExactly(new StoredTrace(PROJECT, other, row, List.of(), null));
    }

    @Test
    void aRejectedRecordIsOneRowWithItsNewestOutcome() throws Exception {
        byte[] sha256 = new byte[32];
        sha256[0] = 0x7F;
        Rejection told =
                new Rejection(null, NOW.toEpochMilli(), 2, 77, "undecodable", 0, 5, sha256, Rejection.NEVER, false);
        Rejection recovered = new Rejection(
                PROJECT, NOW.toEpochMilli(), 2, 77, "undecodable", 4, 5, sha256, NOW.toEpochMilli() + 1_000, true);
        store.rejected().write(new RejectedRow(told, 3, 1));
        store.rejected().flush();
        assertThat(postgres.rows("select id, project is null, source_partition, source_offset, items, size,"
                        + " encode(substr(sha256, 1, 2), 'hex'), reason, replayed_at is null, recovered from rejected"))
                .containsExactly(told.id() + "|t|2|77|0|5|7f00|undecodable|t|f");

        store.rejected().write(new RejectedRow(recovered, 3, 2));
        store.rejected().flush();
        // An attempt that lives on reads the record for the first time.
        store.rejected().write(new RejectedRow(told, 2, 9));
        store.rejected().flush();
        assertThat(postgres.rows("select id, project, items, replayed_at - received_at, recovered from rejected"))
                .containsExactly(told.id() + "|" + PROJECT + "|4|00:00:01|t");
    }

    /** No partition of a day is needed for it: an edge's clock may say anything. */
    @Test
    void aRejectedRecordOfAnyTimeIsKept() throws Exception {
        for (long millis : new long[] {0, 32_503_680_000_000L, 9_223_372_036_854L}) {
            store.rejected()
                    .write(new RejectedRow(
                            new Rejection(null, millis, 0, 1, "undecodable", 0, 5, new byte[32], -1, false), 1, 1));
        }
        store.rejected().flush();
        assertThat(postgres.value("select count(*) from rejected")).isEqualTo("3");
    }

    @Test
    void aWindowGoesToTheTableOfItsGrainAndMarksTheNext() throws Exception {
        WindowValue value = new WindowValue();
        value.span(1, true);
        value.request(1, true, 250);
        value.usage(1, Facts.USAGE, true, Long.MAX_VALUE);
        value.usage(1, Facts.USAGE, true, Long.MAX_VALUE);
        store.windows().write(window(Cube.MODEL, Grain.TEN_SECONDS, new Revision(0, 3, 1), value, "openai", "gpt-4o"));
        store.windows().write(joint(value));
        store.windows().flush();
        assertThat(postgres.rows("select project, cube, extract(epoch from window_start)::bigint, dims, generation,"
                        + " epoch, revision, spans, errors, requests, request_errors, traces, counted, unpriced, input,"
                        + " input_cache_read, input_cache_write_5m, input_cache_write_1h, input_audio, input_image,"
                        + " output, output_reasoning, output_audio, output_image, cost_pico_usd, length(latency) > 0,"
                        + " length(trace_cost) from rollup_10s"))
                .containsExactly(PROJECT + "|3|" + WINDOW
                        + "|{openai,gpt-4o}|0|3|1|1|1|1|1|0|2|0|2400|600|40|20|8|10|360|120|14|16"
                        + "|18446744073709551614|t|0");
        assertThat(postgres.rows("select cube, dims from rollup_1m"))
                .containsExactly("6|{production,llm,openai,gpt-4o,\"a \\\"b\\\"\",\"\",\"\"}");
        assertThat(postgres.rows("select project, seconds, cube, extract(epoch from window_start)::bigint, version"
                        + " from stale_windows"))
                .containsExactly(PROJECT + "|60|3|" + WINDOW / 60 * 60 + "|1");
    }

    @Test
    void aWindowKeepsItsGreatestRevision() throws Exception {
        Revision[] order = {new Revision(0, 5, 7), new Revision(1, 2, 1), new Revision(0, 9, 9), new Revision(1, 2, 0)};
        for (int i = 0; i < order.length; i++) {
            store.windows().write(window(Cube.PROJECT, Grain.TEN_SECONDS, order[i], spans(i)));
            store.windows().flush();
        }
        assertThat(postgres.rows("select generation, epoch, revision, spans from rollup_10s"))
                .containsExactly("1|2|1|1");
        assertThat(postgres.value("select version from stale_windows")).isEqualTo("4");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "1",
                "-1",
                "9999",
                "10000",
                "-10000",
                "100000000",
                "123400005678",
                "-98765432109876543210987654321098765432109876543210"
            })
    void costsOfAnySizeAreExact(String cost) throws Exception {
        WindowValue value = WindowValue.builder().costPico(new BigInteger(cost)).build();
        store.windows().write(window(Cube.PROJECT, Grain.TEN_SECONDS, new Revision(0, 1, 1), value));
        store.windows().flush();
        assertThat(postgres.value("select cost_pico_usd from rollup_10s")).isEqualTo(cost);
    }

    /** The topic has the window's own name: what is laid over a row must be found under the same. */
    @Test
    void aRowHasTheNameOfItsWindowWhateverTheClientCalledIt() throws Exception {
        String prefix = "\u20AC".repeat(400);
        Contributions contributions = new Contributions();
        for (String name : List.of(prefix + "a", prefix + "b", "nul\0", prefix.substring(0, 85))) {
            contributions.span(PROJECT, toolCall(name), 1);
        }
        List<WindowRow> rows = new ArrayList<>();
        contributions.drain((window, value) -> {
            if (window.cube() == Cube.OPERATION) {
                rows.add(new WindowRow(Grain.TEN_SECONDS, window, new Revision(0, 1, 1), value));
            }
        });
        for (WindowRow row : rows) {
            store.windows().write(row);
        }
        store.windows().flush();
        List<String> names =
                rows.stream().map(row -> row.window().dims().get(0)).toList();
        assertThat(names).hasSize(4);
        assertThat(postgres.rows("select dims[1] from rollup_10s")).containsExactlyInAnyOrderElementsOf(names);
        assertThat(postgres.rows("select octet_length(dims[1]) <= 255, dims[1] like '\u20AC%\u2026%' from rollup_10s"
                        + " order by 2, octet_length(dims[1])"))
                .containsExactly("t|f", "t|f", "t|t", "t|t");
    }

    private static SpanContribution toolCall(String name) {
        return new SpanContribution(
                WINDOW * 1_000_000_000L,
                "",
                SpanKind.TOOL,
                "",
                "",
                name,
                "",
                "",
                false,
                false,
                false,
                1,
                null,
                null,
                0);
    }

    @Test
    void theLedgerIsWrittenAsOneCut() throws Exception {
        LedgerRow row = ledger(5);
        assertThat(store.ledger().save(new LedgerCut(2, 10, 90_000, Map.of(0, 100L, 1, 200L), List.of(row))))
                .isTrue();
        assertThat(postgres.rows("select project, extract(epoch from minute)::bigint, partition, segment, accepted,"
                        + " duplicate, merged, waiting, refused, ignored, quarantined from ledger"))
                .containsExactly(PROJECT + "|60|1|7|5|2|1|3|{\"too_old\": 3, \"missing_id\": 1}|{\"a_b_\": 9}|{}");
        assertThat(progress()).containsExactly("0|100|10|2|90", "1|200|10|2|90");
    }

    @Test
    void anOlderEpochDoesNotTouchTheLedger() throws Exception {
        store.ledger().save(new LedgerCut(2, 10, 90_000, Map.of(1, 200L), List.of(ledger(5))));
        LedgerCut zombie = new LedgerCut(1, 99, 99_000, Map.of(0, 100L, 1, 900L), List.of(ledger(9)));
        assertThat(store.ledger().save(zombie)).isFalse();
        assertThat(progress()).containsExactly("1|200|10|2|90");
        assertThat(postgres.value("select accepted from ledger")).isEqualTo("5");
        assertThat(store.ledger().save(new LedgerCut(3, 4, 99_000, Map.of(1, 150L), List.of(ledger(4)))))
                .isTrue();
        assertThat(progress()).containsExactly("1|150|4|3|99");
        assertThat(postgres.value("select accepted from ledger")).isEqualTo("4");
    }

    private List<String> progress() throws SQLException {
        return postgres.rows("select partition, next_offset, checkpoint, epoch, extract(epoch from stream_time)::bigint"
                + " from ledger_progress order by 1");
    }

    private static LedgerRow ledger(long accepted) {
        return new LedgerRow(
                PROJECT,
                60_000,
                1,
                7,
                accepted,
                2,
                1,
                3,
                Map.of("missing_id", 1L, "too_old", 3L),
                Map.of("a\"b\\", 9L),
                Map.of());
    }

    private static WindowValue spans(int count) {
        return WindowValue.builder().spans(count).build();
    }

    private static WindowRow window(Cube cube, Grain grain, Revision revision, WindowValue value, String... dims) {
        return new WindowRow(grain, new SeriesWindow(PROJECT, cube, List.of(dims), WINDOW), revision, value);
    }

    private static WindowRow joint(WindowValue value) {
        List<String> dims = List.of("production", "llm", "openai", "gpt-4o", "a \"b\"", "", "");
        SeriesWindow window = new SeriesWindow(PROJECT, Cube.JOINT, dims, WINDOW / 60 * 60);
        return new WindowRow(Grain.MINUTE, window, new Revision(0, 3, 1), value);
    }

    static TraceSummary summary(TraceState state, BigInteger cost) {
        return new TraceSummary(
                state,
                true,
                false,
                1_700_000_000_123_456_789L,
                1_700_000_009_123_456_789L,
                NOW.toEpochMilli() - 9_000,
                NOW.toEpochMilli(),
                4,
                1,
                3,
                1,
                Facts.USAGE,
                cost,
                345_000_000,
                Facts.SPAN,
                Facts.PARENT,
                "answer question",
                "production",
                "user-1",
                "session-1",
                "1.4.2",
                "",
                List.of("beta"),
                List.of(0, 3, 0, 1));
    }
}
