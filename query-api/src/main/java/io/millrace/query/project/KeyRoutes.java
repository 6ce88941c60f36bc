package io.millrace.query.project;

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
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /v1/api-keys}, for administrators. */
public final class KeyRoutes {
    private static final String PATH = "/v1/api-keys";
    private static final String ONE = PATH + "/:id";
    private static final long MAX_BODY = 64 << 10;
    private static final String LIMITS = "limits";
    private static final Set<String> NO_PARAMETERS = Set.of(Parameters.PROJECT);
    private static final Set<String> LIST_PARAMETERS = Set.of(Parameters.PROJECT, "limit", "cursor");

    private final ApiKeyStore store;
    private final Access access;
    private final Clock clock;
    private final SecureRandom random;
    private final Uuid7 ids;

    public KeyRoutes(Database database, Access access, Clock clock, SecureRandom random) {
        this.store = new ApiKeyStore(database);
        this.access = access;
        this.clock = clock;
        this.random = random;
        this.ids = new Uuid7(clock, random);
    }

    public void mount(Router router) {
        BodyHandler body = BodyHandler.create(false).setBodyLimit(MAX_BODY);
        router.post(PATH).handler(body).handler(access.requiring(Scope.ADMIN)).handler(this::create);
        router.get(PATH).handler(access.requiring(Scope.ADMIN)).handler(this::list);
        router.patch(ONE).handler(body).handler(access.requiring(Scope.ADMIN)).handler(this::change);
        router.delete(ONE).handler(access.requiring(Scope.ADMIN)).handler(this::delete);
    }

    private void create(RoutingContext context) {
        RequestBody body = bodyOf(context, Set.of("project_id", "name", "scopes", "expires_at", LIMITS));
        NewKey key = new NewKey(
                ids.next(),
                body.uuid("project_id").orElseGet(() -> Access.projectOf(context)),
                body.name("name"),
                NewKey.randomPublicKey(random),
                NewKey.randomSecretKey(random),
                scopes(body.texts("scopes")),
                body.future("expires_at", clock.instant()),
                body.object(LIMITS, Rates.FIELDS).map(Rates::of).orElse(Rates.NONE));
        store.create(key)
                .onSuccess(made -> Replies.json(context, 201, shownOnce(key)))
                .onFailure(context::fail);
    }

    private static Set<Scope> scopes(List<String> labels) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String label : labels) {
            scopes.add(Scope.of(label).orElseThrow(() -> Problem.field("scopes", "must be of ingest, read, admin")));
        }
        return scopes;
    }

    private static byte[] shownOnce(NewKey key) {
        return Json.write(out -> {
            out.writeStartObject();
            out.writeStringField("id", key.id().toString());
            out.writeStringField("project_id", key.project().toString());
            out.writeStringField("name", key.name());
            out.writeStringField("public_key", key.publicKey());
            out.writeStringField("secret_key", key.secretKey());
            Json.texts(out, "scopes", key.scopeLabels());
            Json.text(out, "expires_at", key.expiresAt().map(Times::format).orElse(null));
            out.writeObjectFieldStart(LIMITS);
            key.rates().write(out);
            out.writeEndObject();
            out.writeEndObject();
        });
    }

    private void list(RoutingContext context) {
        Parameters parameters = Parameters.of(Replies.query(context), LIST_PARAMETERS, Set.of());
        UUID project = Access.projectOf(context);
        String list = project.toString();
        int limit = parameters.limit();
        Optional<UUID> before =
                parameters.text("cursor").map(text -> Cursor.decode(text, list).id());
        store.list(project, before, limit + 1)
                .onSuccess(found -> Replies.json(context, 200, page(found, list, limit)))
                .onFailure(context::fail);
    }

    private static byte[] page(List<ListedKey> found, String list, int limit) {
        boolean more = found.size() > limit;
        List<ListedKey> shown = more ? found.subList(0, limit) : found;
        @Nullable String next = more ? new Cursor(0, shown.get(limit - 1).id()).encode(list) : null;
        return Json.write(out -> {
            out.writeStartObject();
            out.writeArrayFieldStart("items");
            for (ListedKey key : shown) {
                key.write(out);
            }
            out.writeEndArray();
            Json.text(out, "next", next);
            out.writeEndObject();
        });
    }

    /** Limits are all that can be changed of a key. */
    private void change(RoutingContext context) {
        UUID key = keyId(context);
        Rates rates = RequestBody.of(context, Set.of(LIMITS))
                .object(LIMITS, Rates.FIELDS)
                .map(Rates::of)
                .orElseThrow(() -> Problem.field(LIMITS, "is needed; {} is none"));
        store.change(key, rates)
                .onSuccess(changed -> changed.ifPresentOrElse(
                        known -> Replies.json(context, 200, Json.write(known::write)), () -> context.fail(noSuchKey())))
                .onFailure(context::fail);
    }

    private void delete(RoutingContext context) {
        store.revoke(keyId(context))
                .onSuccess(revoked -> {
                    if (revoked) {
                        context.response().setStatusCode(204).end();
                    } else {
                        context.fail(noSuchKey());
                    }
                })
                .onFailure(context::fail);
    }

    private static Problem noSuchKey() {
        return Problem.of(ProblemType.NOT_FOUND, "there is no such key");
    }

    private static UUID keyId(RoutingContext context) {
        Parameters.of(Replies.query(context), NO_PARAMETERS, Set.of());
        return Parameters.parseUuid(context.pathParam("id")).orElseThrow(KeyRoutes::noSuchKey);
    }

    private static RequestBody bodyOf(RoutingContext context, Set<String> fields) {
        Parameters.of(Replies.query(context), NO_PARAMETERS, Set.of());
        return RequestBody.of(context, fields);
    }
}
