package io.millrace.jobs.keeper;

import io.millrace.jobs.keeper.Chore.DayTable;
import io.millrace.jobs.keeper.Chore.DropDay;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** The partitions of days in the store: made ahead of need, listed, dropped. Functions of the owner do it. */
final class DayPartitions {
    /** By the database's own day: its function makes none that is further ahead. */
    private static final String MAKE =
            "select ensure_day((now() at time zone 'UTC')::date + ahead) from generate_series(0, 1) as ahead";

    private static final String THERE = """
            select parent.relname as part, to_date(right(child.relname, 8), 'YYYYMMDD') as day
            from pg_inherits
            join pg_class child on child.oid = inhrelid
            join pg_class parent on parent.oid = inhparent
            where parent.relnamespace = 'public'::regnamespace and parent.relkind = 'p' and child.relname ~ '_[0-9]{8}$'""";
    private static final String IS_MARKED = """
            select case when ? = 0
              then exists (select from dirty_windows where window_start >= ?::date and window_start < ?::date + 1)
              else exists (select from stale_windows
                           where seconds = ? and window_start >= ?::date and window_start < ?::date + 1) end""";
    private static final String DROP = "select drop_day(?, ?)";

    /** Counting a day's facts before they are dropped may take longer than a peer may usually be silent. */
    private static final int DROP_MILLIS =
            Math.toIntExact(Duration.ofMinutes(30).toMillis());

    private DayPartitions() {}

    /** Makes the partitions of today and tomorrow; returns how many days those are. */
    static int makeAhead(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(MAKE)) {
            int days = 0;
            while (rows.next()) {
                days++;
            }
            return days;
        }
    }

    static List<DropDay> there(Connection connection) throws SQLException {
        List<DropDay> there = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(THERE)) {
            while (rows.next()) {
                String part = rows.getString("part");
                LocalDate day = rows.getObject("day", LocalDate.class);
                for (DayTable table : DayTable.values()) {
                    if (table.table().equals(part)) {
                        there.add(new DropDay(table, day));
                    }
                }
            }
        }
        return there;
    }

    /** Drops a day; returns whether it is gone. Not while something is still to be computed from it. */
    static boolean drop(Connection connection, DropDay part) throws SQLException {
        if (isMarked(connection, part)) {
            return false;
        }
        int usual = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, DROP_MILLIS);
        try (PreparedStatement statement = connection.prepareStatement(DROP)) {
            statement.setString(1, part.table().table());
            statement.setObject(2, part.day());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } finally {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, usual);
            }
        }
    }

    private static boolean isMarked(Connection connection, DropDay part) throws SQLException {
        int parentSeconds = switch (part.table()) {
            case TRACES, BODIES, FACTS -> 0;
            case TEN_SECONDS -> 60;
            case MINUTES -> 3_600;
        };
        try (PreparedStatement statement = connection.prepareStatement(IS_MARKED)) {
            statement.setInt(1, parentSeconds);
            statement.setObject(2, part.day());
            statement.setObject(3, part.day());
            statement.setInt(4, parentSeconds);
            statement.setObject(5, part.day());
            statement.setObject(6, part.day());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}
