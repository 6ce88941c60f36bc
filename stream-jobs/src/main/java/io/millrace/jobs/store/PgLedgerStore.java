package io.millrace.jobs.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;

/** The ledger's two tables. The rows of {@code ledger_progress} fence off attempts that live on after their successor. */
final class PgLedgerStore implements LedgerStore, AutoCloseable {
    private static final String PROGRESS = """
            insert into ledger_progress as old (partition, next_offset, checkpoint, epoch, stream_time)
            values (?, ?, ?, ?, ?)
            on conflict (partition) do update set next_offset = excluded.next_offset,
              checkpoint = excluded.checkpoint, epoch = excluded.epoch, stream_time = excluded.stream_time
            where (excluded.epoch, excluded.checkpoint) >= (old.epoch, old.checkpoint)""";
    private static final String ROW = """
            insert into ledger (project, minute, partition, segment, accepted, duplicate, merged, waiting,
              refused, ignored, quarantined)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?::jsonb)
            on conflict (project, minute, partition, segment) do update set accepted = excluded.accepted,
              duplicate = excluded.duplicate, merged = excluded.merged, waiting = excluded.waiting, refused = excluded.refused,
              ignored = excluded.ignored, quarantined = excluded.quarantined""";
    private static final int BATCH = 1_000;

    private final Session session;

    PgLedgerStore(Database database) {
        this.session = new Session(database, "ledger", connection -> true);
    }

    @Override
    public boolean save(LedgerCut cut) throws InterruptedException {
        return session.transact(connection -> save(connection, cut));
    }

    @Override
    public void close() {
        session.close();
    }

    private static boolean save(Connection connection, LedgerCut cut) throws SQLException {
        if (!writeProgress(connection, cut)) {
            connection.rollback();
            return false;
        }
        try (PreparedStatement statement = connection.prepareStatement(ROW)) {
            int pending = 0;
            for (LedgerRow row : cut.rows()) {
                bind(statement, row);
                statement.addBatch();
                if (++pending % BATCH == 0) {
                    statement.executeBatch();
                }
            }
            statement.executeBatch();
        }
        return true;
    }

    /** False when any of the partitions belongs to a newer cut; the update itself is the check and takes the lock. */
    private static boolean writeProgress(Connection connection, LedgerCut cut) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PROGRESS)) {
            for (Map.Entry<Integer, Long> next : new TreeMap<>(cut.nextOffsets()).entrySet()) {
                statement.setInt(1, next.getKey());
                statement.setLong(2, next.getValue());
                statement.setLong(3, cut.checkpoint());
                statement.setInt(4, cut.epoch());
                statement.setObject(5, time(cut.streamTimeMillis()));
                if (statement.executeUpdate() == 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private static void bind(PreparedStatement statement, LedgerRow row) throws SQLException {
        statement.setObject(1, row.project());
        statement.setObject(2, time(row.minuteMillis()));
        statement.setInt(3, row.partition());
        statement.setLong(4, row.segment());
        statement.setLong(5, row.accepted());
        statement.setLong(6, row.duplicate());
        statement.setLong(7, row.merged());
        statement.setLong(8, row.waiting());
        statement.setString(9, JsonCounts.of(row.refused()));
        statement.setString(10, JsonCounts.of(row.ignored()));
        statement.setString(11, JsonCounts.of(row.quarantined()));
    }

    private static OffsetDateTime time(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).atOffset(ZoneOffset.UTC);
    }
}
