package io.millrace.jobs.keeper;

import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.store.WindowColumns;
import io.millrace.jobs.store.WindowMarks;
import io.millrace.jobs.store.WindowMarks.CubeWindow;
import io.millrace.jobs.store.WindowRow;
import io.millrace.jobs.store.WindowTable;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Computes the windows of coarser grains that were marked stale, each from all of its children: a window is replaced,
 * never added to. A mark is deleted at the version that was read before the children were, so a child that changes
 * meanwhile leaves its mark behind.
 */
final class Roller {
    private static final Duration MINUTE_INTERVAL = Duration.ofSeconds(1);
    private static final Duration COARSE_INTERVAL = Duration.ofMinutes(1);
    private static final List<Grain> GRAINS = List.of(Grain.MINUTE, Grain.HOUR, Grain.DAY);
    private static final int MARKS_A_ROUND = 512;
    private static final int MARKS_A_TRANSACTION = 32;
    private static final int ROWS_A_TRANSACTION = 1_000;
    private static final int FETCH_ROWS = 500;

    private static final String MARKS = """
            select project, cube, extract(epoch from window_start)::bigint as start, version
            from stale_windows where seconds = ? order by window_start, project, cube""";
    private static final String UNMARK = "delete from stale_windows"
            + " where project = ? and seconds = ? and cube = ? and window_start = to_timestamp(?) and version = ?";

    private final Tenure tenure;
    private final WindowTable table;
    private final Clock clock;
    private final Throttle throttle;

    Roller(Tenure tenure, WindowTable table, Clock clock) {
        this.tenure = tenure;
        this.table = table;
        this.clock = clock;
        this.throttle = new Throttle(clock);
    }

    private record Mark(CubeWindow window, long version) {}

    /** Computes what is due, finest first; returns how many windows of a cube that were. */
    int run() throws InterruptedException {
        int rolled = 0;
        for (Grain grain : GRAINS) {
            List<Mark> marks = tenure.transact(connection -> due(connection, grain));
            for (int from = 0; from < marks.size(); ) {
                int first = from;
                from = tenure.transact(connection -> rollSome(connection, marks, first));
                marks.subList(first, from).forEach(mark -> throttle.done(mark.window()));
            }
            rolled += marks.size();
        }
        return rolled;
    }

    private List<Mark> due(Connection connection, Grain grain) throws SQLException {
        Duration interval = grain == Grain.MINUTE ? MINUTE_INTERVAL : COARSE_INTERVAL;
        List<Mark> due = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(MARKS)) {
            statement.setFetchSize(FETCH_ROWS);
            statement.setInt(1, grain.seconds());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next() && due.size() < MARKS_A_ROUND) {
                    CubeWindow window = new CubeWindow(
                            rows.getObject("project", UUID.class),
                            grain,
                            Cube.of(rows.getInt("cube")),
                            rows.getLong("start"));
                    if (throttle.isDue(window, interval)) {
                        due.add(new Mark(window, rows.getLong("version")));
                    }
                }
            }
        }
        return due;
    }

    /** Rolls marks from {@code first} on until the transaction has enough; returns where to go on. */
    private int rollSome(Connection connection, List<Mark> marks, int first) throws SQLException {
        List<WindowRow> rows = new ArrayList<>();
        TreeSet<CubeWindow> shrunk = new TreeSet<>(CubeWindow.ORDER);
        int next = first;
        while (next < marks.size() && next - first < MARKS_A_TRANSACTION && rows.size() < ROWS_A_TRANSACTION) {
            roll(connection, marks.get(next++).window(), rows, shrunk);
        }
        table.writeAll(connection, rows);
        WindowMarks.markStale(connection, shrunk);
        unmark(connection, marks.subList(first, next));
        return next;
    }

    private void roll(Connection connection, CubeWindow window, List<WindowRow> rows, Set<CubeWindow> shrunk)
            throws SQLException {
        Map<List<String>, WindowValue> sums = new HashMap<>();
        int generation = sumChildren(connection, window, sums);
        if (sums.isEmpty() && hasOutlivedItsChildren(window)) {
            return;
        }
        Set<List<String>> gone = new HashSet<>();
        generation = Math.max(generation, readParents(connection, window, gone));
        gone.removeAll(sums.keySet());
        for (Map.Entry<List<String>, WindowValue> sum : sums.entrySet()) {
            Revision revision = tenure.next(generation);
            SeriesWindow series = new SeriesWindow(window.project(), window.cube(), sum.getKey(), window.start());
            rows.add(new WindowRow(window.grain(), series, revision, sum.getValue()));
        }
        if (!gone.isEmpty()) {
            delete(connection, window, gone);
            Grain coarser = window.grain().coarser();
            if (coarser != null) {
                shrunk.add(new CubeWindow(window.project(), coarser, window.cube(), coarser.floor(window.start())));
            }
        }
    }

    /** Whether the children are gone because they are kept for a shorter time, not because there are none. */
    private boolean hasOutlivedItsChildren(CubeWindow window) {
        return !finer(window).keeps(window.start(), clock.instant());
    }

    private static Grain finer(CubeWindow window) {
        Grain finer = window.grain().finer();
        if (finer == null) {
            throw new IllegalArgumentException("the finest grain has no children");
        }
        return finer;
    }

    /** Returns the greatest generation of the children. */
    private static int sumChildren(Connection connection, CubeWindow window, Map<List<String>, WindowValue> sums)
            throws SQLException {
        String sql = "select " + WindowColumns.NAMES + " from " + finer(window).table()
                + " where project = ? and cube = ? and window_start >= ? and window_start < ?";
        int generation = 0;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(FETCH_ROWS);
            bind(statement, window);
            statement.setTimestamp(4, time(window.start() + window.grain().seconds()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    generation = Math.max(generation, rows.getInt("generation"));
                    sums.computeIfAbsent(WindowColumns.dims(rows), absent -> new WindowValue())
                            .merge(WindowColumns.value(rows));
                }
            }
        }
        return generation;
    }

    /** Collects the series that are there; returns their greatest generation. */
    private static int readParents(Connection connection, CubeWindow window, Set<List<String>> series)
            throws SQLException {
        String sql = "select dims, generation from " + window.grain().table()
                + " where project = ? and cube = ? and window_start = ?";
        int generation = 0;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, window);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    generation = Math.max(generation, rows.getInt("generation"));
                    series.add(WindowColumns.dims(rows));
                }
            }
        }
        return generation;
    }

    private static void delete(Connection connection, CubeWindow window, Set<List<String>> gone) throws SQLException {
        String sql = "delete from " + window.grain().table()
                + " where project = ? and cube = ? and window_start = ? and dims = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (List<String> dims : gone) {
                bind(statement, window);
                statement.setArray(4, connection.createArrayOf("text", dims.toArray()));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void bind(PreparedStatement statement, CubeWindow window) throws SQLException {
        statement.setObject(1, window.project());
        statement.setInt(2, window.cube().code());
        statement.setTimestamp(3, time(window.start()));
    }

    private static Timestamp time(long epochSecond) {
        return new Timestamp(epochSecond * 1_000);
    }

    private static void unmark(Connection connection, List<Mark> marks) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(UNMARK)) {
            for (Mark mark : marks) {
                statement.setObject(1, mark.window().project());
                statement.setInt(2, mark.window().grain().seconds());
                statement.setInt(3, mark.window().cube().code());
                statement.setLong(4, mark.window().start());
                statement.setLong(5, mark.version());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
