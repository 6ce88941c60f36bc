package io.millrace.query.webhook;

import io.millrace.query.db.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Sources of projects of any tenant, each change with its entry for the control topic in one transaction. */
final class WebhookStore {
    /** The most sources of a project. */
    static final int MOST = 100;

    private final Database database;

    /** What became of a change. */
    enum Outcome {
        DONE,
        NO_PROJECT,
        /** The project has as many as there may be. */
        FULL,
        /** Somebody else changed the source since it was read. */
        CHANGED
    }

    WebhookStore(Database database) {
        this.database = database;
    }

    /** A project's sources by name; nothing when there is no such project. */
    Future<Optional<List<Source>>> list(UUID project) {
        return database.asNobody(client -> client.preparedQuery(
                        "select id, name, settings, secrets, revision from webhooks_of($1)")
                .execute(Tuple.of(project))
                .map(rows -> {
                    List<Source> sources = new ArrayList<>();
                    for (Row row : rows) {
                        if (row.getString("id") != null) {
                            sources.add(source(row));
                        }
                    }
                    return rows.size() == 0 ? Optional.empty() : Optional.of(sources);
                }));
    }

    private static Source source(Row row) {
        return Source.parse(
                row.getString("id"),
                row.getString("name"),
                row.getString("settings"),
                row.getString("secrets"),
                row.getInteger("revision"));
    }

    /** Makes a source, or replaces it as it was read. */
    Future<Outcome> put(UUID project, Source source) {
        Tuple arguments = Tuple.of(
                project,
                source.id(),
                source.name(),
                new String(source.settingsJson(), StandardCharsets.UTF_8),
                new String(source.secretsJson(), StandardCharsets.UTF_8),
                source.revision(),
                MOST,
                Buffer.buffer(source.controlValue(project)));
        return database.asNobody(client -> client.preparedQuery(
                        "select put_webhook($1, $2, $3, $4, $5, $6, $7, $8) as outcome")
                .execute(arguments)
                .map(rows -> Outcome.valueOf(
                        rows.iterator().next().getString("outcome").toUpperCase(Locale.ROOT))));
    }

    /** Whether there was such a source. */
    Future<Boolean> delete(UUID project, String name) {
        return database.asNobody(client -> client.preparedQuery("select delete_webhook($1, $2) as deleted")
                .execute(Tuple.of(project, name))
                .map(rows -> rows.iterator().next().getBoolean("deleted")));
    }
}
