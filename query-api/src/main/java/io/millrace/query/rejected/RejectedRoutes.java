package io.millrace.query.rejected;

import io.millrace.query.auth.Access;
import io.millrace.query.auth.Scope;
import io.millrace.query.db.Database;
import io.millrace.query.http.Json;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.http.Replies;
import io.millrace.query.http.RequestBody;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** {@code /v1/rejected}: records that could not be understood, and trying one of them again. */
public final class RejectedRoutes {
    private static final long MAX_BODY = 1 << 10;
    /** A replay takes as long as two trips to the log; that many wait for one another. */
    private static final int MOST_WAITING = 16;

    private final RejectedStore store;
    private final Access access;
    private final Clock clock;
    private final LogReplay log;
    private final LongSupplier nanoTime;
    private final WorkerExecutor replayer;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    public RejectedRoutes(
            Vertx vertx,
            Database database,
            Access access,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Supplier<Producer<String, byte[]>> producers,
            Clock clock,
            LongSupplier nanoTime) {
        this.store = new RejectedStore(database);
        this.access = access;
        this.clock = clock;
        this.log = new LogReplay(consumers, producers, nanoTime);
        this.nanoTime = nanoTime;
        this.replayer = vertx.createSharedWorkerExecutor("millrace-rejected-" + UUID.randomUUID(), 1);
    }

    public void mount(Router router) {
        router.get("/v1/rejected").handler(access.requiring(Scope.READ)).handler(this::list);
        router.post("/v1/rejected/:id/replay")
                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
                .handler(access.requiring(Scope.ADMIN))
                .handler(this::replay);
    }

    public Future<Void> close() {
        return replayer.close();
    }

    private void list(RoutingContext context) {
        RejectedFilter filter = RejectedFilter.parse(Replies.query(context), clock.instant());
        if (filter.withoutProject() && !Access.principalOf(context).may(Scope.ADMIN)) {
            throw Problem.of(ProblemType.FORBIDDEN, "the key lacks the scope " + Scope.ADMIN.label());
        }
        store.list(Access.projectOf(context), filter)
                .map(found -> page(found, filter))
                .onSuccess(body -> Replies.json(context, 200, body))
                .onFailure(context::fail);
    }

    private static byte[] page(List<Rejected> found, RejectedFilter filter) {
        boolean more = found.size() > filter.limit();
        List<Rejected> shown = more ? found.subList(0, filter.limit()) : found;
        @Nullable String next = more ? shown.get(shown.size() - 1).cursor().encode(filter.fingerprint()) : null;
        return Json.write(out -> {
            out.writeStartObject();
            out.writeArrayFieldStart("items");
            for (Rejected rejected : shown) {
                rejected.write(out);
            }
            out.writeEndArray();
            Json.text(out, "next", next);
            out.writeEndObject();
        });
    }

    private void replay(RoutingContext context) {
        Parameters.of(Replies.query(context), Set.of(Parameters.PROJECT), Set.of());
        RequestBody.ifGiven(context, Set.of());
        UUID id = Parameters.parseUuid(context.pathParam("id")).orElseThrow(RejectedRoutes::noSuchRecord);
        Instant asked = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        store.find(Access.projectOf(context), id)
                .map(found -> found.orElseThrow(RejectedRoutes::noSuchRecord))
                .compose(rejected -> append(rejected, asked))
                .onSuccess(appended -> Replies.json(context, 202, json(id, asked)))
                .onFailure(context::fail);
    }

    private Future<Void> append(Rejected rejected, Instant asked) {
        if (rejected.recovered()) {
            throw Problem.of(ProblemType.CONFLICT, "the record was understood when it was replayed");
        }
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            throw Problem.of(ProblemType.TOO_MANY, MOST_WAITING + " replays are under way already");
        }
        long since = nanoTime.getAsLong();
        return replayer.executeBlocking(() -> {
                    log.append(rejected, asked, since);
                    return null;
                })
                .onComplete(done -> waiting.decrementAndGet())
                .mapEmpty();
    }

    private static byte[] json(UUID id, Instant asked) {
        return Json.write(out -> {
            out.writeStartObject();
            out.writeStringField("id", id.toString());
            Json.time(out, "asked_at", asked);
            out.writeEndObject();
        });
    }

    private static Problem noSuchRecord() {
        return Problem.of(ProblemType.NOT_FOUND, "there is no such rejected record");
    }
}
