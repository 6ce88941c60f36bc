package io.millrace.ingest.grpc;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;

/**
 * Listens where OTLP/gRPC will be taken, and answers every call with {@code UNIMPLEMENTED}: an exporter that is pointed
 * here says so in its log, rather than that nobody is there.
 */
public final class GrpcServer extends VerticleBase {
    /** {@code UNIMPLEMENTED} in gRPC's status codes. */
    private static final String UNIMPLEMENTED = "12";

    private final String host;
    private final int port;

    public GrpcServer(String host, int port) {
        this.host = host;
        this.port = port;
    }

    @Override
    public Future<HttpServer> start() {
        HttpServerOptions options =
                new HttpServerOptions().setHost(host).setPort(port).setHttp2ClearTextEnabled(true);
        return vertx.createHttpServer(options)
                .requestHandler(GrpcServer::refuse)
                .listen();
    }

    private static void refuse(HttpServerRequest request) {
        request.handler(dropped -> {});
        request.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/grpc")
                .putHeader("grpc-status", UNIMPLEMENTED)
                .putHeader("grpc-message", "OTLP over gRPC is not available in this version: export over HTTP")
                .end();
    }
}
