package io.millrace.jobs.store;

import io.millrace.jobs.rollup.SeriesWindow;
import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Values of windows, each grain in its table. The greater revision stays; what is computed from the row is marked stale
 * in the same transaction.
 */
public final class WindowTable implements Table<WindowRow> {
    static final String COLUMNS = """
            project, cube, window_start, dims, generation, epoch, revision, spans, errors, requests, request_errors, \
            traces, counted, unpriced, \
            input, input_cache_read, input_cache_write_5m, input_cache_write_1h, input_audio, input_image, \
            output, output_reasoning, output_audio, output_image, \
            cost_pico_usd, latency, time_to_first_token, tokens_per_second, trace_cost""";

    private static final String KEY = "project, cube, window_start, dims";
    private static final long SECONDS_PER_DAY = 86_400;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int USUAL_BYTES = 1_024;
    private static final Comparator<WindowRow> ORDER = Comparator.comparing(WindowRow::grain)
            .thenComparing(row -> row.window().project(), RowOrder::compare)
            .thenComparing(row -> row.window().cube())
            .thenComparingLong(row -> row.window().windowStart())
            .thenComparing(row -> String.join("\u0001", row.window().dims()));

    private final Map<Grain, Staging> staging = new EnumMap<>(Grain.class);

    private record Key(Grain grain, SeriesWindow window) {}

    /**
     * @param grains those whose rows will be written
     */
    public WindowTable(Grain... grains) {
        for (Grain grain : grains) {
            String table = grain.table();
            String onConflict = "(" + KEY + ") do update set " + Staging.assignments(COLUMNS, KEY)
                    + " where (excluded.generation, excluded.epoch, excluded.revision) > (" + table + ".generation, "
                    + table + ".epoch, " + table + ".revision)";
            staging.put(grain, new Staging(table, COLUMNS, onConflict));
        }
    }

    @Override
    public String name() {
        return "windows";
    }

    @Override
    public Object key(WindowRow row) {
        return new Key(row.grain(), row.window());
    }

    @Override
    public WindowRow newer(WindowRow first, WindowRow second) {
        return second.revision().compareTo(first.revision()) > 0 ? second : first;
    }

    @Override
    public int compare(WindowRow row, WindowRow other) {
        return ORDER.compare(row, other);
    }

    @Override
    public int bytes(WindowRow row) {
        return USUAL_BYTES;
    }

    @Override
    public long epochDay(WindowRow row) {
        return Math.floorDiv(row.window().windowStart(), SECONDS_PER_DAY);
    }

    @Override
    public void setUp(Connection connection) throws SQLException {
        for (Staging one : staging.values()) {
            one.setUp(connection);
        }
    }

    @Override
    public void write(Connection connection, List<WindowRow> rows) throws SQLException {
        for (Map.Entry<Grain, Staging> one : staging.entrySet()) {
            List<WindowRow> ofGrain =
                    rows.stream().filter(row -> row.grain() == one.getKey()).toList();
            if (!ofGrain.isEmpty()) {
                one.getValue().write(connection, ofGrain, WindowTable::encode);
            }
        }
        WindowMarks.markCoarser(connection, rows);
    }

    /** Writes any number of rows, in any order, each key once, within the connection's transaction. */
    public void writeAll(Connection connection, List<WindowRow> rows) throws SQLException {
        List<WindowRow> sorted = rows.stream().sorted(ORDER).toList();
        for (int from = 0; from < sorted.size(); from += PgRowWriter.BATCH_ROWS) {
            if (from > 0) {
                for (Staging one : staging.values()) {
                    one.clear(connection);
                }
            }
            write(connection, sorted.subList(from, Math.min(sorted.size(), from + PgRowWriter.BATCH_ROWS)));
        }
    }

    private static void encode(WindowRow row, CopyBuffer out) {
        SeriesWindow window = row.window();
        Revision revision = row.revision();
        WindowValue value = row.value();
        out.uuid(window.project()).int2(window.cube().code());
        out.timeOfNanos(Math.multiplyExact(window.windowStart(), NANOS_PER_SECOND));
        out.texts(window.dims());
        out.int4(revision.generation()).int4(revision.epoch()).int8(revision.n());
        out.int8(value.spans()).int8(value.errors());
        out.int8(value.requests()).int8(value.requestErrors());
        out.int8(value.traces()).int8(value.counted()).int8(value.unpriced());
        for (UsageBucket bucket : UsageBucket.values()) {
            out.int8(value.tokens(bucket));
        }
        out.numeric(value.costPico());
        out.bytea(value.latency().encode()).bytea(value.timeToFirstToken().encode());
        out.bytea(value.tokensPerSecond().encode()).bytea(value.traceCost().encode());
    }
}
