package io.millrace.query.project;

import io.millrace.query.db.Database;
import io.millrace.query.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Projects and keys, each change with its entry for the control topic in one transaction. */
final class ProjectStore {
    private static final String FOREIGN_KEY = "23503";

    private final Database database;

    ProjectStore(Database database) {
        this.database = database;
    }

    Future<Void> create(Project project) {
        return database.asNobody(client -> client.preparedQuery("select create_project($1, $2, $3, $4)")
                .execute(Tuple.of(
                        project.id(), project.name(), project.retentionDays(), Buffer.buffer(project.controlValue())))
                .mapEmpty());
    }

    /** A project of any tenant. */
    Future<Optional<Project>> find(UUID id) {
        return database.asNobody(client -> client.preparedQuery("select name, retention_days from project_settings($1)")
                .execute(Tuple.of(id))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(rows.iterator().next())
                                .map(row -> new Project(id, row.getString("name"), row.getInteger("retention_days")))));
    }

    /** Changes how long a project that is there keeps its facts. */
    Future<Project> changeRetention(Project changed) {
        return database.asNobody(client -> client.preparedQuery("select change_retention($1, $2, $3)")
                .execute(Tuple.of(changed.id(), changed.retentionDays(), Buffer.buffer(changed.controlValue())))
                .map(changed));
    }

    Future<Void> create(NewKey key) {
        Tuple arguments = Tuple.tuple()
                .addUUID(key.id())
                .addUUID(key.project())
                .addString(key.name())
                .addString(key.publicKey())
                .addBuffer(Buffer.buffer(key.secretSha256()))
                .addArrayOfString(key.scopeLabels().toArray(String[]::new))
                .addOffsetDateTime(
                        key.expiresAt().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null))
                .addBuffer(Buffer.buffer(key.controlValue()));
        return database.<Void>asNobody(
                        client -> client.preparedQuery("select create_api_key($1, $2, $3, $4, $5, $6, $7, $8)")
                                .execute(arguments)
                                .mapEmpty())
                .recover(failure -> Future.failedFuture(
                        isMissingProject(failure) ? Problem.field("project_id", "there is no such project") : failure));
    }

    /** Whether there was such a key. */
    Future<Boolean> revoke(UUID key) {
        return database.asNobody(client -> client.preparedQuery("select revoke_api_key($1) as revoked")
                .execute(Tuple.of(key))
                .map(rows -> rows.iterator().next().getBoolean("revoked")));
    }

    private static boolean isMissingProject(@Nullable Throwable failure) {
        return failure instanceof PgException pg && FOREIGN_KEY.equals(pg.getSqlState());
    }
}
