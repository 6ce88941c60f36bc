package io.millrace.ingest;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Calls as they are on the wire: HTTP/2 without TLS, frames and trailers. */
final class GrpcClient implements AutoCloseable {
    static final String TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http;
    private final int port;

    GrpcClient(int port) {
        this.port = port;
        this.http = vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setDefaultHost("127.0.0.1"));
    }

    /**
     * How a call ended.
     *
     * @param http the HTTP status
     * @param status gRPC's; -1 when there is none
     * @param trailersOnly whether the status came in the place of the headers
     */
    record Answer(int http, MultiMap headers, Buffer body, int status, boolean trailersOnly, MultiMap trailers) {
        private static Answer of(HttpClientResponse response, Buffer body) {
            boolean trailersOnly = response.headers().contains("grpc-status");
            MultiMap last = trailersOnly ? response.headers() : response.trailers();
            int status = last.contains("grpc-status") ? Integer.parseInt(last.get("grpc-status")) : -1;
            return new Answer(response.statusCode(), response.headers(), body, status, trailersOnly, last);
        }

        /** The one message of a call that succeeded. */
        byte[] message() {
            if (body.length() < 5 || body.getByte(0) != 0 || body.getInt(1) != body.length() - 5) {
                throw new AssertionError("no frame: " + body);
            }
            return body.getBytes(5, body.length());
        }

        String text() {
            String text = trailers.get("grpc-message");
            return text == null ? "" : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        }
    }

    Answer call(String path, byte[] frame, String... headers) {
        return begin(path, List.of(Buffer.buffer(frame)), headers)
                .orTimeout(100, TimeUnit.SECONDS)
                .join();
    }

    /** Sends each chunk in a DATA frame of its own, and does not wait for the end. */
    CompletableFuture<Answer> begin(String path, List<Buffer> chunks, String... headers) {
        return http.request(HttpMethod.POST, port, "127.0.0.1", path)
                .compose(request -> {
                    request.setChunked(true)
                            .putHeader("content-type", "application/grpc")
                            .putHeader("te", "trailers");
                    for (int i = 0; i < headers.length; i += 2) {
                        request.putHeader(headers[i], headers[i + 1]);
                    }
                    Future<Answer> answer = request.response()
                            .compose(response -> response.body().map(body -> Answer.of(response, body)));
                    return write(request, chunks).transform(written -> answer);
                })
                .toCompletionStage()
                .toCompletableFuture();
    }

    private static Future<Void> write(HttpClientRequest request, List<Buffer> chunks) {
        Future<Void> written = request.sendHead().mapEmpty();
        for (Buffer chunk : chunks) {
            written = written.compose(before -> request.write(chunk));
        }
        return written.compose(before -> request.end());
    }

    /** What the server allows on a connection, as it said itself. */
    Http2Settings settings() {
        return http.request(HttpMethod.POST, port, "127.0.0.1", TRACES)
                .map(request -> request.connection().remoteSettings())
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    static byte[] frame(byte[] message) {
        return frame(0, message);
    }

    /** @param flag 1 for a message that is packed */
    static byte[] frame(int flag, byte[] message) {
        return Buffer.buffer()
                .appendByte((byte) flag)
                .appendInt(message.length)
                .appendBytes(message)
                .getBytes();
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
