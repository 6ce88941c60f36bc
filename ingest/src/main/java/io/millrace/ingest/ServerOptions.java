package io.millrace.ingest;

import io.millrace.ingest.http.ConnectionLimits;
import io.millrace.ingest.http.Limits;
import io.millrace.ingest.http.UnreadBodies;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.concurrent.TimeUnit;

/** How the ports for spans listen: HTTP/1.1 and HTTP/2 on each of them, with TLS if there is a certificate. */
final class ServerOptions {
    private static final int RESETS_SECONDS = 60;
    /** A negative port is any free one, the same for all event loops that have this number. */
    private static final int ANY_FOR_HTTP = -1;

    private static final int ANY_FOR_GRPC = -2;

    private ServerOptions() {}

    static HttpServerOptions http(IngestConfig config) {
        return common(config).setPort(config.port() == 0 ? ANY_FOR_HTTP : config.port());
    }

    static HttpServerOptions grpc(IngestConfig config) {
        return common(config).setPort(config.grpcPort() == 0 ? ANY_FOR_GRPC : config.grpcPort());
    }

    private static HttpServerOptions common(IngestConfig config) {
        ConnectionLimits limits = config.server().connections();
        HttpServerOptions options = new HttpServerOptions()
                .setHost(config.host())
                .setMaxHeaderSize(limits.headBytes())
                .setMaxChunkSize(UnreadBodies.CHUNK)
                .setHandle100ContinueAutomatically(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setHttp2ClearTextEnabled(true)
                .setHttp2ConnectionWindowSize(4 * UnreadBodies.STREAM_WINDOW)
                .setHttp2RstFloodMaxRstFramePerWindow(limits.resets())
                .setHttp2RstFloodWindowDuration(RESETS_SECONDS)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS)
                .setInitialSettings(new Http2Settings()
                        .setInitialWindowSize(UnreadBodies.STREAM_WINDOW)
                        .setMaxHeaderListSize(limits.headBytes())
                        .setMaxConcurrentStreams(limits.streams()));
        // A second later than ConnectionWatch, which counts whom it closes and would else come second at times.
        int idle = (int) limits.idle().plusSeconds(1).toMillis();
        options.setIdleTimeout(idle).setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
        // Before its first headers are complete a connection is not known to ConnectionWatch: all that ends one that
        // trickles is that nothing is written to it. That is counted from one answer to the next: a connection may be
        // idle for all its time before a request, which then waits a second for its turn, and takes all its own.
        Limits request = config.limits();
        options.setWriteIdleTimeout(idle
                + (int) request.bodyPatience()
                        .plus(request.deadline())
                        .plusSeconds(2)
                        .toMillis());
        Tls tls = config.server().tls();
        if (tls != null) {
            options.setSsl(true)
                    .setUseAlpn(true)
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .setCertPath(tls.certificate().toString())
                            .setKeyPath(tls.key().toString()));
        }
        return options;
    }
}
