package io.millrace.ingest;

import io.millrace.ingest.http.ConnectionWatch;
import io.millrace.ingest.http.UnreadBodies;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** One event loop's share of a server, for spans over HTTP or over gRPC. */
final class EdgeServer extends VerticleBase {
    private final HttpServerOptions options;
    private final Duration drain;
    private final Function<Vertx, ConnectionWatch> clients;
    private final IntConsumer listening;
    private @Nullable HttpServer server;

    /**
     * @param drain how long answers under way may take at the end
     * @param clients makes what they meet first on this event loop
     * @param listening is told the port
     */
    EdgeServer(
            HttpServerOptions options,
            Duration drain,
            Function<Vertx, ConnectionWatch> clients,
            IntConsumer listening) {
        this.options = options;
        this.drain = drain;
        this.clients = clients;
        this.listening = listening;
    }

    @Override
    public Future<?> start() {
        ConnectionWatch first = clients.apply(vertx);
        HttpServer starting = vertx.createHttpServer(options)
                .connectionHandler(connection -> {
                    UnreadBodies.on(connection);
                    first.opened(connection);
                })
                .requestHandler(first);
        server = starting;
        return starting.listen().onSuccess(listens -> listening.accept(listens.actualPort()));
    }

    /** Takes no more connections, and waits for the answers under way. */
    @Override
    public Future<?> stop() {
        HttpServer running = server;
        return running == null ? Future.succeededFuture() : running.shutdown(drain.toMillis(), TimeUnit.MILLISECONDS);
    }
}
