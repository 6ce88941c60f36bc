package io.millrace.jobs.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** Records that could not be understood. The newer (epoch, revision) stays. */
final class RejectedTable implements Table<RejectedRow> {
    private static final String COLUMNS = """
            id, project, received_at, source_offset, source_partition, epoch, revision, items, size, sha256, reason, \
            replayed_at, recovered""";

    private static final String KEY = "id";
    private static final String ON_CONFLICT = "(" + KEY + ") do update set " + Staging.assignments(COLUMNS, KEY)
            + " where (excluded.epoch, excluded.revision) > (rejected.epoch, rejected.revision)";
    private static final int USUAL_BYTES = 192;

    private final Staging staging = new Staging("rejected", COLUMNS, ON_CONFLICT);

    @Override
    public String name() {
        return "rejected";
    }

    @Override
    public Object key(RejectedRow row) {
        return row.rejection().id();
    }

    @Override
    public RejectedRow newer(RejectedRow first, RejectedRow second) {
        return RowOrder.isNewer(second.epoch(), second.revision(), first.epoch(), first.revision()) ? second : first;
    }

    @Override
    public int compare(RejectedRow row, RejectedRow other) {
        return RowOrder.compare(row.rejection().id(), other.rejection().id());
    }

    @Override
    public int bytes(RejectedRow row) {
        return USUAL_BYTES;
    }

    @Override
    public boolean hasDays() {
        return false;
    }

    @Override
    public long epochDay(RejectedRow row) {
        return Math.floorDiv(row.rejection().receivedAtMillis(), 86_400_000L);
    }

    @Override
    public void setUp(Connection connection) throws SQLException {
        staging.setUp(connection);
    }

    @Override
    public void write(Connection connection, List<RejectedRow> rows) throws SQLException {
        staging.write(connection, rows, RejectedTable::encode);
    }

    private static void encode(RejectedRow row, CopyBuffer out) {
        Rejection rejection = row.rejection();
        UUID project = rejection.project();
        out.uuid(rejection.id());
        if (project == null) {
            out.none();
        } else {
            out.uuid(project);
        }
        out.timeOfMillis(rejection.receivedAtMillis());
        out.int8(rejection.offset()).int4(rejection.partition());
        out.int4(row.epoch()).int8(row.revision());
        out.int8(rejection.items()).int8(rejection.bytes()).bytea(rejection.sha256());
        out.text(rejection.reason());
        if (rejection.isNew()) {
            out.none();
        } else {
            out.timeOfMillis(rejection.replayedAtMillis());
        }
        out.bool(rejection.recovered());
    }
}
