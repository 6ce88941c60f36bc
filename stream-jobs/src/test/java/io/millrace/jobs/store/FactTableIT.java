package io.millrace.jobs.store;

import static io.millrace.jobs.assembly.Spans.begin;
import static io.millrace.jobs.assembly.Spans.end;
import static io.millrace.jobs.store.Facts.PROJECT;
import static io.millrace.jobs.store.Facts.TRACE;
import static io.millrace.jobs.store.Facts.aCall;
import static io.millrace.jobs.store.TestPostgres.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.jobs.assembly.Partials;
import io.millrace.jobs.assembly.SpanCost;
import io.millrace.jobs.assembly.TraceLimit;
import io.millrace.jobs.store.FactReader.SpanKey;
import io.millrace.schema.id.SpanId;
import io.millrace.schema.id.TraceId;
import io.millrace.schema.span.Mark;
import io.millrace.schema.sql.ServiceRole;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FactTableIT {
    private TestPostgres postgres;
    private PgRowWriter<FactRow> writer;
    private PgFactReader reader;

    @BeforeEach
    void open() throws SQLException {
        postgres = TestPostgres.create();
        Database database = postgres.as(ServiceRole.WRITER);
        writer = new PgRowWriter<>(database, new FactTable());
        reader = new PgFactReader(database);
    }

    @AfterEach
    void close() {
        writer.close();
        reader.close();
    }

    @Test
    void aRowHasTheSpanInItsColumns() throws Exception {
        Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusNanos(123_456_789);
        write(aCall().end(end).asRoot().revision(3, 17).row());
        assertThat(postgres.rows("""
                        select project, trace_id, day, epoch, revision, end_nanos, end_nanos - start_nanos,
                          extract(epoch from window_at) * 1000000, marks, kind, status, counted, root,
                          time_to_first_token_nanos, input, input_cache_read, input_cache_write_5m,
                          input_cache_write_1h, input_audio, input_image, output, output_reasoning, output_audio,
                          output_image, cost_pico_usd, reported_cost_pico_usd, weight, encode(span_id, 'hex'),
                          parent_span_id, name, provider, request_model, response_model, operation, environment,
                          service_name, release, prompt_name, prompt_version, session_id, user_id, error_type,
                          service_tier, cost_source, price_version, price_note, tags, source_partition, source_offset,
                          content_hash
                        from facts"""))
                .containsExactly("01930000-0000-7000-8000-00000000000a|4bf92f35-77b3-4da6-a3ce-929d0e0e4736|"
                        + end.atOffset(ZoneOffset.UTC).toLocalDate() + "|3|17|" + end.getEpochSecond()
                        + "123456789|1234567891|" + end.getEpochSecond() + "123456.000000|0|1|1|t|t|345000000"
                        + "|1200|300|20|10|4|5|180|60|7|8|4200000000|4100000000|2.5|00f067aa0ba902b7||answer question"
                        + "|openai|gpt-4o|gpt-4o-2024-08-06|chat|production|shop|1.4.2|support|7|session-1|user-1||flex"
                        + "|computed|2026-11-01|exact|{beta,eu}|2|4711|-7046029254386353131");
    }

    @Test
    void whatIsReadIsWhatWasWritten() throws Exception {
        TraceId other = new TraceId(-1, -2);
        FactRow call = aCall().row();
        FactRow plain = aCall().trace(other)
                .span(new SpanId(-5, 6, true))
                .asRoot()
                .usage(null, SpanCost.NONE)
                .counted(false)
                .marks(Mark.CLOCK_SKEW.bit() | Mark.TRUNCATED.bit())
                .message(message ->
                        message.clearTags().clearReportedCostUsd().clearWeight().clearErrorType())
                .row();
        write(call, plain, aCall().trace(new TraceId(9, 9)).row());

        List<StoredTrace> traces =
                reader.traces(PROJECT, List.of(TRACE, other, new TraceId(8, 8)), TraceLimit.DEFAULT, fact -> true);

        assertThat(traces)
                .containsExactlyInAnyOrder(
                        new StoredTrace(PROJECT, TRACE, null, List.of(call), null),
                        new StoredTrace(PROJECT, other, null, List.of(plain), null));
    }

    @Test
    void aSpanThatCameInPartsIsReadWithThem() throws Exception {
        Partials partials = begin(1, 7)
                .build()
                .partials()
                .with(end(1, 8).saying(m -> m.setUserId("u")).build().partials());
        FactRow row = aCall().partials(partials).row();
        write(row);
        assertThat(postgres.rows("select placed_after, length(partials) > 0 from facts"))
                .containsExactly("|t");

        FactRow read = reader.traces(PROJECT, List.of(TRACE), TraceLimit.DEFAULT, fact -> true)
                .get(0)
                .facts()
                .get(0);

        assertThat(read).isEqualTo(row);
        assertThat(read.fact().partials()).isEqualTo(partials);
    }

    @Test
    void ofALargeTraceOnlyThePartThatIsWantedIsHeld() throws Exception {
        List<FactRow> rows = new ArrayList<>();
        for (int i = 1; i <= 25; i++) {
            rows.add(aCall().span(new SpanId(0, i, false)).offset(i).row());
        }
        rows.set(0, aCall().span(new SpanId(0, 1, false)).offset(1).asRoot().row());
        write(rows.toArray(FactRow[]::new));

        List<StoredTrace> traces = reader.traces(
                PROJECT,
                List.of(TRACE),
                new TraceLimit(10, 1 << 20),
                fact -> fact.fact().offset() < 25);

        assertThat(traces).hasSize(1);
        StoredTrace trace = traces.get(0);
        assertThat(trace.facts()).contains(rows.get(0)).hasSizeLessThanOrEqualTo(10);
        assertThat(trace.others()).isNotNull();
    }

    @Test
    void singleSpansAreFoundByTheirIds() throws Exception {
        FactRow call = aCall().row();
        SpanId narrow = new SpanId(-5, 6, true);
        FactRow other = aCall().trace(new TraceId(9, 9)).span(narrow).row();
        write(call, other, aCall().span(narrow).row());
        assertThat(reader.spans(
                        PROJECT,
                        List.of(
                                new SpanKey(TRACE, call.fact().id()),
                                new SpanKey(new TraceId(9, 9), narrow),
                                new SpanKey(new TraceId(9, 9), call.fact().id()))))
                .containsExactlyInAnyOrder(call, other);
        assertThat(reader.spans(
                        UUID.randomUUID(),
                        List.of(new SpanKey(TRACE, call.fact().id()))))
                .isEmpty();
    }

    @Test
    void theNewerRevisionStaysWhateverTheOrder() throws Exception {
        write(named("second attempt", 5, 1));
        write(named("first attempt lives on", 4, 99));
        write(named("replay", 5, 1));
        assertThat(names()).containsExactly("second attempt");
        write(named("revised", 5, 2));
        assertThat(names()).containsExactly("revised");
    }

    @Test
    void aBatchMayHoldAKeyTwice() throws Exception {
        write(named("b", 1, 2), named("a", 1, 1), named("c", 1, 3), named("b again", 1, 2));
        assertThat(names()).containsExactly("c");
    }

    @Test
    void textThatPostgresDoesNotTakeIsMadeAcceptable() throws Exception {
        String emoji = "\uD83D\uDE00";
        write(
                aCall().span(1).message(m -> m.setName("nul \0 here")).row(),
                aCall().span(2)
                        .message(m -> m.setName("x".repeat(999) + emoji + "y"))
                        .row(),
                aCall().span(3).message(m -> m.setName("z".repeat(2_000_000))).row(),
                aCall().span(4)
                        .message(m -> m.setName("ok " + emoji + " é €")
                                .setUserId("\0")
                                .addTags("\0"))
                        .row());
        assertThat(postgres.rows("select name from facts order by span_id"))
                .containsExactly("nul \uFFFD here", "x".repeat(999), "z".repeat(1000), "ok " + emoji + " é €");
    }

    @Test
    void aHalfSurrogatePairIsReplaced() throws Exception {
        write(aCall().environment("\uD83D")
                .release("a\uDE00b")
                .message(m -> m.clearEnvironment())
                .row());
        assertThat(postgres.rows("select environment, release from facts")).containsExactly("\uFFFD|a\uFFFDb");
    }

    @Test
    void aColdRowMarksItsWindow() throws Exception {
        Instant first = Instant.parse("2026-11-19T10:00:09.999999999Z");
        Instant second = Instant.parse("2026-11-19T10:00:10Z");
        write(aCall().span(1).end(first).cold().row());
        write(
                aCall().span(2).end(first).cold().row(),
                aCall().span(3).end(second).cold().row(),
                aCall().span(4).end(second.plusSeconds(60)).row());
        assertThat(postgres.rows("select project, window_start, version from dirty_windows order by 2"))
                .containsExactly(PROJECT + "|2026-11-19 10:00:00+00|2", PROJECT + "|2026-11-19 10:00:10+00|1");
    }

    @Test
    void eachDayIsMadeByNeed() throws Exception {
        Instant midnight =
                LocalDate.now(ZoneOffset.UTC).minusDays(3).atStartOfDay().toInstant(ZoneOffset.UTC);
        write(
                aCall().span(1).end(midnight.minusNanos(1)).row(),
                aCall().span(2).end(midnight).row());
        String before = midnight.minusNanos(1).toString().substring(0, 10).replace("-", "");
        String after = midnight.toString().substring(0, 10).replace("-", "");
        assertThat(postgres.rows("select tableoid::regclass from facts order by span_id"))
                .containsExactly("facts_" + before, "facts_" + after);
    }

    @Test
    void aDayIsMadeOnceHoweverManyAskAtATime() throws Exception {
        CyclicBarrier together = new CyclicBarrier(4);
        List<CompletableFuture<Void>> asking = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            asking.add(CompletableFuture.runAsync(() -> askForDays(together, 12), task -> new Thread(task).start()));
        }
        for (CompletableFuture<Void> one : asking) {
            one.get();
        }
        assertThat(postgres.value("select count(*) from pg_inherits join pg_class on oid = inhparent"
                        + " where relname = 'facts'"))
                .isEqualTo("12");
    }

    private void askForDays(CyclicBarrier together, int count) {
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement()) {
            for (int day = 0; day < count; day++) {
                together.await();
                statement.execute("select ensure_day(date '2026-10-01' + " + day + ")");
            }
        } catch (SQLException | InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aDayThatWasDroppedIsMadeAnew() throws Exception {
        Instant end = Instant.now();
        write(aCall().span(1).end(end).row());
        postgres.execute("drop table " + postgres.value("select distinct tableoid::regclass from facts"));
        write(aCall().span(2).end(end).row());
        assertThat(postgres.value("select count(*) from facts")).isEqualTo("1");
    }

    @Test
    void rowsAreWrittenSoonWithoutAFlush() throws Exception {
        writer.write(aCall().row());
        eventually().until(() -> names().size() == 1);
    }

    @Test
    void aRowThatIsRefusedIsReported() throws Exception {
        writer.write(aCall().end(Instant.parse("2001-01-01T00:00:00Z")).row());
        assertThatThrownBy(() -> writer.flush())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("no partition is made for 2001-01-01");
        assertThatThrownBy(() -> writer.write(aCall().row())).isInstanceOf(StoreException.class);
    }

    private static FactRow named(String name, int epoch, long revision) {
        return aCall().end(Instant.parse("2026-11-19T10:00:00Z"))
                .revision(epoch, revision)
                .message(message -> message.setName(name))
                .row();
    }

    private List<String> names() throws SQLException {
        return postgres.rows("select name from facts");
    }

    private void write(FactRow... rows) throws InterruptedException {
        for (FactRow row : rows) {
            writer.write(row);
        }
        writer.flush();
    }
}
