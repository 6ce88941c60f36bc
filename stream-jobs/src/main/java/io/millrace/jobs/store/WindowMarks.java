package io.millrace.jobs.store;

import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/** Marks windows that the keeper has to compute; marks are made in one order, so that no two writers wait for each other. */
public final class WindowMarks {
    private static final String MARK_DIRTY = """
            insert into dirty_windows as mark (project, window_start)
            select project, to_timestamp(start) from unnest(?::uuid[], ?::bigint[]) as wanted (project, start)
            on conflict (project, window_start) do update set version = mark.version + 1, marked_at = now()""";
    private static final String MARK_STALE = """
            insert into stale_windows as mark (project, seconds, cube, window_start)
            select project, seconds, cube, to_timestamp(start)
            from unnest(?::uuid[], ?::int[], ?::smallint[], ?::bigint[]) as wanted (project, seconds, cube, start)
            on conflict (project, seconds, cube, window_start)
            do update set version = mark.version + 1, marked_at = now()""";
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private WindowMarks() {}

    /**
     * A window of all series of a cube.
     *
     * @param start seconds since the epoch
     */
    public record CubeWindow(UUID project, Grain grain, Cube cube, long start) {
        public static final Comparator<CubeWindow> ORDER = Comparator.comparing(CubeWindow::project, RowOrder::compare)
                .thenComparing(CubeWindow::grain)
                .thenComparing(CubeWindow::cube)
                .thenComparingLong(CubeWindow::start);
    }

    private record Dirty(UUID project, long start) {
        static final Comparator<Dirty> ORDER =
                Comparator.comparing(Dirty::project, RowOrder::compare).thenComparingLong(Dirty::start);
    }

    static void markDirty(Connection connection, List<FactRow> rows) throws SQLException {
        SortedSet<Dirty> wanted = new TreeSet<>(Dirty.ORDER);
        for (FactRow row : rows) {
            long second = Math.floorDiv(row.fact().windowAtNanos(), NANOS_PER_SECOND);
            wanted.add(new Dirty(row.fact().project(), Grain.TEN_SECONDS.floor(second)));
        }
        if (wanted.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(MARK_DIRTY)) {
            statement.setArray(1, array(connection, "uuid", wanted.stream().map(Dirty::project)));
            statement.setArray(2, array(connection, "int8", wanted.stream().map(Dirty::start)));
            statement.executeUpdate();
        }
    }

    /** Marks what is computed from these rows. */
    static void markCoarser(Connection connection, Collection<WindowRow> rows) throws SQLException {
        SortedSet<CubeWindow> wanted = new TreeSet<>(CubeWindow.ORDER);
        for (WindowRow row : rows) {
            SeriesWindow window = row.window();
            Grain coarser = row.grain().coarser();
            if (coarser != null && window.cube() != Cube.JOINT) {
                wanted.add(
                        new CubeWindow(window.project(), coarser, window.cube(), coarser.floor(window.windowStart())));
            }
        }
        markStale(connection, wanted);
    }

    /** Marks windows, or marks them once more. */
    public static void markStale(Connection connection, SortedSet<CubeWindow> windows) throws SQLException {
        if (windows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(MARK_STALE)) {
            statement.setArray(1, array(connection, "uuid", windows.stream().map(CubeWindow::project)));
            statement.setArray(
                    2,
                    array(
                            connection,
                            "int4",
                            windows.stream().map(one -> one.grain().seconds())));
            statement.setArray(3, array(connection, "int2", windows.stream().map(one ->
                    (short) one.cube().code())));
            statement.setArray(4, array(connection, "int8", windows.stream().map(CubeWindow::start)));
            statement.executeUpdate();
        }
    }

    static Array array(Connection connection, String type, Stream<?> values) throws SQLException {
        return connection.createArrayOf(type, values.toArray());
    }
}
