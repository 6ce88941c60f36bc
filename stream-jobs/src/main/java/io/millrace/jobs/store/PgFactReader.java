package io.millrace.jobs.store;

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
import org.jspecify.annotations.Nullable;

/** Reads traces from {@code facts} and {@code traces}. */
final class PgFactReader implements FactReader {
    private static final String FACTS = "select " + FactTable.COLUMNS
            + " from facts where project = ? and trace_id = any (?) order by trace_id, length(span_id), span_id";
    /** A trace has one day; should it ever have got two, the first one stays its own. */
    private static final String TRACES = "select " + TraceTable.COLUMNS
            + " from traces where project = ? and trace_id = any (?) order by trace_id, day desc";

    private final Session session;

    PgFactReader(Database database) {
        this.session = new Session(database, "reader", connection -> true);
    }

    /** What is known of a trace while rows come in. */
    private static final class Found {
        private final List<FactRow> facts = new ArrayList<>();
        private @Nullable TraceRow row;
    }

    @Override
    public List<StoredTrace> of(UUID project, Collection<TraceId> traces) throws InterruptedException {
        if (traces.isEmpty()) {
            return List.of();
        }
        TreeSet<TraceId> wanted = new TreeSet<>(traces);
        Map<TraceId, Found> found = session.transact(connection -> read(connection, project, wanted));
        List<StoredTrace> stored = new ArrayList<>(found.size());
        found.forEach((trace, one) -> stored.add(new StoredTrace(project, trace, one.row, List.copyOf(one.facts))));
        return stored;
    }

    @Override
    public void close() {
        session.close();
    }

    private static Map<TraceId, Found> read(Connection connection, UUID project, Collection<TraceId> traces)
            throws SQLException {
        Map<TraceId, Found> found = new LinkedHashMap<>();
        try (PreparedStatement statement = prepare(connection, FACTS, project, traces);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                FactRow fact = FactColumns.read(rows);
                found.computeIfAbsent(fact.fact().trace(), absent -> new Found())
                        .facts
                        .add(fact);
            }
        }
        try (PreparedStatement statement = prepare(connection, TRACES, project, traces);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                TraceRow row = TraceColumns.read(rows);
                found.computeIfAbsent(row.trace(), absent -> new Found()).row = row;
            }
        }
        return found;
    }

    private static PreparedStatement prepare(
            Connection connection, String sql, UUID project, Collection<TraceId> traces) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setObject(1, project);
        statement.setArray(
                2, WindowMarks.array(connection, "uuid", traces.stream().map(TraceId::uuid)));
        return statement;
    }
}
