package io.millrace.query.project;

import io.millrace.query.db.Database;
import io.millrace.query.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Keys, each change with its entry for the control topic in one transaction. */
final class ApiKeyStore {
    private static final String LIST = """
            select id, project, name, public_key, scopes, created_at, expires_at, last_used_at, limits::text as limits
            from api_keys
            where project = $1 and revoked_at is null and ($2::uuid is null or id < $2)
            order by id desc limit $3""";

    private static final String FIND = """
            select id, project, name, public_key, scopes, created_at, expires_at, last_used_at, limits::text as limits, secret_sha256
            from find_api_key($1)""";
    private static final String FOREIGN_KEY = "23503";

    private final Database database;

    ApiKeyStore(Database database) {
        this.database = database;
    }

    /**
     * Keys of a project that were not deleted, newest first.
     *
     * @param before the last one of the page before
     */
    Future<List<ListedKey>> list(UUID project, Optional<UUID> before, int most) {
        Tuple arguments =
                Tuple.tuple().addUUID(project).addUUID(before.orElse(null)).addInteger(most);
        return database.read(
                project,
                connection -> connection.preparedQuery(LIST).execute(arguments).map(rows -> {
                    List<ListedKey> keys = new ArrayList<>();
                    rows.forEach(row -> keys.add(key(row)));
                    return keys;
                }));
    }

    private static ListedKey key(Row row) {
        String limits = row.getString("limits");
        return new ListedKey(
                row.getUUID("id"),
                row.getUUID("project"),
                row.getString("name"),
                row.getString("public_key"),
                List.of(row.getArrayOfStrings("scopes")),
                row.getOffsetDateTime("created_at").toInstant(),
                instant(row.getOffsetDateTime("expires_at")),
                instant(row.getOffsetDateTime("last_used_at")),
                limits == null ? Rates.NONE : Limits.parse(limits).rates());
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
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
                .addBuffer(Buffer.buffer(key.controlValue()))
                .addString(limits(key.rates()));
        return database.<Void>asNobody(
                        client -> client.preparedQuery("select create_api_key($1, $2, $3, $4, $5, $6, $7, $8, $9)")
                                .execute(arguments)
                                .mapEmpty())
                .recover(failure -> Future.failedFuture(
                        isMissingProject(failure) ? Problem.field("project_id", "there is no such project") : failure));
    }

    private static @Nullable String limits(Rates rates) {
        return rates.equals(Rates.NONE) ? null : new String(rates.json(), StandardCharsets.UTF_8);
    }

    /** Replaces the limits of a key, of which nothing else ever changes; nothing when there is no such key. */
    Future<Optional<ListedKey>> change(UUID key, Rates rates) {
        return database.asNobody(client -> client.preparedQuery(FIND).execute(Tuple.of(key)))
                .compose(rows -> rows.size() == 0
                        ? Future.succeededFuture(Optional.empty())
                        : change(rows.iterator().next(), rates));
    }

    private Future<Optional<ListedKey>> change(Row row, Rates rates) {
        ListedKey changed = key(row).with(rates);
        byte[] value = changed.controlValue(row.getBuffer("secret_sha256").getBytes());
        Tuple arguments =
                Tuple.tuple().addUUID(changed.id()).addString(limits(rates)).addBuffer(Buffer.buffer(value));
        return database.asNobody(client -> client.preparedQuery("select change_key_limits($1, $2, $3) as changed")
                .execute(arguments)
                .map(rows -> rows.iterator().next().getBoolean("changed") ? Optional.of(changed) : Optional.empty()));
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

    /** Keeps when keys were used, unless something newer is known. */
    Future<Void> used(Map<UUID, Instant> uses) {
        if (uses.isEmpty()) {
            return Future.succeededFuture();
        }
        UUID[] keys = uses.keySet().toArray(UUID[]::new);
        OffsetDateTime[] times = new OffsetDateTime[keys.length];
        for (int i = 0; i < keys.length; i++) {
            times[i] = uses.getOrDefault(keys[i], Instant.EPOCH).atOffset(ZoneOffset.UTC);
        }
        return database.asNobody(client -> client.preparedQuery("select keys_used($1, $2)")
                .execute(Tuple.tuple().addArrayOfUUID(keys).addArrayOfOffsetDateTime(times))
                .mapEmpty());
    }
}
