package io.millrace.jobs.keeper;

import io.millrace.jobs.keeper.DirtyWindows.Mark;
import io.millrace.jobs.keeper.DirtyWindows.Range;
import io.millrace.jobs.rollup.Contributions;
import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.jobs.rollup.SpanContribution;
import io.millrace.jobs.store.FactColumns;
import io.millrace.jobs.store.FactRow;
import io.millrace.jobs.store.WindowRow;
import io.millrace.jobs.store.WindowTable;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes windows anew from the facts, as replacements of the finest grain that is still kept, one generation above
 * what is there. A series that is there but has no facts becomes zero rather than being deleted, so that an attempt of
 * the stream that lives on cannot bring it back.
 */
final class Recompute {
    private static final Logger LOGGER = LoggerFactory.getLogger(Recompute.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final int RANGES_A_ROUND = 64;
    private static final int BUNDLE = 2_000;
    private static final int FETCH_ROWS = 1_000;
    private static final long SECONDS_PER_DAY = 86_400;

    /** Only roots look up their trace, which counts once it has settled. */
    private static final String FACTS = "select " + FactColumns.NAMES + ", settled.trace_cost, settled.is_settled"
            + " from facts left join lateral ("
            + "   select cost_pico_usd as trace_cost, true as is_settled from traces"
            + "   where facts.root and traces.project = facts.project and traces.trace_id = facts.trace_id"
            + "     and traces.state = 2 order by traces.day limit 1) as settled on true"
            + " where project = ? and day = date '1970-01-01' + ?::int and window_at >= ? and window_at < ?"
            + "   and marks & ? = 0";

    /** A day may be made anew after retention has dropped it: then what is in it is not all there was. */
    private static final String HAS_ALL_FACTS = """
            select to_regclass('facts_' || to_char(day, 'YYYYMMDD')) is not null
              and not exists (select from expired_days e where e.project = ? and e.day = wanted.day)
            from (select date '1970-01-01' + ?::int as day) wanted""";

    private final Tenure tenure;
    private final WindowTable table;
    private final Clock clock;
    private final DirtyWindows dirty;
    private final Throttle throttle;

    Recompute(Tenure tenure, WindowTable table, Clock clock) {
        this.tenure = tenure;
        this.table = table;
        this.clock = clock;
        this.dirty = new DirtyWindows(clock);
        this.throttle = new Throttle(clock);
    }

    /** Computes what is due; returns how many marks that answered. */
    int run() throws InterruptedException {
        Map<Range, List<Mark>> ranges = tenure.transact(
                connection -> dirty.read(connection, range -> throttle.isDue(range, INTERVAL), RANGES_A_ROUND));
        int marks = 0;
        for (Map.Entry<Range, List<Mark>> entry : ranges.entrySet()) {
            Range range = entry.getKey();
            if (tenure.transact(connection -> hasAllFacts(connection, range))) {
                tenure.days().ensure(List.of(range), Recompute::epochDay);
                tenure.transact(connection -> recompute(connection, range, entry.getValue()));
            } else {
                // Spans of it were past their retention: what was computed of them all stays.
                tenure.transact(connection -> unmark(connection, range, entry.getValue()));
            }
            throttle.done(range);
            marks += entry.getValue().size();
        }
        return marks;
    }

    private int recompute(Connection connection, Range range, List<Mark> marks) throws SQLException {
        RangeWindows windows = new RangeWindows(range, marks, keepsJoint(range));
        DaySeries series = new DaySeries(connection, range);
        Map<SeriesWindow, WindowValue> values = new HashMap<>();
        long facts = readFacts(
                connection,
                range,
                contributions -> contributions.drain((window, value) -> {
                    SeriesWindow target = windows.targetOf(window);
                    if (target != null) {
                        values.computeIfAbsent(series.admit(target), absent -> new WindowValue())
                                .merge(value);
                    }
                }));
        List<WindowRow> rows = replacements(windows, windows.generations(connection), values);
        table.writeAll(connection, rows);
        DirtyWindows.unmark(connection, range.project(), marks);
        LOGGER.atDebug()
                .addKeyValue("project", range.project())
                .addKeyValue("window", range.start())
                .addKeyValue("count", facts)
                .log("recomputed");
        return rows.size();
    }

    /** One generation above all that is there of a cube's window, for series with facts and without. */
    private List<WindowRow> replacements(
            RangeWindows windows, Map<SeriesWindow, Integer> there, Map<SeriesWindow, WindowValue> values) {
        Map<RangeWindows.CubeStart, Integer> greatest = new HashMap<>();
        there.forEach((window, generation) -> {
            values.computeIfAbsent(window, vanished -> new WindowValue());
            greatest.merge(RangeWindows.CubeStart.of(window), generation, Math::max);
        });
        List<WindowRow> rows = new ArrayList<>(values.size());
        values.forEach((window, value) -> {
            int generation = 1 + greatest.getOrDefault(RangeWindows.CubeStart.of(window), 0);
            Revision revision = tenure.next(generation);
            rows.add(new WindowRow(windows.grainOf(window.cube()), window, revision, value));
        });
        return rows;
    }

    /** Hands over bundles of contributions; returns how many spans they come from. */
    private static long readFacts(Connection connection, Range range, Consumer<Contributions> out) throws SQLException {
        Contributions bundle = new Contributions();
        long count = 0;
        try (PreparedStatement statement = connection.prepareStatement(FACTS)) {
            statement.setFetchSize(FETCH_ROWS);
            statement.setObject(1, range.project());
            statement.setInt(2, Math.toIntExact(epochDay(range)));
            statement.setTimestamp(3, new Timestamp(range.start() * 1_000));
            statement.setTimestamp(4, new Timestamp((range.start() + range.seconds()) * 1_000));
            statement.setInt(5, io.millrace.schema.span.Mark.INCOMPLETE.bit());
            try (ResultSet rows = statement.executeQuery()) {
                for (; rows.next(); count++) {
                    contribute(rows, bundle);
                    if (bundle.size() >= BUNDLE) {
                        out.accept(bundle);
                    }
                }
            }
        }
        out.accept(bundle);
        return count;
    }

    private static void contribute(ResultSet rows, Contributions bundle) throws SQLException {
        FactRow row = FactColumns.read(rows);
        SpanContribution span = SpanContribution.of(row.fact(), row.counted(), row.root());
        bundle.span(row.fact().project(), span, 1);
        if (rows.getBoolean("is_settled")) {
            BigDecimal cost = rows.getBigDecimal("trace_cost");
            bundle.trace(row.fact().project(), span, cost == null ? null : cost.toBigIntegerExact(), 1);
        }
    }

    private boolean keepsJoint(Range range) {
        return range.start() >= clock.instant().minus(Cube.JOINT_KEPT).getEpochSecond();
    }

    private static boolean hasAllFacts(Connection connection, Range range) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HAS_ALL_FACTS)) {
            statement.setObject(1, range.project());
            statement.setInt(2, Math.toIntExact(epochDay(range)));
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static int unmark(Connection connection, Range range, List<Mark> marks) throws SQLException {
        DirtyWindows.unmark(connection, range.project(), marks);
        return marks.size();
    }

    private static long epochDay(Range range) {
        return Math.floorDiv(range.start(), SECONDS_PER_DAY);
    }
}
