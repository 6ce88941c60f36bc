package io.millrace.query;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import org.jspecify.annotations.Nullable;

/** One HTTP server. */
final class QueryServer extends VerticleBase {
    private final Router router;
    private final HttpServerOptions options;
    private @Nullable HttpServer server;

    QueryServer(Router router, HttpServerOptions options) {
        this.router = router;
        this.options = options;
    }

    /** The port it listens on. */
    int port() {
        HttpServer listening = server;
        if (listening == null) {
            throw new IllegalStateException("not listening");
        }
        return listening.actualPort();
    }

    @Override
    public Future<?> start() {
        return vertx.createHttpServer(options)
                .requestHandler(router)
                .listen()
                .onSuccess(listening -> server = listening);
    }
}
