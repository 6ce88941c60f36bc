package io.millrace.jobs.keeper;

import io.millrace.jobs.rollup.Hot;
import io.millrace.schema.window.Grain;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The marks of windows that got spans after the stream had let go of them. A mark is ripe when the stream had let go of
 * its whole minute by the last completed checkpoint, and two checkpoints were completed since it was made: then all rows
 * that were written together with it are there, whatever their writer.
 */
final class DirtyWindows {
    private static final String PROGRESS = """
            select min(extract(epoch from stream_time)) as stream_time, max(epoch) as epoch,
              max(checkpoint) as checkpoint, now() as now
            from ledger_progress""";
    private static final String MARKS = """
            select project, extract(epoch from window_start)::bigint as start, version
            from dirty_windows where window_start < to_timestamp(?) and marked_at < to_timestamp(?)
            order by date_trunc('minute', window_start), project, window_start""";
    private static final String UNMARK =
            "delete from dirty_windows where project = ? and window_start = to_timestamp(?) and version = ?";
    private static final int FETCH_ROWS = 500;

    private final Clock clock;
    private @Nullable Checkpoint last;
    private double polledAt;
    private double lastAfter;
    private double lastButOneAfter;

    DirtyWindows(Clock clock) {
        this.clock = clock;
    }

    private record Checkpoint(int epoch, long number) {}

    /**
     * What is recomputed at once.
     *
     * @param grain the finest that is still kept
     * @param start of the minute, or of the hour or day where nothing finer is kept
     */
    record Range(UUID project, Grain grain, long start) {
        int seconds() {
            return unit(grain).seconds();
        }
    }

    /**
     * @param start of the ten seconds
     */
    record Mark(long start, long version) {}

    /**
     * Reads ripe marks, oldest first, by what is recomputed together.
     *
     * @param due which ranges may be recomputed now
     */
    Map<Range, List<Mark>> read(Connection connection, Predicate<Range> due, int atMost) throws SQLException {
        double streamTime = poll(connection);
        double closedBefore = Math.floor((streamTime - Hot.LATENESS_MILLIS / 1e3) / 60) * 60;
        Map<Range, List<Mark>> ranges = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(MARKS)) {
            statement.setFetchSize(FETCH_ROWS);
            statement.setDouble(1, closedBefore);
            statement.setDouble(2, lastButOneAfter);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    long start = rows.getLong("start");
                    Range range = rangeOf(rows.getObject("project", UUID.class), start);
                    if (!due.test(range)) {
                        continue;
                    }
                    if (ranges.size() == atMost && !ranges.containsKey(range)) {
                        break;
                    }
                    ranges.computeIfAbsent(range, absent -> new ArrayList<>())
                            .add(new Mark(start, rows.getLong("version")));
                }
            }
        }
        return ranges;
    }

    static void unmark(Connection connection, UUID project, List<Mark> marks) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UNMARK)) {
            for (Mark mark : marks) {
                statement.setObject(1, project);
                statement.setLong(2, mark.start());
                statement.setLong(3, mark.version());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static Grain unit(Grain finest) {
        return finest == Grain.TEN_SECONDS ? Grain.MINUTE : finest;
    }

    private Range rangeOf(UUID project, long start) {
        Instant now = clock.instant();
        Grain finest = Arrays.stream(Grain.values())
                .filter(grain -> grain.keeps(start, now))
                .findFirst()
                .orElse(Grain.DAY);
        return new Range(project, finest, unit(finest).floor(start));
    }

    /** Notes whether a checkpoint was completed since the last time; returns the stream time of the last one. */
    private double poll(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(PROGRESS)) {
            if (!row.next() || row.getObject("stream_time") == null) {
                return 0;
            }
            Checkpoint seen = new Checkpoint(row.getInt("epoch"), row.getLong("checkpoint"));
            if (!seen.equals(last)) {
                lastButOneAfter = lastAfter;
                // It was completed at some time after the last look, perhaps right after.
                lastAfter = polledAt;
                last = seen;
            }
            polledAt = row.getTimestamp("now").getTime() / 1e3;
            return row.getDouble("stream_time");
        }
    }
}
