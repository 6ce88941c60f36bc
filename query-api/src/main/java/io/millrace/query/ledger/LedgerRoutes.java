package io.millrace.query.ledger;

import io.millrace.query.auth.Access;
import io.millrace.query.auth.Scope;
import io.millrace.query.db.Database;
import io.millrace.query.http.Json;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.Replies;
import io.millrace.query.http.TimeRange;
import io.millrace.query.http.Times;
import io.millrace.query.live.Question;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;

/** {@code /v1/ledger}: what became of every message of a range of received time. */
public final class LedgerRoutes {
    private static final Set<String> PARAMETERS = Set.of("from", "to", Parameters.PROJECT);
    private static final Duration DEFAULT_RANGE = Duration.ofDays(1);
    /** Counters of whole days are deleted later than that. */
    private static final int KEPT_DAYS = 400;
    /** What is followed: the cost of asking grows with it. */
    private static final Duration FOLLOWED = Duration.ofMinutes(15);

    private static final long MOST_WAITING_SECONDS = 15;

    private final LedgerStore store;
    private final Access access;
    private final Clock clock;
    private final LogReader log;
    private final WorkerExecutor reader;

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    public LedgerRoutes(
            Vertx vertx,
            Database database,
            Access access,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Clock clock,
            LongSupplier nanoTime) {
        this.store = new LedgerStore(database);
        this.access = access;
        this.clock = clock;
        this.log = new LogReader(consumers, nanoTime);
        this.reader = vertx.createSharedWorkerExecutor("millrace-ledger-" + UUID.randomUUID(), 1);
    }

    public void mount(Router router) {
        router.get("/v1/ledger").handler(access.requiring(Scope.READ)).handler(this::answer);
    }

    public Future<Void> close() {
        return reader.executeBlocking(() -> {
                    log.close();
                    return null;
                })
                .eventually(reader::close)
                .mapEmpty();
    }

    private void answer(RoutingContext context) {
        TimeRange range = range(Parameters.of(Replies.query(context), PARAMETERS, Set.of()));
        balance(Access.projectOf(context), range)
                .onSuccess(balance -> Replies.json(context, 200, json(balance, range)))
                .onFailure(context::fail);
    }

    private static byte[] json(Balance balance, TimeRange range) {
        return Json.write(out -> {
            out.writeStartObject();
            balance.write(out);
            out.writeStringField("from", Times.format(range.from()));
            out.writeStringField("to", Times.format(range.to()));
            out.writeEndObject();
        });
    }

    /** The ledger of a project's last minutes, for those who follow it. */
    public Future<Question.Answer> newest(UUID project) {
        Instant to = clock.instant().truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
        TimeRange range = new TimeRange(to.minus(FOLLOWED), to);
        return balance(project, range)
                .map(balance -> new Question.Answer(balance, new String(json(balance, range), StandardCharsets.UTF_8)));
    }

    /** Counters are kept by minute, so the range is widened to whole ones; it begins where they do at the earliest. */
    private TimeRange range(Parameters parameters) {
        Instant now = clock.instant();
        TimeRange asked = parameters.range(now, () -> now.minus(DEFAULT_RANGE), () -> now.plus(1, ChronoUnit.MINUTES));
        Instant first = now.truncatedTo(ChronoUnit.DAYS).minus(KEPT_DAYS, ChronoUnit.DAYS);
        Instant to = asked.to().truncatedTo(ChronoUnit.MINUTES);
        return new TimeRange(
                later(first, asked.from().truncatedTo(ChronoUnit.MINUTES)),
                later(first, to.equals(asked.to()) ? to : to.plus(1, ChronoUnit.MINUTES)));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** The log is read after the snapshot was taken: what the snapshot lacks is then there. */
    private Future<Balance> balance(UUID project, TimeRange range) {
        return store.cut(project, range.from(), range.to())
                .compose(cut -> reader.executeBlocking(() -> new Balance(
                                cut.counted(),
                                cut.rows(),
                                cut.expired(),
                                log.beyond(
                                        cut.nextOffsets(),
                                        project,
                                        range.from().toEpochMilli(),
                                        range.to().toEpochMilli())))
                        .timeout(MOST_WAITING_SECONDS, TimeUnit.SECONDS)
                        .recover(failure -> Future.failedFuture(
                                failure instanceof TimeoutException
                                        ? Problem.unavailable("the log does not answer")
                                        : failure)));
    }
}
