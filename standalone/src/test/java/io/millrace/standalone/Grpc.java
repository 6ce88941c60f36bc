package io.millrace.standalone;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/** Calls of OTLP over gRPC, for bytes that no SDK makes any more. */
final class Grpc {
    private static final String EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    private Grpc() {}

    /**
     * One call.
     *
     * @param message as it goes into the frame
     * @param zipped whether that is gzip
     * @return gRPC's status; -1 when there was none
     */
    static int export(URI address, String key, byte[] message, boolean zipped) {
        Vertx vertx = Vertx.vertx();
        try {
            HttpClient client = vertx.createHttpClient(new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));
            Buffer frame = Buffer.buffer()
                    .appendByte((byte) (zipped ? 1 : 0))
                    .appendInt(message.length)
                    .appendBytes(message);
            return client.request(HttpMethod.POST, address.getPort(), address.getHost(), EXPORT)
                    .compose(request -> {
                        request.putHeader("content-type", "application/grpc")
                                .putHeader("te", "trailers")
                                .putHeader("authorization", "Bearer " + key);
                        if (zipped) {
                            request.putHeader("grpc-encoding", "gzip");
                        }
                        return request.send(frame);
                    })
                    .compose(response -> response.end().map(ended -> {
                        String early = response.getHeader("grpc-status");
                        String status = early == null ? response.getTrailer("grpc-status") : early;
                        return status == null ? -1 : Integer.parseInt(status);
                    }))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
