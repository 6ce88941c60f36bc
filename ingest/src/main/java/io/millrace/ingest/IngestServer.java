package io.millrace.ingest;

import io.millrace.ingest.http.IngestParts;
import io.millrace.ingest.http.Requests;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** One event loop's share of the server for spans: HTTP/1.1 and HTTP/2 without TLS on one port. */
final class IngestServer extends VerticleBase {
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int H2_WINDOW = 1 << 20;
    private static final int H2_STREAMS = 100;

    private final IngestConfig config;
    private final IngestParts parts;
    private final IntConsumer listening;
    private @Nullable HttpServer server;

    /** @param listening is told the port */
    IngestServer(IngestConfig config, IngestParts parts, IntConsumer listening) {
        this.config = config;
        this.parts = parts;
        this.listening = listening;
    }

    @Override
    public Future<?> start() {
        HttpServer starting = vertx.createHttpServer(options()).requestHandler(new Requests(vertx, parts));
        server = starting;
        return starting.listen().onSuccess(listens -> listening.accept(listens.actualPort()));
    }

    private HttpServerOptions options() {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(config.host())
                // A negative port is any free one, the same for all event loops.
                .setPort(config.port() == 0 ? -1 : config.port())
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setHandle100ContinueAutomatically(false)
                .setHttp2ClearTextEnabled(true)
                .setHttp2ConnectionWindowSize(4 * H2_WINDOW)
                .setInitialSettings(
                        new Http2Settings().setInitialWindowSize(H2_WINDOW).setMaxConcurrentStreams(H2_STREAMS));
        options.setIdleTimeout((int) config.idle().toSeconds());
        return options;
    }

    /** Takes no more connections, and waits for the answers under way. */
    @Override
    public Future<?> stop() {
        HttpServer running = server;
        return running == null
                ? Future.succeededFuture()
                : running.shutdown(config.drain().toMillis(), TimeUnit.MILLISECONDS);
    }
}
