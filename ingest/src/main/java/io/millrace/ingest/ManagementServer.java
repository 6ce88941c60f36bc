package io.millrace.ingest;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.ingest.http.Health;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.IntConsumer;

/** Health and the edge's own figures, on a port that is not for the world. */
final class ManagementServer extends VerticleBase {
    private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    private final IngestConfig config;
    private final Health health;
    private final PrometheusMeterRegistry registry;
    private final IntConsumer listening;

    ManagementServer(IngestConfig config, Health health, PrometheusMeterRegistry registry, IntConsumer listening) {
        this.config = config;
        this.health = health;
        this.registry = registry;
        this.listening = listening;
    }

    @Override
    public Future<?> start() {
        HttpServerOptions options =
                new HttpServerOptions().setHost(config.host()).setPort(config.managementPort());
        HttpServer starting = vertx.createHttpServer(options).requestHandler(this::handle);
        return starting.listen().onSuccess(listens -> listening.accept(listens.actualPort()));
    }

    private void handle(HttpServerRequest request) {
        switch (request.path() == null ? "/" : request.path()) {
            case "/metrics" ->
                // A scrape walks every meter: not the event loop's work.
                vertx.executeBlocking(() -> registry.scrape(), false)
                        .onSuccess(text -> request.response()
                                .putHeader("Content-Type", TEXT_FORMAT)
                                .end(text))
                        .onFailure(
                                error -> request.response().setStatusCode(500).end());
            case "/health/live" -> health.answerLive(request.response());
            case "/health/ready" -> health.answerReady(request.response());
            default -> request.response().setStatusCode(404).end();
        }
    }
}
