package io.millrace.query.project;

import io.millrace.query.db.Database;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Limits of projects of any tenant, each change with its entry for the control topic in one transaction. */
final class LimitStore {
    private final Database database;

    LimitStore(Database database) {
        this.database = database;
    }

    /**
     * A project's limits.
     *
     * @param spans sent this month, as the edges know it; empty without a quota, or before it was counted
     */
    record Known(Limits limits, Optional<Long> spans) {}

    /** Nothing when there is no such project. */
    Future<Optional<Known>> find(UUID project, YearMonth month) {
        return database.asNobody(client -> client.preparedQuery("select limits, spans from limits_of($1, $2)")
                .execute(Tuple.of(project, Usage.number(month)))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(known(rows.iterator().next()))));
    }

    private static Known known(Row row) {
        Limits limits =
                Optional.ofNullable(row.getString("limits")).map(Limits::parse).orElse(Limits.NONE);
        return new Known(limits, Optional.ofNullable(row.getLong("spans")));
    }

    /** Replaces a project's limits; false when there is no such project. */
    Future<Boolean> replace(UUID project, Limits limits) {
        Tuple arguments = Tuple.tuple()
                .addUUID(project)
                .addString(new String(limits.json(), StandardCharsets.UTF_8))
                .addLong(limits.spansPerMonth().orElse(null))
                .addBuffer(Buffer.buffer(limits.controlValue(project)));
        return database.asNobody(client -> client.preparedQuery("select set_limits($1, $2, $3, $4) as found")
                .execute(arguments)
                .map(rows -> rows.iterator().next().getBoolean("found")));
    }

    /** What each project with a quota has sent in a month, by the ledger. */
    Future<List<Usage>> count(YearMonth month) {
        return database.asNobody(client -> client.preparedQuery("select project, spans from quota_spans($1, $2)")
                .execute(Tuple.of(begin(month), begin(month.plusMonths(1))))
                .map(rows -> {
                    List<Usage> usages = new ArrayList<>();
                    rows.forEach(row -> usages.add(new Usage(row.getUUID("project"), month, row.getLong("spans"))));
                    return usages;
                }));
    }

    private static OffsetDateTime begin(YearMonth month) {
        return month.atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC);
    }

    /** Says it on the control topic; false when that was said already. */
    Future<Boolean> say(Usage usage) {
        Tuple arguments = Tuple.of(
                usage.project(), Usage.number(usage.month()), usage.spans(), Buffer.buffer(usage.controlValue()));
        return database.asNobody(client -> client.preparedQuery("select say_usage($1, $2, $3, $4) as said")
                .execute(arguments)
                .map(rows -> rows.iterator().next().getBoolean("said")));
    }
}
