package io.millrace.jobs.store;

import io.millrace.schema.id.TraceId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** Compressed bodies. A key names a record of the log, so a row that is there already is this one. */
final class BodyTable implements Table<BodyRow> {
    private static final String COLUMNS = "project, trace_id, day, source_offset, source_partition, block";
    private static final String ON_CONFLICT = "(project, trace_id, day, source_partition, source_offset) do nothing";
    private static final long MILLIS_PER_DAY = 86_400_000L;
    private static final int KEY_BYTES = 64;

    private final DayCopy<BodyRow> copy =
            new DayCopy<>("bodies", COLUMNS, ON_CONFLICT, this::epochDay, row -> false, this::encode);

    private record Key(UUID project, TraceId trace, int partition, long offset) {}

    @Override
    public String name() {
        return "bodies";
    }

    @Override
    public Object key(BodyRow row) {
        return new Key(row.project(), row.trace(), row.partition(), row.offset());
    }

    @Override
    public BodyRow newer(BodyRow first, BodyRow second) {
        return first;
    }

    @Override
    public int compare(BodyRow row, BodyRow other) {
        int byProject = RowOrder.compare(row.project(), other.project());
        int byTrace = byProject != 0 ? byProject : row.trace().compareTo(other.trace());
        int byPartition = byTrace != 0 ? byTrace : Integer.compare(row.partition(), other.partition());
        return byPartition != 0 ? byPartition : Long.compare(row.offset(), other.offset());
    }

    @Override
    public int bytes(BodyRow row) {
        return KEY_BYTES + row.block().length;
    }

    @Override
    public long epochDay(BodyRow row) {
        return Math.floorDiv(row.receivedAtMillis(), MILLIS_PER_DAY);
    }

    @Override
    public void setUp(Connection connection) throws SQLException {
        copy.setUp(connection);
    }

    @Override
    public void write(Connection connection, List<BodyRow> rows) throws SQLException {
        copy.write(connection, rows);
    }

    private void encode(BodyRow row, CopyBuffer out) {
        out.uuid(row.project()).uuid(row.trace().uuid()).date(epochDay(row));
        out.int8(row.offset()).int4(row.partition()).bytea(row.block());
    }
}
