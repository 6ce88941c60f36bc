package io.millrace.query.sampling;

import io.millrace.query.auth.Access;
import io.millrace.query.auth.Scope;
import io.millrace.query.db.Database;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.http.Replies;
import io.millrace.query.http.RequestBody;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Set;
import java.util.UUID;

/** {@code /v1/projects/{id}/sampling}, for administrators. What is set is at the edges within a second. */
public final class SamplingRoutes {
    private static final String PATH = "/v1/projects/:id/sampling";
    private static final long MAX_BODY = 16 << 10;

    private final SamplingStore store;
    private final Access access;

    public SamplingRoutes(Database database, Access access) {
        this.store = new SamplingStore(database);
        this.access = access;
    }

    public void mount(Router router) {
        router.get(PATH).handler(access.requiring(Scope.ADMIN)).handler(this::show);
        router.put(PATH)
                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
                .handler(access.requiring(Scope.ADMIN))
                .handler(this::replace);
    }

    private void show(RoutingContext context) {
        store.find(projectId(context))
                .onSuccess(found -> found.ifPresentOrElse(
                        sampling -> Replies.json(context, 200, sampling.json()), () -> context.fail(noSuchProject())))
                .onFailure(context::fail);
    }

    private void replace(RoutingContext context) {
        UUID project = projectId(context);
        Sampling sampling = Sampling.of(RequestBody.of(context, Sampling.FIELDS));
        store.replace(project, sampling)
                .onSuccess(found -> {
                    if (found) {
                        Replies.json(context, 200, sampling.json());
                    } else {
                        context.fail(noSuchProject());
                    }
                })
                .onFailure(context::fail);
    }

    private static UUID projectId(RoutingContext context) {
        Parameters.of(Replies.query(context), Set.of(Parameters.PROJECT), Set.of());
        return Parameters.parseUuid(context.pathParam("id")).orElseThrow(SamplingRoutes::noSuchProject);
    }

    private static Problem noSuchProject() {
        return Problem.of(ProblemType.NOT_FOUND, "there is no such project");
    }
}
