package io.millrace.query.masking;

import io.millrace.query.db.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** Masking rules of projects of any tenant, each change with its entry for the control topic in one transaction. */
final class MaskingStore {
    private final Database database;

    MaskingStore(Database database) {
        this.database = database;
    }

    /** A project's rules; nothing when there is no such project. */
    Future<Optional<Masking>> find(UUID project) {
        return database.asNobody(client -> client.preparedQuery("select rules from masking_of($1)")
                .execute(Tuple.of(project))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.ofNullable(rows.iterator().next().getString("rules"))
                                .map(Masking::parse)
                                .or(() -> Optional.of(Masking.none()))));
    }

    /** Replaces a project's rules; false when there is no such project. */
    Future<Boolean> replace(UUID project, Masking masking) {
        return database.asNobody(client -> client.preparedQuery("select set_masking($1, $2, $3) as found")
                .execute(Tuple.of(
                        project,
                        new String(masking.json(), StandardCharsets.UTF_8),
                        Buffer.buffer(masking.controlValue(project))))
                .map(rows -> rows.iterator().next().getBoolean("found")));
    }
}
