package io.millrace.query;

import io.millrace.query.http.Problem;
import io.vertx.ext.web.Router;
import java.util.List;

/** Paths of the public surface that this version does not have: they say so, rather than that there is no such path. */
final class NotBuiltYet {
    private static final List<String> PATHS = List.of("/v1/auth/*", "/v1/prometheus");

    private NotBuiltYet() {}

    static void mount(Router router) {
        for (String path : PATHS) {
            router.route(path).handler(context -> context.fail(Problem.notAvailable(context.normalizedPath())));
        }
    }
}
