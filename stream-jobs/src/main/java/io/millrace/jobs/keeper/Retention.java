package io.millrace.jobs.keeper;

import io.millrace.blob.BlobStore;
import io.millrace.jobs.keeper.Chore.DeleteBlobs;
import io.millrace.jobs.keeper.Chore.DeleteRejected;
import io.millrace.jobs.keeper.Chore.DeleteRows;
import io.millrace.jobs.keeper.Chore.DropDay;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the partitions of days to come, and deletes what is past its retention. It looks every ten minutes for what is due
 * and does it in small steps, so that windows never wait for it. What others have locked is left, and is due again at the
 * next look.
 */
final class Retention {
    private static final Logger LOGGER = LoggerFactory.getLogger(Retention.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(10);
    private static final int BATCH = 10_000;
    private static final int CHORES_A_STEP = 50;
    private static final int BLOBS_A_STEP = 200;

    /** Everybody else queues behind the one who waits for a table's lock. */
    private static final String NO_LONG_WAIT = "set local lock_timeout = '300ms'";

    private static final Set<String> LOCKED = Set.of("55P03", "40P01");
    private static final String REACHED = "select min(stream_time) from ledger_progress";
    private static final String PROJECTS = "select id, retention_days from projects order by id";

    private final Tenure tenure;
    private final Clock clock;
    private final ExpiredRows rows;
    private final Optional<BlobStore> blobs;
    private final Throttle throttle;
    private final Deque<Chore> due = new ArrayDeque<>();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder deleted = new LongAdder();
    private final LongAdder deletedBlobs = new LongAdder();

    /** @param blobs empty if there is no store */
    Retention(Tenure tenure, Clock clock, Optional<BlobStore> blobs) {
        this(tenure, clock, blobs, BATCH);
    }

    /**
     * @param batch most rows that are deleted at once
     */
    Retention(Tenure tenure, Clock clock, Optional<BlobStore> blobs, int batch) {
        this.blobs = blobs;
        this.tenure = tenure;
        this.clock = clock;
        this.rows = new ExpiredRows(batch);
        this.throttle = new Throttle(clock);
    }

    /** Does a little of what is due; returns whether there is more. */
    boolean step() throws InterruptedException {
        if (due.isEmpty() && throttle.isDue(this, BETWEEN_LOOKS)) {
            tenure.transact(this::look);
            throttle.done(this);
        }
        for (int i = 0; i < CHORES_A_STEP && !due.isEmpty(); i++) {
            Chore chore = due.element();
            int gone = chore instanceof DeleteBlobs old
                    ? deleteBlobs(old)
                    : tenure.transact(connection -> attempt(connection, chore));
            count(chore, gone);
            if (gone == 0 || chore instanceof DropDay) {
                due.remove();
            }
            if (gone > 0) {
                break;
            }
        }
        return !due.isEmpty();
    }

    private void count(Chore chore, int gone) {
        if (gone > 0 && chore instanceof DropDay part) {
            dropped.increment();
            LOGGER.atInfo().log("dropped {} of {}", part.table().table(), part.day());
        } else if (chore instanceof DeleteBlobs) {
            deletedBlobs.add(gone);
        } else {
            deleted.add(gone);
        }
    }

    /** Partitions dropped since the start. */
    long dropped() {
        return dropped.sum();
    }

    /** Rows deleted since the start, those of dropped partitions not counted. */
    long deleted() {
        return deleted.sum();
    }

    /** Blobs deleted since the start. */
    long deletedBlobs() {
        return deletedBlobs.sum();
    }

    /** Of a store that is away they are deleted after a later look. */
    private int deleteBlobs(DeleteBlobs old) {
        try {
            return blobs.isPresent() ? blobs.get().deleteBefore(old.project(), old.firstKept(), BLOBS_A_STEP) : 0;
        } catch (IOException away) {
            LOGGER.atWarn()
                    .addKeyValue("project", old.project())
                    .addKeyValue("reason", away.getMessage())
                    .log("blobs past their retention are not deleted");
            return 0;
        }
    }

    private int look(Connection connection) throws SQLException {
        DayPartitions.makeAhead(connection);
        Optional<Instant> streamTime = streamTime(connection);
        if (streamTime.isPresent()) {
            Instant now = clock.instant();
            Instant reached = now.isBefore(streamTime.get()) ? now : streamTime.get();
            due.addAll(new Expiry(reached, retentionDays(connection)).due(DayPartitions.there(connection)));
        }
        return due.size();
    }

    /** Returns how much went: 1 for a partition, else the rows; 0 when that is all for now. */
    private int attempt(Connection connection, Chore chore) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(NO_LONG_WAIT);
            if (chore instanceof DropDay part) {
                return DayPartitions.drop(connection, part) ? 1 : 0;
            }
            return chore instanceof DeleteRejected rejected
                    ? rows.delete(connection, rejected)
                    : rows.delete(connection, (DeleteRows) chore);
        } catch (SQLException e) {
            if (!LOCKED.contains(String.valueOf(e.getSQLState()))) {
                throw e;
            }
            connection.rollback();
            LOGGER.atInfo().addKeyValue("reason", e.getSQLState()).log("retention waits for others: {}", chore);
            return 0;
        }
    }

    private static Optional<Instant> streamTime(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(REACHED)) {
            return row.next()
                    ? Optional.ofNullable(row.getTimestamp(1)).map(time -> time.toInstant())
                    : Optional.empty();
        }
    }

    private static Map<UUID, Integer> retentionDays(Connection connection) throws SQLException {
        Map<UUID, Integer> days = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(PROJECTS)) {
            while (rows.next()) {
                days.put(rows.getObject("id", UUID.class), rows.getInt("retention_days"));
            }
        }
        return days;
    }
}
