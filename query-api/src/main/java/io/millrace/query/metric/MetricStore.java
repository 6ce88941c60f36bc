package io.millrace.query.metric;

import io.millrace.query.db.Database;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.schema.usage.UsageBucket;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.Revision;
import io.millrace.schema.window.WindowValue;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Windows as Postgres has them. */
final class MetricStore {
    private static final int BATCH = 500;

    /** Bounds the work of one answer. */
    private static final int MAX_ROWS = 1_000_000;

    private static final String STREAM_TIME = "select min(stream_time) as until from ledger_progress";
    private static final String STALE = """
            select seconds, window_start from stale_windows
            where project = $1 and cube = $2 and seconds <= $3 and window_start >= $4 and window_start < $5""";
    private static final String COUNTS = Arrays.stream(UsageBucket.values())
            .map(UsageBucket::label)
            .collect(Collectors.joining(
                    ", ",
                    "window_start, dims, generation, epoch, revision, spans, errors, requests,"
                            + " request_errors, traces, counted, unpriced, cost_pico_usd, ",
                    ""));

    private final Database database;

    MetricStore(Database database) {
        this.database = database;
    }

    /** The windows of a source in one snapshot. */
    interface Snapshot {
        /** Until when the stream has stored all that it closed; nothing before its first checkpoint. */
        Future<Optional<Instant>> streamTime();

        /** The windows that wait to be computed and start in a range. */
        Future<List<Cover.Stale>> stale(Grain longest, long from, long to);

        /** Hands each value of these windows to {@code out}. */
        Future<Void> windows(Cover.Segment segment, Set<Measure.Part> parts, Consumer<SeriesValue> out);
    }

    <T> Future<T> read(UUID project, Source source, Function<Snapshot, Future<T>> work) {
        return database.read(project, connection -> work.apply(new PgSnapshot(connection, project, source)));
    }

    private record PgSnapshot(SqlConnection connection, UUID project, Source source) implements Snapshot {
        @Override
        public Future<Optional<Instant>> streamTime() {
            return connection.query(STREAM_TIME).execute().map(MetricStore::until);
        }

        @Override
        public Future<List<Cover.Stale>> stale(Grain longest, long from, long to) {
            return connection
                    .preparedQuery(STALE)
                    .execute(Tuple.of(
                            project,
                            (short) source.cube().code(),
                            longest.seconds(),
                            time(longest.floor(from)),
                            time(to)))
                    .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                            .map(row -> new Cover.Stale(row.getInteger("seconds"), second(row)))
                            .toList());
        }

        @Override
        public Future<Void> windows(Cover.Segment segment, Set<Measure.Part> parts, Consumer<SeriesValue> out) {
            String sql = "select " + columns(parts) + " from " + segment.grain().table()
                    + " where project = $1 and cube = $2 and window_start >= $3 and window_start < $4";
            Tuple arguments = Tuple.of(project, (short) source.cube().code(), time(segment.from()), time(segment.to()));
            return connection
                    .prepare(sql)
                    .compose(statement ->
                            drain(statement.cursor(arguments), out, 0).eventually(() -> statement.close()));
        }
    }

    /** Sketches are most of a row: only those that are asked for are fetched. */
    private static String columns(Set<Measure.Part> parts) {
        return COUNTS
                + (parts.contains(Measure.Part.LATENCY) ? ", latency" : "")
                + (parts.contains(Measure.Part.FIRST_TOKEN) ? ", time_to_first_token" : "");
    }

    private static Future<Void> drain(Cursor cursor, Consumer<SeriesValue> out, int before) {
        return cursor.read(BATCH).compose(rows -> {
            int read = before + rows.size();
            if (read > MAX_ROWS) {
                return Future.failedFuture(Problem.of(
                        ProblemType.UNSERVABLE, "more than " + MAX_ROWS + " windows to sum; ask for a shorter range"));
            }
            rows.forEach(row -> out.accept(series(row)));
            return cursor.hasMore() ? drain(cursor, out, read) : cursor.close();
        });
    }

    private static Optional<Instant> until(RowSet<Row> rows) {
        return Optional.ofNullable(rows.iterator().next().getOffsetDateTime("until"))
                .map(OffsetDateTime::toInstant);
    }

    private static SeriesValue series(Row row) {
        WindowValue.Builder value = WindowValue.builder()
                .spans(row.getLong("spans"))
                .errors(row.getLong("errors"))
                .requests(row.getLong("requests"))
                .requestErrors(row.getLong("request_errors"))
                .traces(row.getLong("traces"))
                .counted(row.getLong("counted"))
                .unpriced(row.getLong("unpriced"))
                .costPico(cost(row));
        for (UsageBucket bucket : UsageBucket.values()) {
            value.tokens(bucket, row.getLong(bucket.label()));
        }
        value.latency(sketch(row, "latency")).timeToFirstToken(sketch(row, "time_to_first_token"));
        Revision revision =
                new Revision(row.getInteger("generation"), row.getInteger("epoch"), row.getLong("revision"));
        return new SeriesValue(second(row), List.of(row.getArrayOfStrings("dims")), revision, value.build());
    }

    private static BigInteger cost(Row row) {
        BigDecimal cost = row.getBigDecimal("cost_pico_usd");
        return cost.toBigInteger();
    }

    private static byte[] sketch(Row row, String column) {
        int index = row.getColumnIndex(column);
        @Nullable Buffer bytes = index < 0 ? null : row.getBuffer(index);
        return bytes == null ? new byte[0] : bytes.getBytes();
    }

    private static long second(Row row) {
        return row.getOffsetDateTime("window_start").toEpochSecond();
    }

    private static OffsetDateTime time(long second) {
        return Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC);
    }
}
