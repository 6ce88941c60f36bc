package io.millrace.query.trace;

import io.millrace.query.db.Database;
import io.millrace.schema.id.TraceId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Traces, facts and bodies as Postgres has them. */
final class TraceStore {
    /** More spans than a trace may have before it is flushed in parts; bounds what one answer holds. */
    private static final int MAX_SPANS = 100_000;
    /** Compressed bytes of payloads in one answer. */
    private static final long MAX_BODY_BYTES = 16L << 20;
    /** Of which bodies of one trace are looked for. */
    private static final int MAX_DAYS = 100;

    private static final String SUMMARIES = "select " + Rows.TRACE_COLUMNS + " from traces t where project = $1";
    private static final String SUMMARY = "select " + Rows.TRACE_COLUMNS + ", first_received_at, last_received_at"
            + " from traces where project = $1 and trace_id = $2 order by day desc limit 1";
    private static final String FACTS =
            "select " + Rows.FACT_COLUMNS + " from facts where project = $1 and trace_id = $2 limit " + MAX_SPANS;
    private static final String BODIES = """
            select case when upto <= $4 then block end as block
            from (select block, source_partition, source_offset,
                         sum(octet_length(block)) over (order by day, source_partition, source_offset) as upto
                  from bodies
                  where project = $1 and trace_id = $2 and day = any($3)) ordered
            order by source_partition, source_offset""";

    private final Database database;

    TraceStore(Database database) {
        this.database = database;
    }

    /**
     * A trace's rows, as of one moment.
     *
     * @param blocks in the order of the log; an empty one stands for each that was too much for one answer
     */
    record Stored(Optional<TraceSummary> summary, List<Fact> facts, List<byte[]> blocks) {}

    /** A trace's own row, and between which times its messages came in. */
    private record Summary(TraceSummary trace, Instant firstReceived, Instant lastReceived) {
        static Summary of(Row row) {
            return new Summary(
                    Rows.summary(row),
                    row.getOffsetDateTime("first_received_at").toInstant(),
                    row.getOffsetDateTime("last_received_at").toInstant());
        }

        /** When it may have been spoken of first: once it had begun, but no more than a day before its first span came. */
        Instant firstHeard() {
            Instant began = Instant.ofEpochSecond(0, trace.figures().startNanos());
            Instant dayBefore = firstReceived.minus(1, ChronoUnit.DAYS);
            return began.isAfter(firstReceived) ? firstReceived : began.isBefore(dayBefore) ? dayBefore : began;
        }
    }

    Future<Stored> find(UUID project, TraceId trace) {
        return database.read(
                project,
                connection -> facts(connection, project, trace)
                        .compose(facts -> summary(connection, project, trace)
                                .compose(row -> blocks(connection, project, trace, days(facts, row))
                                        .map(blocks -> new Stored(row.map(Summary::trace), facts, blocks)))));
    }

    Future<List<TraceSummary>> list(UUID project, TraceFilter filter) {
        ListStatement statement = ListStatement.of(SUMMARIES, project, filter);
        return database.read(
                project,
                connection -> connection
                        .preparedQuery(statement.sql())
                        .execute(Tuple.tuple(statement.arguments()))
                        .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                                .map(Rows::summary)
                                .toList()));
    }

    private static Future<List<Fact>> facts(SqlConnection connection, UUID project, TraceId trace) {
        return connection
                .preparedQuery(FACTS)
                .execute(Tuple.of(project, trace.uuid()))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(Rows::fact)
                        .toList());
    }

    private static Future<Optional<Summary>> summary(SqlConnection connection, UUID project, TraceId trace) {
        return connection
                .preparedQuery(SUMMARY)
                .execute(Tuple.of(project, trace.uuid()))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(Summary::of)
                        .findFirst());
    }

    private static Future<List<byte[]>> blocks(
            SqlConnection connection, UUID project, TraceId trace, LocalDate[] days) {
        return connection
                .preparedQuery(BODIES)
                .execute(Tuple.of(project, trace.uuid(), days, BigDecimal.valueOf(MAX_BODY_BYTES)))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(TraceStore::block)
                        .toList());
    }

    /**
     * A row has the time of its span's first message only: others, and what is said of the trace, may lie in between. A note
     * may have come before the first span did, on the day before if midnight was between them.
     */
    private static LocalDate[] days(List<Fact> facts, Optional<Summary> row) {
        Stream<LocalDate> received = facts.stream().map(fact -> day(fact.receivedAt()));
        Stream<LocalDate> between = row.stream()
                .flatMap(own -> day(own.firstHeard())
                        .datesUntil(day(own.lastReceived()).plusDays(1))
                        .limit(MAX_DAYS));
        return Stream.concat(received, between).distinct().toArray(LocalDate[]::new);
    }

    private static LocalDate day(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }

    private static byte[] block(Row row) {
        @Nullable Buffer block = row.getBuffer("block");
        return block == null ? new byte[0] : block.getBytes();
    }
}
