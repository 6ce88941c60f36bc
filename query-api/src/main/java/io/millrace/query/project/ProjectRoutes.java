package io.millrace.query.project;

import io.millrace.query.auth.Access;
import io.millrace.query.auth.Scope;
import io.millrace.query.db.Database;
import io.millrace.query.db.Uuid7;
import io.millrace.query.http.Json;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.http.Replies;
import io.millrace.query.http.RequestBody;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Set;
import java.util.UUID;

/** {@code /v1/projects}, for administrators. */
public final class ProjectRoutes {
    private static final long MAX_BODY = 64 << 10;
    private static final int DEFAULT_RETENTION_DAYS = 30;
    private static final int MAX_RETENTION_DAYS = 3_650;
    private static final Set<String> NO_PARAMETERS = Set.of(Parameters.PROJECT);

    private final ProjectStore store;
    private final Access access;
    private final Uuid7 ids;

    public ProjectRoutes(Database database, Access access, Clock clock, SecureRandom random) {
        this.store = new ProjectStore(database);
        this.access = access;
        this.ids = new Uuid7(clock, random);
    }

    public void mount(Router router) {
        BodyHandler body = BodyHandler.create(false).setBodyLimit(MAX_BODY);
        router.post("/v1/projects")
                .handler(body)
                .handler(access.requiring(Scope.ADMIN))
                .handler(this::createProject);
        router.get("/v1/projects/:id").handler(access.requiring(Scope.ADMIN)).handler(this::showProject);
        router.patch("/v1/projects/:id")
                .handler(body)
                .handler(access.requiring(Scope.ADMIN))
                .handler(this::changeProject);
    }

    private void createProject(RoutingContext context) {
        RequestBody body = bodyOf(context, Set.of("name", "retention_days"));
        Project project = new Project(
                ids.next(),
                body.name("name"),
                body.integer("retention_days", DEFAULT_RETENTION_DAYS, 1, MAX_RETENTION_DAYS));
        store.create(project)
                .onSuccess(made -> Replies.json(context, 201, json(project)))
                .onFailure(context::fail);
    }

    private void showProject(RoutingContext context) {
        Parameters.of(Replies.query(context), NO_PARAMETERS, Set.of());
        store.find(projectId(context))
                .onSuccess(found -> found.ifPresentOrElse(
                        project -> Replies.json(context, 200, json(project)), () -> context.fail(noSuchProject())))
                .onFailure(context::fail);
    }

    /** Its name never changes, so what was read of it a moment ago still holds. */
    private void changeProject(RoutingContext context) {
        UUID id = projectId(context);
        int days = bodyOf(context, Set.of("retention_days")).integer("retention_days", 1, MAX_RETENTION_DAYS);
        store.find(id)
                .compose(found -> store.changeRetention(
                        found.orElseThrow(ProjectRoutes::noSuchProject).withRetention(days)))
                .onSuccess(project -> Replies.json(context, 200, json(project)))
                .onFailure(context::fail);
    }

    private static byte[] json(Project project) {
        return Json.write(out -> {
            out.writeStartObject();
            out.writeStringField("id", project.id().toString());
            out.writeStringField("name", project.name());
            out.writeNumberField("retention_days", project.retentionDays());
            out.writeEndObject();
        });
    }

    private static UUID projectId(RoutingContext context) {
        return Parameters.parseUuid(context.pathParam("id")).orElseThrow(ProjectRoutes::noSuchProject);
    }

    private static Problem noSuchProject() {
        return Problem.of(ProblemType.NOT_FOUND, "there is no such project");
    }

    private static RequestBody bodyOf(RoutingContext context, Set<String> fields) {
        Parameters.of(Replies.query(context), NO_PARAMETERS, Set.of());
        return RequestBody.of(context, fields);
    }
}
