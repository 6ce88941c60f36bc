package io.millrace.jobs.store;

import static io.millrace.jobs.store.Facts.PROJECT;
import static io.millrace.jobs.store.Facts.aCall;
import static io.millrace.jobs.store.TestPostgres.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.id.TraceId;
import io.millrace.schema.sql.ServiceRole;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PgRowWriterIT {
    private static final Instant END = Instant.now().minusSeconds(5);

    private TestPostgres postgres;
    private Database database;
    private PgRowWriter<FactRow> writer;

    @BeforeEach
    void open() throws SQLException {
        postgres = TestPostgres.create();
        database = postgres.as(ServiceRole.WRITER);
        writer = new PgRowWriter<>(database, new FactTable());
    }

    @AfterEach
    void close() {
        writer.close();
    }

    @Test
    void nothingIsLostOrDoubledWhenPostgresIsKilled() throws Exception {
        int part = 10_000;
        int kills = 2;
        int count = kills * part;
        writer.write(row(0));
        writer.flush();
        for (int kill = 0; kill < kills; kill++) {
            int from = kill * part;
            try (Connection blocker = lockedFacts()) {
                writeRows(from, from + part);
                eventually().until(this::writerWaits);
                postgres.server().crash();
            }
            writer.flush();
        }
        assertThat(postgres.rows("select count(*), count(distinct span_id), sum(source_offset), max(day) - min(day)"
                        + " from facts"))
                .containsExactly(count + "|" + count + "|" + (long) count * (count - 1) / 2 + "|0");
        assertThat(database.retries()).isGreaterThanOrEqualTo(kills);
        assertThat(database.waiting()).isZero();
    }

    @Test
    void aWriterWaitsForALockAndWritesOnBehindIt() throws Exception {
        writer.write(row(0));
        writer.flush();
        try (Connection blocker = lockedFacts()) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> writeAll(25_000));
            eventually().until(() -> writerWaits());
            assertThat(writing).isNotDone();
            blocker.rollback();
            writing.get();
        }
        assertThat(stored()).isEqualTo(25_000);
    }

    @Test
    void whoHurriesDoesNotWait() throws Exception {
        writer.write(row(0));
        writer.flush();
        try (Connection blocker = lockedFacts()) {
            writer.write(row(1));
            writer.hurry();
            eventually().until(this::writerWaits);
            assertThat(stored()).isEqualTo(1);
            blocker.rollback();
        }
        writer.flush();
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void writesGoOnForAWhileWhenTheDatabaseIsSlow() throws Exception {
        writer.write(row(0));
        writer.flush();
        try (Connection blocker = lockedFacts()) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> writeRows(0, 15_000));
            eventually().until(writing::isDone);
            writing.get();
            eventually().until(this::writerWaits);
            blocker.rollback();
        }
        writer.flush();
        assertThat(stored()).isEqualTo(15_000);
    }

    /** Nobody can write facts until this is rolled back or closed. */
    private Connection lockedFacts() throws SQLException {
        Connection blocker = postgres.connect();
        blocker.setAutoCommit(false);
        try (Statement statement = blocker.createStatement()) {
            statement.execute("lock table facts in share mode");
        }
        return blocker;
    }

    @Test
    void writersOfOverlappingRowsDoNotStopEachOther() throws Exception {
        try (PgRowWriter<FactRow> other = new PgRowWriter<>(database, new FactTable())) {
            List<CompletableFuture<Void>> writing = IntStream.of(1, -1)
                    .mapToObj(step -> CompletableFuture.runAsync(() -> {
                        PgRowWriter<FactRow> mine = step > 0 ? writer : other;
                        for (int i = 0; i < 3_000; i++) {
                            int n = step > 0 ? i : 2_999 - i;
                            write(mine, cold(n, step > 0 ? 1 : 2));
                        }
                        flush(mine);
                    }))
                    .toList();
            for (CompletableFuture<Void> one : writing) {
                one.get();
            }
        }
        assertThat(postgres.rows("select count(*), min(epoch), max(epoch) from facts"))
                .containsExactly("3000|2|2");
    }

    @Test
    void epochsGrow() throws Exception {
        int first = database.nextEpoch();
        assertThat(database.nextEpoch()).isGreaterThan(first);
    }

    private boolean writerWaits() throws SQLException {
        return !postgres.rows("select 1 from pg_stat_activity where application_name = 'millrace facts'"
                        + " and wait_event_type = 'Lock'")
                .isEmpty();
    }

    private long stored() throws SQLException {
        return Long.parseLong(postgres.value("select count(*) from facts"));
    }

    private void writeAll(int count) {
        writeRows(0, count);
        flush(writer);
    }

    private void writeRows(int from, int to) {
        for (int i = from; i < to; i++) {
            write(writer, row(i));
        }
    }

    private static FactRow row(int n) {
        return aCall().project(PROJECT)
                .trace(new TraceId(n * 0x9E3779B97F4A7C15L, 1 + n / 10))
                .span(1L + n)
                .offset(n)
                .end(END)
                .row();
    }

    private static FactRow cold(int n, int epoch) {
        return aCall().span(1L + n)
                .end(END.plusSeconds(n % 100))
                .cold()
                .revision(epoch, n)
                .row();
    }

    private static void write(PgRowWriter<FactRow> writer, FactRow row) {
        try {
            writer.write(row);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void flush(PgRowWriter<FactRow> writer) {
        try {
            writer.flush();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
