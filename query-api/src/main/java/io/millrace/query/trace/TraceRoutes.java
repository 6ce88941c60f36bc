package io.millrace.query.trace;

import io.millrace.query.auth.Access;
import io.millrace.query.auth.Scope;
import io.millrace.query.db.Database;
import io.millrace.query.http.Cursor;
import io.millrace.query.http.Json;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.http.Replies;
import io.millrace.schema.id.TraceId;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /v1/traces}: one trace by any form of its id, and the list, newest first. */
public final class TraceRoutes {
    private static final Set<String> PARAMETERS = Set.of("payloads", Parameters.PROJECT);
    private static final int MAX_ID_LENGTH = 1_024;

    private final TraceStore store;
    private final Access access;
    private final WorkerExecutor workers;
    private final Clock clock;

    /**
     * @param workers unpack payloads, which would hold up other requests
     */
    public TraceRoutes(Database database, Access access, WorkerExecutor workers, Clock clock) {
        this.store = new TraceStore(database);
        this.access = access;
        this.workers = workers;
        this.clock = clock;
    }

    public void mount(Router router) {
        router.get("/v1/traces").handler(access.requiring(Scope.READ)).handler(this::list);
        router.get("/v1/traces/:id").handler(access.requiring(Scope.READ)).handler(this::find);
    }

    private void list(RoutingContext context) {
        TraceFilter filter = TraceFilter.parse(Replies.query(context), clock.instant());
        store.list(Access.projectOf(context), filter)
                .map(traces -> page(traces, filter))
                .onSuccess(body -> Replies.json(context, 200, body))
                .onFailure(context::fail);
    }

    private static byte[] page(List<TraceSummary> traces, TraceFilter filter) {
        boolean more = traces.size() > filter.limit();
        List<TraceSummary> shown = more ? traces.subList(0, filter.limit()) : traces;
        @Nullable String next = null;
        if (more) {
            TraceSummary last = shown.get(shown.size() - 1);
            next = new Cursor(last.figures().startNanos(), last.id().uuid()).encode(filter.fingerprint());
        }
        @Nullable String cursor = next;
        return Json.write(out -> {
            out.writeStartObject();
            out.writeArrayFieldStart("items");
            for (TraceSummary trace : shown) {
                trace.write(out);
            }
            out.writeEndArray();
            Json.text(out, "next", cursor);
            out.writeEndObject();
        });
    }

    private void find(RoutingContext context) {
        UUID project = Access.projectOf(context);
        Parameters parameters = Parameters.of(Replies.query(context), PARAMETERS, Set.of());
        boolean withContent = parameters.flag("payloads").orElse(true);
        String text = context.pathParam("id");
        TraceId id = parse(project, text);
        store.find(project, id)
                .compose(stored -> stored.facts().isEmpty() && stored.summary().isEmpty()
                        ? Future.<TraceStore.Stored>failedFuture(
                                Problem.of(ProblemType.NOT_FOUND, "there is no such trace"))
                        : Future.succeededFuture(stored))
                .compose(stored -> workers.executeBlocking(() -> document(id, stored, withContent), false))
                .onSuccess(body -> Replies.json(context, 200, body))
                .onFailure(context::fail);
    }

    /** @throws Problem when no trace can have this id */
    static TraceId parse(UUID project, String text) {
        try {
            if (text.length() <= MAX_ID_LENGTH) {
                return TraceId.parse(project, text);
            }
        } catch (IllegalArgumentException zeros) {
            // An id that no trace can have.
        }
        throw Problem.of(ProblemType.NOT_FOUND, "there is no such trace");
    }

    /** The summary's row may be seconds behind the spans beside it: what is summed is summed from those. */
    private static byte[] document(TraceId id, TraceStore.Stored stored, boolean withContent) {
        SpanTree tree = new SpanTree(stored.facts());
        TraceSummary summary = stored.summary().map(row -> tree.brought(row)).orElseGet(() -> tree.summary(id));
        Payloads payloads = Payloads.of(stored.blocks(), stored.facts());
        return Json.write(new TraceDocument(summary, tree, payloads, withContent)::write);
    }
}
