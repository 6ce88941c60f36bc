package io.millrace.jobs.store;

import io.millrace.jobs.assembly.TraceLimit;
import io.millrace.schema.id.TraceId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;

/** Reads {@code facts} and {@code traces}. */
final class PgFactReader implements FactReader {
    /** A trace may be of any size: it is read in pieces. */
    private static final int FETCH_ROWS = 1_000;

    private static final String FACTS = "select " + FactTable.COLUMNS
            + " from facts where project = ? and trace_id = any (?) order by trace_id, span_id";
    /** A trace has one day; should it ever have got two, the first one stays its own. */
    private static final String TRACES = "select " + TraceTable.COLUMNS
            + " from traces where project = ? and trace_id = any (?) order by trace_id, day desc";

    private static final String SPANS = "select " + FactTable.COLUMNS + " from facts where project = ?"
            + " and (trace_id, span_id) in (select * from unnest(?, ?))";

    private final Session session;

    PgFactReader(Database database) {
        this.session = new Session(database, "reader", connection -> true);
    }

    @Override
    public List<StoredTrace> traces(
            UUID project, Collection<TraceId> traces, TraceLimit limit, Predicate<FactRow> wanted)
            throws InterruptedException {
        if (traces.isEmpty()) {
            return List.of();
        }
        TreeSet<TraceId> ids = new TreeSet<>(traces);
        Map<TraceId, StoredTrace.Collector> found = session.transact(connection -> {
            Map<TraceId, StoredTrace.Collector> read = new LinkedHashMap<>();
            try (PreparedStatement statement = prepare(connection, FACTS, project, ids);
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    FactRow fact = FactColumns.read(rows);
                    if (wanted.test(fact)) {
                        at(read, project, fact.fact().trace(), limit).add(fact);
                    }
                }
            }
            try (PreparedStatement statement = prepare(connection, TRACES, project, ids);
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    TraceRow row = TraceColumns.read(rows);
                    at(read, project, row.trace(), limit).row(row);
                }
            }
            return read;
        });
        return found.values().stream().map(StoredTrace.Collector::stored).toList();
    }

    @Override
    public List<FactRow> spans(UUID project, Collection<SpanKey> spans) throws InterruptedException {
        if (spans.isEmpty()) {
            return List.of();
        }
        return session.transact(connection -> {
            List<FactRow> found = new ArrayList<>(spans.size());
            try (PreparedStatement statement = connection.prepareStatement(SPANS)) {
                statement.setObject(1, project);
                statement.setArray(
                        2,
                        WindowMarks.array(
                                connection,
                                "uuid",
                                spans.stream().map(key -> key.trace().uuid())));
                byte[][] ids = spans.stream().map(key -> key.span().bytes()).toArray(byte[][]::new);
                statement.setArray(3, connection.createArrayOf("bytea", ids));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.add(FactColumns.read(rows));
                    }
                }
            }
            return found;
        });
    }

    @Override
    public void close() {
        session.close();
    }

    private static StoredTrace.Collector at(
            Map<TraceId, StoredTrace.Collector> read, UUID project, TraceId trace, TraceLimit limit) {
        return read.computeIfAbsent(trace, id -> new StoredTrace.Collector(project, id, limit));
    }

    private static PreparedStatement prepare(
            Connection connection, String sql, UUID project, Collection<TraceId> traces) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setFetchSize(FETCH_ROWS);
        statement.setObject(1, project);
        statement.setArray(
                2, WindowMarks.array(connection, "uuid", traces.stream().map(TraceId::uuid)));
        return statement;
    }
}
