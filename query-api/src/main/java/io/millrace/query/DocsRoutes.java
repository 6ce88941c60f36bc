package io.millrace.query;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** {@code /docs}: a page that shows {@code /openapi.json} in a browser, whole without any other server. */
final class DocsRoutes {
    private static final String FROM_HERE_ONLY =
            "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    void mount(Router router) {
        serve(router, "/docs", "index.html", "text/html; charset=utf-8");
        serve(router, "/docs/docs.js", "docs.js", "text/javascript; charset=utf-8");
        serve(router, "/docs/docs.css", "docs.css", "text/css; charset=utf-8");
    }

    private static void serve(Router router, String path, String file, String contentType) {
        Buffer content = read("/docs/" + file);
        router.get(path).handler(context -> answer(context, contentType, content));
    }

    private static void answer(RoutingContext context, String contentType, Buffer content) {
        context.response()
                .putHeader("content-type", contentType)
                .putHeader("content-security-policy", FROM_HERE_ONLY)
                .putHeader("x-content-type-options", "nosniff")
                .end(content);
    }

    private static Buffer read(String resource) {
        try (InputStream in = DocsRoutes.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing");
            }
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
