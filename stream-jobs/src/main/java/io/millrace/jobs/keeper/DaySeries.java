package io.millrace.jobs.keeper;

import io.millrace.jobs.keeper.DirtyWindows.Range;
import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.store.WindowColumns;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The series that a day has already, and room for more of them: what comes beyond a cube's cap is folded. */
final class DaySeries {
    private static final long SECONDS_PER_DAY = 86_400;

    private final Map<Cube, Set<List<String>>> known = new EnumMap<>(Cube.class);

    /** Reads the day's series. */
    DaySeries(Connection connection, Range range) throws SQLException {
        long day = Math.floorDiv(range.start(), SECONDS_PER_DAY) * SECONDS_PER_DAY;
        for (Cube cube : Cube.values()) {
            // The joint cube is kept at one grain only.
            Grain grain = cube == Cube.JOINT ? Grain.MINUTE : Grain.DAY;
            known.put(cube, read(connection, range, cube, grain, day));
        }
    }

    /** The window under its own series, or under that of the rest. */
    SeriesWindow admit(SeriesWindow window) {
        Cube cube = window.cube();
        List<String> dims = window.dims();
        Set<List<String>> series = known.computeIfAbsent(cube, absent -> new HashSet<>());
        boolean admitted = series.contains(dims) || series.size() < cube.seriesCap() && series.add(dims);
        return new SeriesWindow(window.project(), cube, admitted ? dims : rest(cube), window.windowStart());
    }

    private static List<String> rest(Cube cube) {
        return Collections.nCopies(cube.dimensions().size(), Cube.OTHER);
    }

    private static Set<List<String>> read(Connection connection, Range range, Cube cube, Grain grain, long day)
            throws SQLException {
        String sql = "select distinct dims from " + grain.table()
                + " where project = ? and cube = ? and window_start >= ? and window_start < ? limit ?";
        Set<List<String>> series = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, range.project());
            statement.setInt(2, cube.code());
            statement.setTimestamp(3, new Timestamp(day * 1_000));
            statement.setTimestamp(4, new Timestamp((day + SECONDS_PER_DAY) * 1_000));
            statement.setInt(5, cube.seriesCap() + 1);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    series.add(WindowColumns.dims(rows));
                }
            }
        }
        if (!cube.dimensions().isEmpty()) {
            series.remove(rest(cube));
        }
        return series;
    }
}
