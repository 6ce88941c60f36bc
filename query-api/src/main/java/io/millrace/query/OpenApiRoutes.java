package io.millrace.query;

import io.millrace.query.http.Replies;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** {@code /openapi.json}. */
final class OpenApiRoutes {
    static final String RESOURCE = "/openapi/query.json";

    private final byte[] document = read();

    void mount(Router router) {
        router.get("/openapi.json").handler(context -> Replies.json(context, 200, document));
    }

    private static byte[] read() {
        try (InputStream in = OpenApiRoutes.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
