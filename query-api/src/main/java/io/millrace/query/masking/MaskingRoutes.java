package io.millrace.query.masking;

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

/** {@code /v1/projects/{id}/masking}, for administrators. The rules are at the edges within a second. */
public final class MaskingRoutes {
    private static final String PATH = "/v1/projects/:id/masking";
    private static final long MAX_BODY = 128 << 10;

    private final MaskingStore store;
    private final Access access;

    public MaskingRoutes(Database database, Access access) {
        this.store = new MaskingStore(database);
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
                        masking -> Replies.json(context, 200, masking.json()), () -> context.fail(noSuchProject())))
                .onFailure(context::fail);
    }

    private void replace(RoutingContext context) {
        UUID project = projectId(context);
        Masking masking = Masking.of(RequestBody.of(context, Masking.FIELDS));
        store.replace(project, masking)
                .onSuccess(found -> {
                    if (found) {
                        Replies.json(context, 200, masking.json());
                    } else {
                        context.fail(noSuchProject());
                    }
                })
                .onFailure(context::fail);
    }

    private static UUID projectId(RoutingContext context) {
        Parameters.of(Replies.query(context), Set.of(Parameters.PROJECT), Set.of());
        return Parameters.parseUuid(context.pathParam("id")).orElseThrow(MaskingRoutes::noSuchProject);
    }

    private static Problem noSuchProject() {
        return Problem.of(ProblemType.NOT_FOUND, "there is no such project");
    }
}
