package io.millrace.query.anomaly;

import io.millrace.query.db.Database;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Anomalies, which the jobs write, and actions, which are only ever appended. */
final class AnomalyStore {
    /** Bounds what is kept of an anomaly that a program acts on again and again. */
    private static final int MOST_ACTIONS = 100;

    private static final String FROM = """
            from anomalies a, lateral (
              select coalesce(bool_or(action = 'acknowledge'), false) as acknowledged,
                     coalesce(bool_or(action = 'resolve' and at > a.onset), false) as resolved
              from anomaly_actions taken where taken.project = a.project and taken.anomaly = a.id) done
            where a.project = $1""";

    private static final String ANOMALIES = "select " + Rows.ANOMALY_COLUMNS + " " + FROM;
    private static final String ANOMALY = ANOMALIES + " and a.id = $2";
    private static final String ACTIONS = """
            select anomaly, action, verdict, note, mute_until, actor, at
            from unnest($2::uuid[]) wanted(id), lateral (
              select * from anomaly_actions taken
              where taken.project = $1 and taken.anomaly = wanted.id
              order by taken.id desc limit $3) newest
            order by anomaly, newest.id""";
    private static final String APPEND = """
            insert into anomaly_actions (id, project, anomaly, action, verdict, note, mute_until, actor)
            values ($1, $2, $3, $4, $5, $6, $7, $8)""";
    /** Whoever acts on the same anomaly waits, so that two at once are as one after the other. */
    private static final String LOCK = "select pg_advisory_xact_lock(hashtextextended($1, 0))";

    private final Database database;

    AnomalyStore(Database database) {
        this.database = database;
    }

    Future<List<Anomaly>> list(UUID project, AnomalyFilter filter) {
        ListStatement statement = ListStatement.of(ANOMALIES, project, filter);
        return database.read(
                project,
                connection -> connection
                        .preparedQuery(statement.sql())
                        .execute(Tuple.tuple(statement.arguments()))
                        .compose(rows -> withActions(connection, project, anomalies(rows))));
    }

    Future<Optional<Anomaly>> find(UUID project, UUID id) {
        return database.read(project, connection -> find(connection, project, id));
    }

    /**
     * Appends an action, unless it adds nothing.
     *
     * @param key of the new row
     * @param actor the public key of who acts
     * @return the anomaly as it then stands; nothing if there is none; fails with a {@link Problem}
     *     ({@link ProblemType#TOO_MANY}) when so much was done about it that nothing more is taken down
     */
    Future<Optional<Anomaly>> act(UUID project, UUID id, UUID key, Action action, String actor) {
        return database.write(
                project,
                connection -> connection
                        .preparedQuery(LOCK)
                        .execute(Tuple.of(id.toString()))
                        .compose(locked -> find(connection, project, id))
                        .compose(found -> found.isEmpty() || action.addsNothingTo(found.get())
                                ? Future.succeededFuture(found)
                                : append(connection, found.get(), Tuple.of(key, project, id), action, actor)
                                        .compose(appended -> find(connection, project, id))));
    }

    private static Future<?> append(
            SqlConnection connection, Anomaly anomaly, Tuple keys, Action action, String actor) {
        if (anomaly.actions().size() >= MOST_ACTIONS) {
            return Future.failedFuture(
                    Problem.of(ProblemType.TOO_MANY, "the anomaly has " + MOST_ACTIONS + " actions already"));
        }
        @Nullable Instant muteUntil = action.muteUntil();
        @Nullable OffsetDateTime until = muteUntil == null ? null : muteUntil.atOffset(ZoneOffset.UTC);
        return connection
                .preparedQuery(APPEND)
                .execute(keys.addString(action.kind().label())
                        .addString(action.verdict())
                        .addString(action.note())
                        .addOffsetDateTime(until)
                        .addString(actor));
    }

    private static Future<Optional<Anomaly>> find(SqlConnection connection, UUID project, UUID id) {
        return connection
                .preparedQuery(ANOMALY)
                .execute(Tuple.of(project, id))
                .compose(rows -> withActions(connection, project, anomalies(rows)))
                .map(anomalies -> anomalies.stream().findFirst());
    }

    private static List<Anomaly> anomalies(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(Rows::anomaly)
                .toList();
    }

    private static Future<List<Anomaly>> withActions(SqlConnection connection, UUID project, List<Anomaly> anomalies) {
        UUID[] ids = anomalies.stream().map(Anomaly::id).toArray(UUID[]::new);
        return connection
                .preparedQuery(ACTIONS)
                .execute(Tuple.of(project, ids, MOST_ACTIONS))
                .map(rows -> {
                    Map<UUID, List<Action.Taken>> taken = new HashMap<>();
                    for (Row row : rows) {
                        taken.computeIfAbsent(row.getUUID("anomaly"), absent -> new ArrayList<>())
                                .add(Rows.action(row));
                    }
                    return anomalies.stream()
                            .map(anomaly -> anomaly.with(taken.getOrDefault(anomaly.id(), List.of())))
                            .toList();
                });
    }
}
