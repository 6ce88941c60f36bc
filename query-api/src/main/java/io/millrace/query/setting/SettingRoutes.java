package io.millrace.query.setting;

import io.millrace.query.auth.Access;
import io.millrace.query.auth.Scope;
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

/** {@code /v1/projects/{id}/NAME}, for administrators. What is set is at the edges within a second. */
public final class SettingRoutes {
    private final Setting setting;
    private final Access access;

    public SettingRoutes(Setting setting, Access access) {
        this.setting = setting;
        this.access = access;
    }

    public void mount(Router router) {
        String path = "/v1/projects/:id/" + setting.name();
        router.get(path).handler(access.requiring(Scope.ADMIN)).handler(this::show);
        router.put(path)
                .handler(BodyHandler.create(false).setBodyLimit(setting.mostBytes()))
                .handler(access.requiring(Scope.ADMIN))
                .handler(this::replace);
    }

    private void show(RoutingContext context) {
        show(context, projectId(context));
    }

    private void show(RoutingContext context, UUID project) {
        setting.find(project)
                .onSuccess(found -> found.ifPresentOrElse(
                        document -> Replies.json(context, 200, document), () -> context.fail(noSuchProject())))
                .onFailure(context::fail);
    }

    private void replace(RoutingContext context) {
        UUID project = projectId(context);
        setting.replace(project, RequestBody.of(context, setting.fields()))
                .onSuccess(found -> {
                    if (found) {
                        show(context, project);
                    } else {
                        context.fail(noSuchProject());
                    }
                })
                .onFailure(context::fail);
    }

    private static UUID projectId(RoutingContext context) {
        Parameters.of(Replies.query(context), Set.of(Parameters.PROJECT), Set.of());
        return Parameters.parseUuid(context.pathParam("id")).orElseThrow(SettingRoutes::noSuchProject);
    }

    private static Problem noSuchProject() {
        return Problem.of(ProblemType.NOT_FOUND, "there is no such project");
    }
}
