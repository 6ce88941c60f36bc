package io.millrace.query.project;

import io.millrace.query.db.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import java.util.UUID;

/** Projects, each change with its entry for the control topic in one transaction. */
final class ProjectStore {
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
}
