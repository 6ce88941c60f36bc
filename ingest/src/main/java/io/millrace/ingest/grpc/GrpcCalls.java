package io.millrace.ingest.grpc;

import io.millrace.ingest.http.Endpoint;
import io.millrace.ingest.http.Exchange;
import io.millrace.ingest.http.Failure;
import io.millrace.ingest.http.IngestParts;
import io.millrace.ingest.http.PlainHttp;
import io.millrace.ingest.http.Turns;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Optional;
import java.util.regex.Pattern;

/** The first look at a call: which one it is, and whether it is one at all. */
public final class GrpcCalls implements Handler<HttpServerRequest> {
    /** gRPC's framing with Protobuf in it: not that of gRPC-Web, nor JSON. */
    private static final Pattern GRPC = Pattern.compile("application/grpc(\\+proto)?\\s*(;.*)?");

    private static final String OTHER = "other";

    private final Vertx vertx;
    private final Turns turns;
    private final IngestParts parts;

    public GrpcCalls(Vertx vertx, Turns turns, IngestParts parts) {
        this.vertx = vertx;
        this.turns = turns;
        this.parts = parts;
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (isGrpc(request)) {
            call(request);
        } else {
            // Most likely an exporter for HTTP at the wrong port: it is told in a way that it can show.
            new Exchange(parts, vertx, request, Endpoint.UNKNOWN, new PlainHttp(request, Endpoint.UNKNOWN))
                    .turnAway(Failure.UNSUPPORTED_CONTENT_TYPE.because("gRPC over HTTP/2 is, at this port"));
        }
    }

    private static boolean isGrpc(HttpServerRequest request) {
        String contentType = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return request.version() == HttpVersion.HTTP_2
                && request.method() == HttpMethod.POST
                && contentType != null
                && GRPC.matcher(contentType).matches();
    }

    private void call(HttpServerRequest request) {
        Optional<GrpcMethod> method = GrpcMethod.of(request.path());
        Endpoint endpoint = method.map(GrpcMethod::endpoint).orElse(Endpoint.UNKNOWN);
        GrpcCall call = new GrpcCall(request, method.map(GrpcMethod::label).orElse("grpc_other"), endpoint);
        long began = System.nanoTime();
        request.response().endHandler(ended -> {
            if (call.status() != 0) {
                String route = method.map(GrpcMethod::path).orElse(OTHER);
                parts.metrics().served("POST", route, call.status(), System.nanoTime() - began);
            }
        });
        Exchange exchange = new Exchange(parts, vertx, request, endpoint, call);
        if (method.isPresent()) {
            exchange.begin(turns);
        } else {
            exchange.turnAway(Failure.UNKNOWN_PATH.because("no such method"));
        }
    }
}
