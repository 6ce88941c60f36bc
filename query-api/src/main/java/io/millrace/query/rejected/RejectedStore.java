package io.millrace.query.rejected;

import io.millrace.query.db.Database;
import io.millrace.query.http.Cursor;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Rejected records as the jobs write them. */
final class RejectedStore {
    private static final String COLUMNS = """
            id, project, received_at, source_partition, source_offset, reason, items, size, sha256, replayed_at, \
            recovered""";

    private static final String OF_PROJECT = "select " + COLUMNS + """
             from rejected
            where project = $1 and received_at >= $2 and received_at < $3
              and ($4::timestamptz is null or (received_at, id) < ($4, $5::uuid))
            order by received_at desc, id desc limit $6""";

    private static final String OF_NOBODY = "select " + COLUMNS + " from rejected_without_project($1, $2, $3, $4, $5)";
    private static final String ONE = "select " + COLUMNS + " from rejected where project = $1 and id = $2";

    private final Database database;

    RejectedStore(Database database) {
        this.database = database;
    }

    /** Newest first; one more than asked for tells whether there is a next page. */
    Future<List<Rejected>> list(UUID project, RejectedFilter filter) {
        @Nullable
        OffsetDateTime at = filter.after()
                .map(cursor -> utc(Instant.ofEpochMilli(cursor.at())))
                .orElse(null);
        @Nullable UUID id = filter.after().map(Cursor::id).orElse(null);
        Tuple page = Tuple.of(utc(filter.range().from()), utc(filter.range().to()), at, id, filter.limit() + 1);
        if (filter.withoutProject()) {
            return database.asNobody(
                    client -> client.preparedQuery(OF_NOBODY).execute(page).map(RejectedStore::all));
        }
        Tuple arguments = Tuple.of(project);
        for (int i = 0; i < page.size(); i++) {
            arguments.addValue(page.getValue(i));
        }
        return database.read(
                project,
                connection ->
                        connection.preparedQuery(OF_PROJECT).execute(arguments).map(RejectedStore::all));
    }

    Future<Optional<Rejected>> find(UUID project, UUID id) {
        return database.read(
                project,
                connection -> connection
                        .preparedQuery(ONE)
                        .execute(Tuple.of(project, id))
                        .map(rows -> all(rows).stream().findFirst()));
    }

    private static List<Rejected> all(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(RejectedStore::rejected)
                .toList();
    }

    private static Rejected rejected(Row row) {
        @Nullable OffsetDateTime replayed = row.getOffsetDateTime("replayed_at");
        Buffer sha256 = row.getBuffer("sha256");
        return new Rejected(
                row.getUUID("id"),
                row.getUUID("project"),
                row.getOffsetDateTime("received_at").toInstant(),
                new Rejected.Position(row.getInteger("source_partition"), row.getLong("source_offset")),
                row.getString("reason"),
                row.getLong("items"),
                row.getLong("size"),
                sha256.getBytes(),
                replayed == null ? null : replayed.toInstant(),
                row.getBoolean("recovered"));
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
