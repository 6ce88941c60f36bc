package io.millrace.query.anomaly;

import io.millrace.query.auth.Access;
import io.millrace.query.auth.Scope;
import io.millrace.query.db.Database;
import io.millrace.query.db.Uuid7;
import io.millrace.query.http.Cursor;
import io.millrace.query.http.Json;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.http.Replies;
import io.millrace.query.http.RequestBody;
import io.millrace.query.http.Times;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/anomalies}: the list, one, and what people do about it. Acting takes the scope to read: it changes nothing
 * that was measured, is never deleted, and bears the key of who did it; the scope to administrate, which sees every
 * project, is too much for whoever answers an alarm.
 */
public final class AnomalyRoutes {
    private static final long MAX_BODY = 64 << 10;
    private static final Set<String> NO_PARAMETERS = Set.of(Parameters.PROJECT);

    private final AnomalyStore store;
    private final Access access;
    private final Clock clock;
    private final Uuid7 ids;

    public AnomalyRoutes(Database database, Access access, Clock clock, SecureRandom random) {
        this.store = new AnomalyStore(database);
        this.access = access;
        this.clock = clock;
        this.ids = new Uuid7(clock, random);
    }

    public void mount(Router router) {
        router.get("/v1/anomalies").handler(access.requiring(Scope.READ)).handler(this::list);
        router.get("/v1/anomalies/:id").handler(access.requiring(Scope.READ)).handler(this::find);
        BodyHandler body = BodyHandler.create(false).setBodyLimit(MAX_BODY);
        for (Action.Kind kind : Action.Kind.values()) {
            router.post("/v1/anomalies/:id/" + kind.label())
                    .handler(body)
                    .handler(access.requiring(Scope.READ))
                    .handler(context -> act(context, kind));
        }
    }

    private void list(RoutingContext context) {
        AnomalyFilter filter = AnomalyFilter.parse(Replies.query(context), clock.instant());
        store.list(Access.projectOf(context), filter)
                .map(anomalies -> page(anomalies, filter))
                .onSuccess(body -> Replies.json(context, 200, body))
                .onFailure(context::fail);
    }

    private static byte[] page(List<Anomaly> anomalies, AnomalyFilter filter) {
        boolean more = anomalies.size() > filter.limit();
        List<Anomaly> shown = more ? anomalies.subList(0, filter.limit()) : anomalies;
        @Nullable String next = more ? cursor(shown.get(shown.size() - 1)).encode(filter.fingerprint()) : null;
        return Json.write(out -> {
            out.writeStartObject();
            out.writeArrayFieldStart("items");
            for (Anomaly anomaly : shown) {
                anomaly.write(out);
            }
            out.writeEndArray();
            Json.text(out, "next", next);
            out.writeEndObject();
        });
    }

    private static Cursor cursor(Anomaly last) {
        return new Cursor(Times.nanosOf(last.life().onset()), last.id());
    }

    private void find(RoutingContext context) {
        Parameters.of(Replies.query(context), NO_PARAMETERS, Set.of());
        reply(context, store.find(Access.projectOf(context), idOf(context)));
    }

    private void act(RoutingContext context, Action.Kind kind) {
        Parameters.of(Replies.query(context), NO_PARAMETERS, Set.of());
        RequestBody body = RequestBody.ifGiven(context, kind.fields());
        Action action = Action.parse(kind, body, clock.instant());
        String actor = Access.principalOf(context).publicKey();
        reply(context, store.act(Access.projectOf(context), idOf(context), ids.next(), action, actor));
    }

    private static UUID idOf(RoutingContext context) {
        return Parameters.parseUuid(context.pathParam("id")).orElseThrow(AnomalyRoutes::noSuchAnomaly);
    }

    private static void reply(RoutingContext context, Future<Optional<Anomaly>> found) {
        found.map(anomaly -> anomaly.orElseThrow(AnomalyRoutes::noSuchAnomaly))
                .onSuccess(anomaly -> Replies.json(context, 200, Json.write(anomaly::write)))
                .onFailure(context::fail);
    }

    private static Problem noSuchAnomaly() {
        return Problem.of(ProblemType.NOT_FOUND, "there is no such anomaly");
    }
}
