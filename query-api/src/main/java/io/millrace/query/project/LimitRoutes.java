package io.millrace.query.project;

import io.millrace.query.auth.Access;
import io.millrace.query.auth.Scope;
import io.millrace.query.db.Database;
import io.millrace.query.http.Json;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.http.Replies;
import io.millrace.query.http.RequestBody;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Clock;
import java.time.YearMonth;
import java.util.Set;
import java.util.UUID;

/** {@code /v1/projects/{id}/limits}, for administrators. They hold at the edges within a second. */
public final class LimitRoutes {
    private static final String PATH = "/v1/projects/:id/limits";
    private static final long MAX_BODY = 16 << 10;

    private final LimitStore store;
    private final Access access;
    private final Clock clock;

    public LimitRoutes(Database database, Access access, Clock clock) {
        this.store = new LimitStore(database);
        this.access = access;
        this.clock = clock;
    }

    public void mount(Router router) {
        router.get(PATH).handler(access.requiring(Scope.ADMIN)).handler(this::show);
        router.put(PATH)
                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
                .handler(access.requiring(Scope.ADMIN))
                .handler(this::replace);
    }

    private void show(RoutingContext context) {
        answer(context, projectId(context));
    }

    private void answer(RoutingContext context, UUID project) {
        YearMonth month = Usage.monthOf(clock.instant());
        store.find(project, month)
                .onSuccess(found -> found.ifPresentOrElse(
                        known -> Replies.json(context, 200, json(known)), () -> context.fail(noSuchProject())))
                .onFailure(context::fail);
    }

    private void replace(RoutingContext context) {
        UUID project = projectId(context);
        store.replace(project, Limits.of(RequestBody.of(context, Limits.FIELDS)))
                .onSuccess(found -> {
                    if (found) {
                        answer(context, project);
                    } else {
                        context.fail(noSuchProject());
                    }
                })
                .onFailure(context::fail);
    }

    private static byte[] json(LimitStore.Known known) {
        return Json.write(out -> {
            out.writeStartObject();
            known.limits().write(out);
            out.writeFieldName("spans_this_month");
            if (known.spans().isPresent()) {
                out.writeNumber(known.spans().get());
            } else {
                out.writeNull();
            }
            out.writeEndObject();
        });
    }

    private static UUID projectId(RoutingContext context) {
        Parameters.of(Replies.query(context), Set.of(Parameters.PROJECT), Set.of());
        return Parameters.parseUuid(context.pathParam("id")).orElseThrow(LimitRoutes::noSuchProject);
    }

    private static Problem noSuchProject() {
        return Problem.of(ProblemType.NOT_FOUND, "there is no such project");
    }
}
