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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets requests pass to a route that bring a key with the scope it needs, and says for which project they are and whose. */
public final class Access {
    private static final String PASS = "millrace.pass";

    private final KeyStore store;
    private final Keys keys;
    private final UsedKeys used = new UsedKeys();

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    public Access(KeyStore store, LongSupplier nanoTime) {
        this.store = store;
        this.keys = new KeyCache(store, nanoTime);
    }

    /** Passes whoever has {@code scope}; what was let in is then {@link #passOf}. */
    public Handler<RoutingContext> requiring(Scope scope) {
        return context -> admit(
                        context.request().getHeader("authorization"),
                        context.request().getHeader("x-api-key"),
                        context.queryParams().get(Parameters.PROJECT),
                        scope)
                .onSuccess(pass -> {
                    context.put(PASS, pass);
                    context.next();
                })
                .onFailure(context::fail);
    }

    /**
     * Lets in whoever has {@code scope}, for as long as its key works.
     *
     * @param authorization as the header, if there is one
     * @param apiKey as the header {@code x-api-key}, if there is one
     * @param project the project that is asked for; the key's own, if none is
     * @return failed with a {@link Problem} for whoever may not
     */
    public Future<Pass> admit(
            @Nullable String authorization, @Nullable String apiKey, @Nullable String project, Scope scope) {
        Optional<Credentials> credentials = Credentials.parse(authorization, apiKey);
        if (credentials.isEmpty()) {
            return Future.failedFuture(unauthenticated("send Authorization: Bearer sk-mr-..."));
        }
        return permitted(credentials.get(), scope)
                .onSuccess(principal -> used.add(principal.key()))
                .compose(principal -> project(project, principal)
                        .map(own -> new KeptPass(
                                own,
                                principal,
                                () -> permitted(credentials.get(), scope).<Void>mapEmpty())));
    }

    /** Keys that opened something. */
    public UsedKeys used() {
        return used;
    }

    private record KeptPass(UUID project, Principal principal, Supplier<Future<Void>> again) implements Pass {
        @Override
        public Future<Void> check() {
            return again.get();
        }
    }

    /** The project whose data the request is about. */
    public static UUID projectOf(RoutingContext context) {
        return passOf(context).project();
    }

    /** What the request's key opened. */
    public static Pass passOf(RoutingContext context) {
        return context.get(PASS);
    }

    /** Who asks. */
    public static Principal principalOf(RoutingContext context) {
        KeptPass pass = context.get(PASS);
        return pass.principal();
    }

    private Future<Principal> permitted(Credentials credentials, Scope scope) {
        String publicKey = credentials.publicKey();
        return keys.byHash(credentials.secretSha256())
                .map(found -> found.filter(
                                key -> publicKey.isEmpty() || key.publicKey().equals(publicKey))
                        .orElseThrow(() -> unauthenticated("the key is unknown, expired or deleted")))
                .compose(principal -> principal.may(scope)
                        ? Future.succeededFuture(principal)
                        : Future.failedFuture(
                                Problem.of(ProblemType.FORBIDDEN, "the key lacks the scope " + scope.label())));
    }

    private static Problem unauthenticated(String detail) {
        return Problem.of(ProblemType.UNAUTHENTICATED, detail);
    }

    /** What belongs to another tenant is not there, rather than forbidden: nobody learns what exists. */
    private Future<UUID> project(@Nullable String asked, Principal principal) {
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
