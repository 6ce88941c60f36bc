package io.millrace.bench.stack;

import io.millrace.bench.load.Cube;
import io.millrace.bench.load.Grain;
import io.millrace.bench.load.Kind;
import io.millrace.bench.load.Measure;
import io.millrace.bench.load.Table;
import io.millrace.bench.stack.StackFolder.PostgresAccess;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** The tables as a superuser sees them: sums that do not pass through any code of the system. Not for several threads. */
public final class TotalsStore implements AutoCloseable {
    private final Connection connection;

    /**
     * @param connection to the database that holds the tables; closed with this
     */
    private TotalsStore(Connection connection) {
        this.connection = connection;
    }

    /**
     * Connects to the database that holds the tables, whatever its name.
     *
     * @throws SQLException when there is none, or Postgres is away
     */
    public static TotalsStore open(PostgresAccess access) throws SQLException {
        List<String> databases;
        try (Connection any = connect(access, "postgres");
                Statement statement = any.createStatement();
                ResultSet names = statement.executeQuery("select datname from pg_database where datallowconn"
                        + " and not datistemplate order by datname = 'millrace' desc, datname")) {
            databases = strings(names);
        }
        for (String database : databases) {
            TotalsStore store = new TotalsStore(connect(access, database));
            if (store.number("select count(*) from pg_class where oid = to_regclass('public.facts')") == 1) {
                return store;
            }
            store.close();
        }
        throw new SQLException("no database of " + databases + " holds the tables");
    }

