package io.millrace.query.ledger;

import io.millrace.query.db.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Counters, progress and rows as Postgres has them. */
final class LedgerStore {
    private static final String COUNTERS = """
            select coalesce(sum(accepted), 0)::bigint as accepted, coalesce(sum(duplicate), 0)::bigint as duplicate,
                   coalesce(sum(merged), 0)::bigint as merged, coalesce(sum(waiting), 0)::bigint as waiting
            from ledger where project = $1 and minute >= $2 and minute < $3""";
    /** A reason of which nothing is left (what was quarantined has been understood since) is none. */
    private static final String REASONS = """
            select what, reason, sum(n)::bigint as n
            from (select 'refused' as what, r.key as reason, r.value::bigint as n
                  from ledger, jsonb_each_text(refused) r where project = $1 and minute >= $2 and minute < $3
                  union all
                  select 'ignored', r.key, r.value::bigint
                  from ledger, jsonb_each_text(ignored) r where project = $1 and minute >= $2 and minute < $3
                  union all
                  select 'quarantined', r.key, r.value::bigint
                  from ledger, jsonb_each_text(quarantined) r where project = $1 and minute >= $2 and minute < $3) counts
            group by what, reason having sum(n) <> 0""";

    private static final String PROGRESS = "select partition, next_offset from ledger_progress";
    /** A row that its first message had to wait for is there before the counters know that it waits no longer. */
    private static final String STORED = """
            select count(*) as stored
            from facts f join ledger_progress p on p.partition = f.source_partition
            where f.project = $1 and f.received_at >= $2 and f.received_at < $3 and f.source_offset < p.next_offset
              and (f.placed_after is null or f.placed_after < p.checkpoint)""";

    private static final String EXPIRED = """
            select coalesce(sum(spans), 0)::bigint as expired
            from ledger_expired where project = $1 and minute >= $2 and minute < $3""";

    private final Database database;

    LedgerStore(Database database) {
        this.database = database;
    }

    /**
     * All that Postgres knows at one moment.
     *
     * @param expired rows that were counted and deleted since
     * @param nextOffsets up to where the counters account for the log, by partition
     */
    record Cut(Balance.Counted counted, long rows, long expired, Map<Integer, Long> nextOffsets) {}

    /**
     * @param from a whole minute, inclusive
     * @param to a whole minute, exclusive
     */
    Future<Cut> cut(UUID project, Instant from, Instant to) {
        Tuple range = Tuple.of(project, utc(from), utc(to));
        return database.read(
                project,
                connection -> counted(connection, range)
                        .compose(counted -> count(connection, STORED, range)
                                .compose(rows -> count(connection, EXPIRED, range)
                                        .compose(expired -> progress(connection)
                                                .map(next -> new Cut(counted, rows, expired, next))))));
    }

    private static Future<Balance.Counted> counted(SqlConnection connection, Tuple range) {
        return connection
                .preparedQuery(COUNTERS)
                .execute(range)
                .compose(counters -> connection
                        .preparedQuery(REASONS)
                        .execute(range)
                        .map(reasons -> counted(counters.iterator().next(), byKind(reasons))));
    }

    private static Balance.Counted counted(Row counters, Map<String, Map<String, Long>> reasons) {
        LogCounts log = new LogCounts(
                counters.getLong("accepted"),
                reasons.getOrDefault("refused", Map.of()),
                reasons.getOrDefault("ignored", Map.of()));
        return new Balance.Counted(
                log,
                counters.getLong("merged"),
                counters.getLong("duplicate"),
                counters.getLong("waiting"),
                reasons.getOrDefault("quarantined", Map.of()));
    }

    private static Map<String, Map<String, Long>> byKind(RowSet<Row> rows) {
        Map<String, Map<String, Long>> kinds = new HashMap<>();
        rows.forEach(row -> kinds.computeIfAbsent(row.getString("what"), absent -> new TreeMap<>())
                .put(row.getString("reason"), row.getLong("n")));
        return kinds;
    }

    private static Future<Long> count(SqlConnection connection, String sql, Tuple range) {
        return connection
                .preparedQuery(sql)
                .execute(range)
                .map(rows -> rows.iterator().next().getLong(0));
    }

    private static Future<Map<Integer, Long>> progress(SqlConnection connection) {
        return connection.query(PROGRESS).execute().map(rows -> {
            Map<Integer, Long> offsets = new HashMap<>();
            rows.forEach(row -> offsets.put(row.getInteger("partition"), row.getLong("next_offset")));
            return offsets;
        });
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
