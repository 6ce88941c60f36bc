package io.millrace.query.webhook;

import io.millrace.query.auth.Access;
import io.millrace.query.auth.Scope;
import io.millrace.query.db.Database;
import io.millrace.query.http.Json;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.http.Replies;
import io.millrace.query.http.RequestBody;
import io.millrace.schema.webhook.SecretSeal;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** {@code /v1/projects/{id}/webhooks}, for administrators. A change is at the edges within a second. */
public final class WebhookRoutes {
    private static final String PATH = "/v1/projects/:id/webhooks";
    private static final String ONE = PATH + "/:source";
    private static final String TEST = PATH + "/test";
    private static final long MAX_BODY = 256 << 10;
    private static final long MAX_TEST = 1 << 20;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Set<String> FIELDS =
            Set.of("style", "secrets", "tolerance_seconds", "signature_header", "delivery_header", "mapping");

    private final WebhookStore store;
    private final Access access;
    private final WorkerExecutor workers;
    private final Optional<SecretBox> secrets;
    private final SecureRandom random;

    /**
     * @param workers try mappings out, which would hold up other requests
     * @param seal what secrets are sealed with; empty: no source can be made or changed
     */
    public WebhookRoutes(
            Database database,
            Access access,
            WorkerExecutor workers,
            Optional<SecretSeal> seal,
            Clock clock,
            SecureRandom random) {
        this.store = new WebhookStore(database);
        this.access = access;
        this.workers = workers;
        this.secrets = seal.map(one -> new SecretBox(one, clock, random));
        this.random = random;
    }

    public void mount(Router router) {
        router.get(PATH).handler(access.requiring(Scope.ADMIN)).handler(this::list);
        router.post(TEST)
                .handler(BodyHandler.create(false).setBodyLimit(MAX_TEST))
                .handler(access.requiring(Scope.ADMIN))
                .handler(this::test);
        router.get(ONE).handler(access.requiring(Scope.ADMIN)).handler(this::show);
        router.put(ONE)
                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY))
                .handler(access.requiring(Scope.ADMIN))
                .handler(this::replace);
        router.delete(ONE).handler(access.requiring(Scope.ADMIN)).handler(this::delete);
    }

    private void list(RoutingContext context) {
        sources(projectId(context))
                .onSuccess(sources -> Replies.json(context, 200, json(sources)))
                .onFailure(context::fail);
    }

    private static byte[] json(List<Source> sources) {
        return Json.write(out -> {
            out.writeStartObject();
            out.writeArrayFieldStart("items");
            for (Source source : sources) {
                source.show(out);
            }
            out.writeEndArray();
            out.writeNullField("next");
            out.writeEndObject();
        });
    }

    private void show(RoutingContext context) {
        String name = name(context);
        sources(projectId(context))
                .onSuccess(sources -> named(sources, name)
                        .ifPresentOrElse(source -> answer(context, source), () -> context.fail(noSuchSource())))
                .onFailure(context::fail);
    }

    private static void answer(RoutingContext context, Source source) {
        Replies.json(context, 200, Json.write(source::show));
    }

    private void replace(RoutingContext context) {
        UUID project = projectId(context);
        String name = name(context);
        SecretBox box = secrets.orElseThrow(() -> Problem.of(
                ProblemType.NOT_AVAILABLE,
                "this installation has no key for the secrets of webhooks: MILLRACE_WEBHOOK_KEY is not set"));
        RequestBody body = RequestBody.of(context, FIELDS);
        SourceSettings settings = SourceSettings.of(body);
        sources(project)
                .compose(sources -> {
                    Optional<Source> before = named(sources, name);
                    String id = before.map(Source::id).orElseGet(() -> Source.newId(random));
                    List<SealedSecret> had = before.map(Source::secrets).orElse(List.of());
                    Source changed = new Source(
                            id,
                            name,
                            settings,
                            box.of(body, id, had, settings.style()),
                            before.map(Source::revision).orElse(0));
                    return store.put(project, changed).map(outcome -> checked(outcome, changed));
                })
                .onSuccess(source -> answer(context, source))
                .onFailure(context::fail);
    }

    private static Source checked(WebhookStore.Outcome outcome, Source source) {
        return switch (outcome) {
            case DONE -> source;
            case NO_PROJECT -> throw noSuchProject();
            case FULL ->
                throw Problem.of(
                        ProblemType.TOO_MANY, "a project has at most " + WebhookStore.MOST + " sources of webhooks");
            case CHANGED -> throw Problem.unavailable("the source is being changed by somebody else");
        };
    }

    private void delete(RoutingContext context) {
        store.delete(projectId(context), name(context))
                .onSuccess(deleted -> {
                    if (deleted) {
                        context.response().setStatusCode(204).end();
                    } else {
                        context.fail(noSuchSource());
                    }
                })
                .onFailure(context::fail);
    }

    private void test(RoutingContext context) {
        UUID project = projectId(context);
        RequestBody body = RequestBody.of(context, MappingTrial.FIELDS);
        sources(project)
                .compose(known ->
                        workers.executeBlocking(() -> MappingTrial.of(body).json(), false))
                .onSuccess(result -> Replies.json(context, 200, result))
                .onFailure(context::fail);
    }

    private Future<List<Source>> sources(UUID project) {
        return store.list(project).map(found -> found.orElseThrow(WebhookRoutes::noSuchProject));
    }

    private static Optional<Source> named(List<Source> sources, String name) {
        return sources.stream().filter(source -> source.name().equals(name)).findFirst();
    }

    private static UUID projectId(RoutingContext context) {
        Parameters.of(Replies.query(context), Set.of(Parameters.PROJECT), Set.of());
        return Parameters.parseUuid(context.pathParam("id")).orElseThrow(WebhookRoutes::noSuchProject);
    }

    private static String name(RoutingContext context) {
        String name = context.pathParam("source");
        if (!NAME.matcher(name).matches()) {
            throw Problem.of(
                    ProblemType.NOT_FOUND, "names of sources are of a-z, 0-9 and -, with at most 63 characters");
        }
        return name;
    }

    private static Problem noSuchProject() {
        return Problem.of(ProblemType.NOT_FOUND, "there is no such project");
    }

    private static Problem noSuchSource() {
        return Problem.of(ProblemType.NOT_FOUND, "there is no such source of webhooks");
    }
}
