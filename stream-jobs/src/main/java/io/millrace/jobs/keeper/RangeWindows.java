package io.millrace.jobs.keeper;

import io.millrace.jobs.keeper.DirtyWindows.Mark;
import io.millrace.jobs.keeper.DirtyWindows.Range;
import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.store.WindowColumns;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which windows a recompute replaces: the dirty ones of ten seconds, or all of the range at a coarser grain. */
final class RangeWindows {
    private static final List<Cube> CUBES =
            Arrays.stream(Cube.values()).filter(cube -> cube != Cube.JOINT).toList();

    private final Range range;
    private final Set<Long> starts;
    private final boolean joint;

    /**
     * @param joint whether the joint cube's minute is replaced too
     */
    RangeWindows(Range range, List<Mark> marks, boolean joint) {
        this.range = range;
        this.joint = joint;
        this.starts =
                marks.stream().map(mark -> range.grain().floor(mark.start())).collect(Collectors.toSet());
    }

    /** A cube's window. */
    record CubeStart(Cube cube, long start) {
        static CubeStart of(SeriesWindow window) {
            return new CubeStart(window.cube(), window.windowStart());
        }
    }

    Grain grainOf(Cube cube) {
        return cube == Cube.JOINT ? Grain.MINUTE : range.grain();
    }

    /** The window that a contribution of the stream's finest grain belongs to; null if that is not replaced. */
    @Nullable
    SeriesWindow targetOf(SeriesWindow window) {
        if (window.cube() == Cube.JOINT) {
            return joint ? window : null;
        }
        long start = range.grain().floor(window.windowStart());
        if (!starts.contains(start)) {
            return null;
        }
        return new SeriesWindow(window.project(), window.cube(), window.dims(), start);
    }

    /** The rows that are there, with their generations. */
    Map<SeriesWindow, Integer> generations(Connection connection) throws SQLException {
        Map<SeriesWindow, Integer> there = new HashMap<>();
        read(connection, range.grain(), CUBES, starts, there);
        if (joint) {
            read(connection, Grain.MINUTE, List.of(Cube.JOINT), Set.of(range.start()), there);
        }
        return there;
    }

    private void read(
            Connection connection, Grain grain, List<Cube> cubes, Set<Long> starts, Map<SeriesWindow, Integer> there)
            throws SQLException {
        String sql = "select cube, extract(epoch from window_start)::bigint as start, dims, generation from "
                + grain.table() + " where project = ? and cube = any (?)"
                + " and window_start = any (select to_timestamp(start) from unnest(?::bigint[]) as start)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, range.project());
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "int2",
                            cubes.stream().map(cube -> (short) cube.code()).toArray()));
            statement.setArray(3, connection.createArrayOf("int8", starts.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    SeriesWindow window = new SeriesWindow(
                            range.project(),
                            Cube.of(rows.getInt("cube")),
                            WindowColumns.dims(rows),
                            rows.getLong("start"));
                    there.put(window, rows.getInt("generation"));
                }
            }
        }
    }
}
