package io.millrace.jobs.store;

import io.millrace.jobs.detection.Anomaly;
import io.millrace.jobs.detection.Finding;
import io.millrace.jobs.detection.Judgement;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** Anomalies. The newer (epoch, revision) stays. */
final class AnomalyTable implements Table<Anomaly> {
    private static final String COLUMNS = """
            project, id, incident, epoch, revision, cube, dims, measure, kind, state, severity, observed, expected, \
            lower_bound, upper_bound, score, onset, first_seen, last_seen, ended, cause_cube, cause_dims, sentence""";

    private static final String KEY = "project, id";
    private static final String ON_CONFLICT = "(" + KEY + ") do update set " + Staging.assignments(COLUMNS, KEY)
            + " where (excluded.epoch, excluded.revision) > (anomalies.epoch, anomalies.revision)";
    private static final int USUAL_BYTES = 512;

    private final Staging staging = new Staging("anomalies", COLUMNS, ON_CONFLICT);

    private record Key(UUID project, UUID id) {}

    @Override
    public String name() {
        return "anomalies";
    }

    @Override
    public Object key(Anomaly row) {
        return new Key(row.finding().series().project(), row.id());
    }

    @Override
    public Anomaly newer(Anomaly first, Anomaly second) {
        return RowOrder.isNewer(second.epoch(), second.revision(), first.epoch(), first.revision()) ? second : first;
    }

    @Override
    public int compare(Anomaly row, Anomaly other) {
        int byProject = RowOrder.compare(
                row.finding().series().project(), other.finding().series().project());
        return byProject != 0 ? byProject : RowOrder.compare(row.id(), other.id());
    }

    @Override
    public int bytes(Anomaly row) {
        return USUAL_BYTES;
    }

    @Override
    public long epochDay(Anomaly row) {
        return Math.floorDiv(row.finding().lastSeen(), 86_400_000L);
    }

    @Override
    public void setUp(Connection connection) throws SQLException {
        staging.setUp(connection);
    }

    @Override
    public void write(Connection connection, List<Anomaly> rows) throws SQLException {
        staging.write(connection, rows, AnomalyTable::encode);
    }

    private static void encode(Anomaly row, CopyBuffer out) {
        Finding finding = row.finding();
        Judgement worst = finding.worst();
        out.uuid(finding.series().project()).uuid(row.id()).uuid(row.incident());
        out.int4(row.epoch()).int8(row.revision());
        out.int2(finding.series().cube().code()).texts(finding.series().dims());
        out.int2(worst.measure().code()).int2(worst.kind().code());
        out.int2(finding.state().code()).int2(row.severity().code());
        out.float8(worst.observed()).float8(worst.expected());
        out.float8(worst.lower()).float8(worst.upper()).float8(worst.score());
        out.timeOfMillis(finding.onset()).timeOfMillis(finding.firstSeen()).timeOfMillis(finding.lastSeen());
        if (finding.ended() == 0) {
            out.none();
        } else {
            out.timeOfMillis(finding.ended());
        }
        out.int2(row.cause().cube().code()).texts(row.cause().dims());
        out.text(row.sentence());
    }
}
