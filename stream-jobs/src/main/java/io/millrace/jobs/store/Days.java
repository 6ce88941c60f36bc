package io.millrace.jobs.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/** Makes the partitions of days, each once; a session's own transaction, since it takes locks of its own. */
public final class Days {
    /** What Postgres says of a row that no partition takes. */
    private static final String NO_PARTITION = "23514";
    /** What it says of a partition named by itself. */
    private static final String NO_TABLE = "42P01";

    private final Session session;
    private final Set<Long> made = new HashSet<>();

    public Days(Session session) {
        this.session = session;
    }

    /** Returns when the partitions of all these rows are there. */
    public <T> void ensure(Collection<T> rows, ToLongFunction<T> epochDay) throws InterruptedException {
        Set<Long> wanted = new TreeSet<>();
        for (T row : rows) {
            long day = epochDay.applyAsLong(row);
            if (!made.contains(day)) {
                wanted.add(day);
            }
        }
        if (!wanted.isEmpty()) {
            session.transact(connection -> make(connection, wanted));
            made.addAll(wanted);
        }
    }

    /** Whether the error is that the partition of a row is not there. */
    static boolean isMissing(SQLException error) {
        return NO_PARTITION.equals(error.getSQLState()) || NO_TABLE.equals(error.getSQLState());
    }

    /** Whether forgetting made a difference: then a partition may have gone, and trying again may make it anew. */
    boolean forget() {
        boolean any = !made.isEmpty();
        made.clear();
        return any;
    }

    private static int make(Connection connection, Set<Long> days) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select ensure_day(date '1970-01-01' + ?::int)")) {
            for (long day : days) {
                statement.setInt(1, Math.toIntExact(day));
                statement.execute();
            }
        }
        return days.size();
    }
}
