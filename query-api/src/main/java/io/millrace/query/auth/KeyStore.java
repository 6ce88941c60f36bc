package io.millrace.query.auth;

import io.millrace.query.db.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Keys and projects as Postgres has them. */
public final class KeyStore implements Keys {
    private final Database database;

    public KeyStore(Database database) {
        this.database = database;
    }

    @Override
    public Future<Optional<Principal>> byHash(byte[] secretSha256) {
        return database.asNobody(client -> client.preparedQuery(
                                "select key_id, project, public_key, scopes from authenticate($1)")
                        .execute(Tuple.of(Buffer.buffer(secretSha256))))
                .map(KeyStore::first);
    }

    Future<Boolean> projectExists(UUID project) {
        return database.asNobody(client -> client.preparedQuery("select project_exists($1) as found")
                        .execute(Tuple.of(project)))
                .map(rows -> rows.iterator().next().getBoolean("found"));
    }

    private static Optional<Principal> first(RowSet<Row> rows) {
        return rows.size() == 0
                ? Optional.empty()
                : Optional.of(principal(rows.iterator().next()));
    }

    private static Principal principal(Row row) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        Arrays.stream(row.getArrayOfStrings("scopes"))
                .forEach(label -> Scope.of(label).ifPresent(scopes::add));
        return new Principal(row.getUUID("key_id"), row.getUUID("project"), row.getString("public_key"), scopes);
    }
}
