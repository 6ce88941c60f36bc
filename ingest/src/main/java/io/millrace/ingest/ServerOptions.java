package io.millrace.ingest;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;

/** How the ports for spans listen: HTTP/1.1 and HTTP/2 without TLS on each of them. */
final class ServerOptions {
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int H2_WINDOW = 1 << 20;
    private static final int H2_STREAMS = 100;
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
        HttpServerOptions options = new HttpServerOptions()
                .setHost(config.host())
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setHandle100ContinueAutomatically(false)
                .setHttp2ClearTextEnabled(true)
                .setHttp2ConnectionWindowSize(4 * H2_WINDOW)
                .setInitialSettings(
                        new Http2Settings().setInitialWindowSize(H2_WINDOW).setMaxConcurrentStreams(H2_STREAMS));
        options.setIdleTimeout((int) config.idle().toSeconds());
        return options;
    }
}