    private static Connection connect(PostgresAccess access, String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + access.port() + "/" + database
                        + "?connectTimeout=5&socketTimeout=300&ApplicationName=millrace-bench",
                "postgres",
                access.password());
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** The rows of a rollup table by series and window. */
    public Table rollups(UUID project, Grain grain, Cube cube) throws SQLException {
        String sql = "select floor(extract(epoch from window_start))::bigint, dims, "
                + String.join(", ", Measure.columns()) + " from " + grain.table() + " where project = ? and cube = ?";
        Table table = new Table(Measure.columns());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, project);
            statement.setInt(2, cube.code());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    List<String> dims = List.of((String[]) rows.getArray(2).getArray());
                    table.add(new Table.Key(grain, cube, dims, rows.getLong(1)), numbers(rows, 3));
                }
            }
        }
        return table;
    }

    /** Sums over the facts of the project by all dimensions and ten-second window, under the joint cube. */
    public Table facts(UUID project) throws SQLException {
        String usage = Arrays.stream(Measure.values())
                .filter(measure -> measure.ordinal() >= Measure.INPUT.ordinal())
                .map(measure -> "coalesce(sum(" + measure.column() + ") filter (where counted), 0)")
                .collect(Collectors.joining(", "));
        String sql = "select floor(extract(epoch from window_at))::bigint / 10 * 10, coalesce(environment, ''), kind,"
                + " coalesce(provider, ''), coalesce(response_model, request_model, ''), name,"
                + " coalesce(release, ''), count(*), count(*) filter (where status = 2),"
                + " count(*) filter (where counted),"
                + " count(*) filter (where counted and cost_pico_usd is null), " + usage
                + " from facts where project = ? group by 1, 2, 3, 4, 5, 6, 7";
        Table table = new Table(Measure.columns());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, project);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    table.add(
                            new Table.Key(Grain.TEN_SECONDS, Cube.JOINT, dims(rows), rows.getLong(1)),
                            numbers(rows, 8));
                }
            }
        }
        return table;
    }

    private static List<String> dims(ResultSet rows) throws SQLException {
        return List.of(
                rows.getString(2),
                Kind.of(rows.getInt(3)).label(),
                rows.getString(4),
                rows.getString(5),
                rows.getString(6),
                rows.getString(7),
                "");
    }

    private static long[] numbers(ResultSet rows, int from) throws SQLException {
        long[] numbers = new long[Measure.values().length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = rows.getBigDecimal(from + i).longValueExact();
        }
        return numbers;
    }

    /** What the row of ten seconds of the project as a whole says; zeros where there is none. */
    public record ProjectWindow(long spans, long traces) {}

    /**
     * Reads the row of a project's window of ten seconds.
     *
     * @param start seconds since the epoch
     */
    public ProjectWindow projectWindow(UUID project, long start) throws SQLException {
        String sql = "select spans, traces from " + Grain.TEN_SECONDS.table()
                + " where project = ? and cube = ? and window_start = to_timestamp(?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, project);
            statement.setInt(2, Cube.PROJECT.code());
            statement.setLong(3, start);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? new ProjectWindow(row.getLong(1), row.getLong(2)) : new ProjectWindow(0, 0);
            }
        }
    }

    /** How many facts the project has. */
    public long factCount(UUID project) throws SQLException {
        return number("select count(*) from facts where project = '" + project + "'");
    }

    /** The exclusive-or of the first eight bytes of the span ids of all facts of the project. */
    public long spanIds(UUID project) throws SQLException {
        return number("select coalesce(bit_xor(('x' || encode(substr(span_id, 1, 8), 'hex'))::bit(64)::bigint), 0)"
                + " from facts where project = '" + project + "'");
    }

    /** Puts the revision of a row, epoch and count, into one number. */
    @FunctionalInterface
    public interface RevisionNumber {
        long of(long epoch, long n);
    }

    /** The newest revision of each trace that began since then, by its id in hexadecimal digits. */
    public Map<String, Long> traceRevisions(UUID project, Instant since, RevisionNumber number) throws SQLException {
        String sql = "select replace(trace_id::text, '-', ''), epoch, revision from traces"
                + " where project = ? and first_received_at >= ?";
        Map<String, Long> revisions = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, project);
            statement.setObject(2, since.atOffset(ZoneOffset.UTC));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    revisions.merge(rows.getString(1), number.of(rows.getLong(2), rows.getLong(3)), Math::max);
                }
            }
        }
        return revisions;
    }

    /** The newest revision of each of the project's anomalies that was first seen since then, by its id. */
    public Map<String, Long> anomalyRevisions(UUID project, Instant since, RevisionNumber number) throws SQLException {
        String sql = "select id::text, epoch, revision from anomalies where project = ? and first_seen >= ?";
        Map<String, Long> revisions = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setObject(1, project);
            statement.setObject(2, since.atOffset(ZoneOffset.UTC));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    revisions.put(rows.getString(1), number.of(rows.getLong(2), rows.getLong(3)));
                }
            }
        }
        return revisions;
    }

    /** Traces of the project that may still change by themselves. */
    public long unsettledTraces(UUID project) throws SQLException {
        return number("select count(*) from traces where state < 2 and project = '" + project + "'");
    }

    /** Windows that wait to be computed anew, of any grain. */
    public long marks() throws SQLException {
        return number("select (select count(*) from stale_windows) + (select count(*) from dirty_windows)");
    }

    /** The stream time that the slowest partition's rows account for, in seconds since the epoch; 0 before the first. */
    public long streamTime() throws SQLException {
        return number("select coalesce(floor(extract(epoch from min(stream_time))), 0)::bigint from ledger_progress");
    }

    /** Rows inserted into facts so far, from the server's own counters: cheap, and a second or so behind. */
    public long factInserts() throws SQLException {
        return number(
                "select coalesce(sum(n_tup_ins), 0)::bigint from pg_stat_user_tables where relname ~ '^facts_[0-9]+$'");
    }

    /** What decides whether a commit survives a crash, as the running server has it. */
    public Map<String, String> durability() throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes", "wal_level")) {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("show " + setting)) {
                row.next();
                settings.put(setting, row.getString(1));
            }
        }
        return settings;
    }

    /** Whether a table's rows are in the write-ahead log: "p" (permanent), "u" (unlogged) or "t", by table. */
    public Map<String, String> persistence() throws SQLException {
        Map<String, String> tables = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select relname, relpersistence from pg_class"
                        + " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname")) {
            while (rows.next()) {
                tables.put(rows.getString(1), rows.getString(2));
            }
        }
        return tables;
    }

    /** Settings made for single roles or databases that could weaken {@link #durability()} where rows are written. */
    public List<String> roleSettings() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select coalesce(setrole::regrole::text, '(all)') || ': '"
                        + " || array_to_string(setconfig, ', ') from pg_db_role_setting")) {
            return strings(rows);
        }
    }

    /** Deletes one fact of the project and says which. */
    public String deleteOneFact(UUID project) throws SQLException {
        String sql = "with victim as (select tableoid, ctid from facts where project = '" + project + "' limit 1)"
                + " delete from facts f using victim v where f.tableoid = v.tableoid and f.ctid = v.ctid"
                + " returning f.trace_id || ' ' || encode(f.span_id, 'hex')";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            if (!row.next()) {
                throw new SQLException("there was no fact to delete");
            }
            return row.getString(1);
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static List<String> strings(ResultSet rows) throws SQLException {
        List<String> strings = new ArrayList<>();
        while (rows.next()) {
            strings.add(rows.getString(1));
        }
        return strings;
    }
}
