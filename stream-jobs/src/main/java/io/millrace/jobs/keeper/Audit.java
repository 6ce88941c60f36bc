package io.millrace.jobs.keeper;

import io.millrace.jobs.store.Database;
import io.millrace.jobs.store.Session;
import io.millrace.jobs.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks twice a minute at what the store says of the pipeline: whether rows and counters agree over all projects, and how
 * much the keeper has before it. A thread of its own asks, with few statements over bounded ranges; whoever shows the
 * answer asks nobody.
 */
public final class Audit implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Audit.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);
    private static final Duration COUNTED = Duration.ofMinutes(1);
    private static final long STOP_MILLIS = 5_000;

    /**
     * The end of the last minute that the counters have whole. It is asked for apart: only a planner that knows the range
     * finds its rows without reading all there are.
     */
    private static final String COUNTED_UNTIL = "select date_trunc('minute', min(stream_time)) from ledger_progress";

    /** One process will do: with several of them the counting took the processors from those who write. */
    private static final String ALONE = "set max_parallel_workers_per_gather = 0";

    /** One statement, and so one moment: counters, rows and how far the counters reach belong together. */
    private static final String LEDGER = """
            with counted as (
              select project, sum(accepted)::bigint as accepted, sum(duplicate)::bigint as duplicate,
                     sum(merged)::bigint as merged, sum(waiting)::bigint as waiting,
                     sum((select coalesce(sum(value::bigint), 0) from jsonb_each_text(quarantined)))::bigint as quarantined
              from ledger where minute >= ? and minute < ? group by project),
            rows as (
              select f.project, count(*) as stored
              from facts f join ledger_progress p on p.partition = f.source_partition
              where f.received_at >= ? and f.received_at < ? and f.source_offset < p.next_offset
                and (f.placed_after is null or f.placed_after < p.checkpoint)
              group by f.project),
            expired as (
              select project, sum(spans)::bigint as expired
              from ledger_expired where minute >= ? and minute < ? group by project),
            books as (
              select coalesce(accepted, 0) as accepted, coalesce(duplicate, 0) as duplicate, coalesce(merged, 0) as merged,
                     coalesce(waiting, 0) as waiting, coalesce(quarantined, 0) as quarantined,
                     coalesce(stored, 0) + coalesce(expired, 0) as stored
              from counted full join rows using (project) full join expired using (project))
            select coalesce(sum(accepted), 0)::bigint, coalesce(sum(stored), 0)::bigint, coalesce(sum(merged), 0)::bigint,
                   coalesce(sum(duplicate), 0)::bigint, coalesce(sum(quarantined), 0)::bigint,
                   count(*) filter (where accepted <> stored + merged + duplicate + quarantined + waiting)
            from books""";

    /** Marks are counted up to a bound: how many there are beyond it changes nothing. */
    private static final String MARKS = """
            select (select count(*) from (select 1 from stale_windows limit 100000) s),
                   (select count(*) from (select 1 from dirty_windows limit 100000) d),
                   (select coalesce(extract(epoch from now() - min(marked_at)), 0)
                    from (select marked_at from dirty_windows limit 100000) d),
                   (select coalesce(extract(epoch from now() - min(stream_time)), 0) from ledger_progress)""";

    private final Session session;
    private final Thread thread;
    private volatile boolean closed;
    private volatile Findings findings = Findings.NONE;

    /**
     * What was found.
     *
     * @param accepted items that the counters know, received within the last whole minute; the same holds for the next four
     * @param unbalanced projects of which rows and counters differ
     * @param stale windows whose coarser ones are to be summed anew
     * @param dirty windows that got late spans and are to be computed from facts
     * @param oldestDirtySeconds since the longest waiting of them was marked
     * @param ledgerLagSeconds by which the counters' stream time is behind
     */
    public record Findings(
            long accepted,
            long stored,
            long merged,
            long duplicate,
            long quarantined,
            long unbalanced,
            long stale,
            long dirty,
            double oldestDirtySeconds,
            double ledgerLagSeconds) {
        static final Findings NONE = new Findings(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /**
     * Nothing runs yet.
     *
     * @param database as the role {@code millrace_keeper}
     */
    public Audit(Database database) {
        this.session = new Session(database, "audit", Audit::setUp);
        this.thread = new Thread(this::run, "audit");
        this.thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** What was found last; zeros before the first look. */
    public Findings findings() {
        return findings;
    }

    /** Looks now; waits out a database that is away. */
    Findings look() throws InterruptedException {
        return session.transact(Audit::read);
    }

    @Override
    public void close() {
        closed = true;
        session.close();
        thread.interrupt();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closed) {
                lookOnce();
                TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
            }
        } catch (InterruptedException e) {
            LOGGER.debug("the audit stops", e);
        }
    }

    private void lookOnce() throws InterruptedException {
        try {
            findings = look();
        } catch (StoreException e) {
            if (!closed) {
                LOGGER.atError().setCause(e).log("the audit failed");
            }
        }
    }

    private static boolean setUp(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(ALONE);
        }
    }

    private static Findings read(Connection connection) throws SQLException {
        Instant end = countedUntil(connection);
        try (PreparedStatement ledger = connection.prepareStatement(LEDGER);
                Statement keeper = connection.createStatement();
                ResultSet marks = keeper.executeQuery(MARKS)) {
            for (int i = 1; i < 6; i += 2) {
                ledger.setTimestamp(i, Timestamp.from(end.minus(COUNTED)));
                ledger.setTimestamp(i + 1, Timestamp.from(end));
            }
            return findings(ledger, marks);
        }
    }

    /** A time without any items while nothing is counted. */
    private static Instant countedUntil(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(COUNTED_UNTIL)) {
            Timestamp end = row.next() ? row.getTimestamp(1) : null;
            return end == null ? Instant.EPOCH : end.toInstant();
        }
    }

    private static Findings findings(PreparedStatement ledger, ResultSet marks) throws SQLException {
        try (ResultSet books = ledger.executeQuery()) {
            if (!books.next() || !marks.next()) {
                throw new SQLException("a sum without a row");
            }
            return new Findings(
                    books.getLong(1),
                    books.getLong(2),
                    books.getLong(3),
                    books.getLong(4),
                    books.getLong(5),
                    books.getLong(6),
                    marks.getLong(1),
                    marks.getLong(2),
                    marks.getDouble(3),
                    marks.getDouble(4));
        }
    }
}
