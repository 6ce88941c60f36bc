package io.millrace.query.auth;

import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;

/** Lets requests pass to a route that bring a key with the scope it needs, and says for which project they are. */
public final class Access {
    private static final String PROJECT = "millrace.project";

    private final KeyStore store;
    private final Keys keys;

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    public Access(KeyStore store, LongSupplier nanoTime) {
        this.store = store;
        this.keys = new KeyCache(store, nanoTime);
    }

    /** Passes whoever has {@code scope}; the project is then {@link #projectOf}. */
    public Handler<RoutingContext> requiring(Scope scope) {
        return context -> principal(context)
                .compose(principal -> {
                    if (!principal.may(scope)) {
                        return Future.failedFuture(
                                Problem.of(ProblemType.FORBIDDEN, "the key lacks the scope " + scope.label()));
                    }
                    return project(context, principal);
                })
                .onSuccess(project -> {
                    context.put(PROJECT, project);
                    context.next();
                })
                .onFailure(context::fail);
    }

    /** The project whose data the request is about. */
    public static UUID projectOf(RoutingContext context) {
        return context.get(PROJECT);
    }

    private Future<Principal> principal(RoutingContext context) {
        Optional<Credentials> credentials = Credentials.parse(
                context.request().getHeader("authorization"), context.request().getHeader("x-api-key"));
        if (credentials.isEmpty()) {
            return Future.failedFuture(unauthenticated("send Authorization: Bearer sk-mr-..."));
        }
        String publicKey = credentials.get().publicKey();
        return keys.byHash(credentials.get().secretSha256())
                .map(found -> found.filter(
                                key -> publicKey.isEmpty() || key.publicKey().equals(publicKey))
                        .orElseThrow(() -> unauthenticated("the key is unknown, expired or deleted")));
    }

    private static Problem unauthenticated(String detail) {
        return Problem.of(ProblemType.UNAUTHENTICATED, detail);
    }

    /** What belongs to another tenant is not there, rather than forbidden: nobody learns what exists. */
    private Future<UUID> project(RoutingContext context, Principal principal) {
        String asked = context.queryParams().get(Parameters.PROJECT);
        if (asked == null) {
            return Future.succeededFuture(principal.project());
        }
        Optional<UUID> project = Parameters.parseUuid(asked);
        if (project.isEmpty()) {
            return Future.failedFuture(Problem.parameter(Parameters.PROJECT, "must be a UUID"));
        }
        if (project.get().equals(principal.project())) {
            return Future.succeededFuture(principal.project());
        }
        Future<Boolean> visible =
                principal.may(Scope.ADMIN) ? store.projectExists(project.get()) : Future.succeededFuture(false);
        return visible.compose(found -> found
                ? Future.succeededFuture(project.get())
                : Future.failedFuture(Problem.of(ProblemType.NOT_FOUND, "there is no such project")));
    }
}
