package io.millrace.query.anomaly;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows as what they mean. */
final class Rows {
    static final String ANOMALY_COLUMNS = """
            a.id, a.incident, a.state, a.kind, a.severity, a.measure, a.cube, a.dims, a.observed, a.expected, \
            a.lower_bound, a.upper_bound, a.score, a.onset, a.first_seen, a.last_seen, a.ended, a.cause_cube, \
            a.cause_dims, a.sentence, done.acknowledged, done.resolved""";

    private Rows() {}

    /** Without its actions. */
    static Anomaly anomaly(Row row) {
        return new Anomaly(
                row.getUUID("id"),
                row.getUUID("incident"),
                ShownState.of(row.getInteger("state"), row.getBoolean("acknowledged"), row.getBoolean("resolved")),
                AnomalyKind.of(row.getInteger("kind")),
                Severity.of(row.getInteger("severity")),
                WatchedMeasure.of(row.getInteger("measure")),
                WatchedSeries.of(row.getInteger("cube"), texts(row, "dims")),
                judgement(row),
                life(row),
                WatchedSeries.of(row.getInteger("cause_cube"), texts(row, "cause_dims")),
                row.getString("sentence"),
                List.of());
    }

    private static Anomaly.Judgement judgement(Row row) {
        return new Anomaly.Judgement(
                row.getDouble("observed"),
                row.getDouble("expected"),
                row.getDouble("lower_bound"),
                row.getDouble("upper_bound"),
                row.getDouble("score"));
    }

    private static Anomaly.Life life(Row row) {
        @Nullable OffsetDateTime ended = row.getOffsetDateTime("ended");
        return new Anomaly.Life(
                instant(row, "onset"),
                instant(row, "first_seen"),
                instant(row, "last_seen"),
                ended == null ? null : ended.toInstant());
    }

    static Action.Taken action(Row row) {
        @Nullable OffsetDateTime muteUntil = row.getOffsetDateTime("mute_until");
        Action action = new Action(
                Action.kindOf(row.getString("action")),
                row.getString("verdict"),
                row.getString("note"),
                muteUntil == null ? null : muteUntil.toInstant());
        return new Action.Taken(action, row.getString("actor"), instant(row, "at"));
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static List<String> texts(Row row, String column) {
        return Arrays.asList(row.getArrayOfStrings(column));
    }
}
