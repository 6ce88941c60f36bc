package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.proto.trace.v1.Span;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An edge that stops while requests are under way. */
@ExtendWith(EdgeExtension.class)
class DrainIT {
    private final PausableProxy proxy = EdgeExtension.kafka().proxy();
    private final Tenant tenant = EdgeExtension.tenant();
    private final ManualAlarm alarm = new ManualAlarm();
    private final Edge edge = new Edge(
                    EdgeExtension.kafka().client(),
                    config -> config.withDrain(Duration.ofMinutes(2)),
                    Edge.RECEIVED,
                    alarm)
            .ready();

    @AfterEach
    void flow() {
        proxy.resume();
        edge.close();
    }

    /** A span over each protocol, sent while the log does not answer. */
    private record Sent(
            List<ByteString> spans,
            CompletableFuture<HttpResponse<byte[]>> posted,
            CompletableFuture<GrpcClient.Answer> called) {
        boolean isAnswered() {
            return posted.isDone() || called.isDone();
        }

        /** Completes with the later one of the answers, whatever they are. */
        CompletableFuture<Void> answers() {
            return CompletableFuture.allOf(posted, called).exceptionally(lost -> null);
        }
    }

    @Test
    void whatWaitsForTheLogIsAnsweredAndNothingElseIsTaken() {
        Sent sent;
        try (GrpcClient grpc = new GrpcClient(edge.ingest().grpcPort())) {
            sent = waiting(grpc);

            CompletableFuture<Void> closed =
                    edge.ingest().close().toCompletionStage().toCompletableFuture();
            await().atMost(Duration.ofSeconds(100)).until(() -> isRefused(edge.port()));
            await().atMost(Duration.ofSeconds(100))
                    .until(() -> isRefused(edge.ingest().grpcPort()));
            assertThat(sent.posted()).isNotDone();
            assertThat(sent.called()).isNotDone();
            proxy.resume();

            assertThat(sent.posted().join().statusCode()).isEqualTo(200);
            assertThat(sent.called().join().status()).isZero();
            assertThat(closed.orTimeout(100, TimeUnit.SECONDS)).succeedsWithin(Duration.ofSeconds(100));
        }
        assertThat(spanIds()).filteredOn(sent.spans()::contains).containsExactlyInAnyOrderElementsOf(sent.spans());
    }

    /**
     * Two requests that wait for the log. An edge whose log was away for too long may say so at once: then it gets its log back,
     * and two more.
     */
    private Sent waiting(GrpcClient grpc) {
        AtomicReference<Sent> last = new AtomicReference<>(send(grpc));
        await().atMost(Duration.ofMinutes(5)).until(() -> {
            if (last.get().isAnswered()) {
                proxy.resume();
                awaitTaken();
                last.get().answers().join();
                last.set(send(grpc));
            }
            return alarm.delays().size() == 2 && !last.get().isAnswered();
        });
        return last.get();
    }

    private Sent send(GrpcClient grpc) {
        Span.Builder overHttp = Otlp.span();
        Span.Builder overGrpc = Otlp.span();
        proxy.pause();
        return new Sent(
                List.of(overHttp.getSpanId(), overGrpc.getSpanId()),
                post(overHttp),
                grpc.begin(
                        GrpcClient.TRACES,
                        List.of(Buffer.buffer(GrpcClient.frame(Otlp.request(overGrpc)))),
                        "x-api-key",
                        tenant.secret()));
    }

    private void awaitTaken() {
        byte[] ofAnother = Otlp.request(Otlp.span());
        await().atMost(Duration.ofSeconds(100))
                .until(() -> edge.post("/v1/traces", Edge.PROTOBUF, ofAnother).statusCode(), status -> status == 200);
    }

    @Test
    void aBodyThatIsArrivingIsTakenWhole() throws IOException {
        Span.Builder span = Otlp.span();
        byte[] body = Otlp.request(span);
        try (Socket socket = new Socket("127.0.0.1", edge.port())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /v1/traces HTTP/1.1\r\nHost: x\r\nx-api-key: " + tenant.secret() + "\r\nContent-Type: "
                            + Edge.PROTOBUF + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body, 0, 10);
            await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes() > 0);
            CompletableFuture<Void> closed =
                    edge.ingest().close().toCompletionStage().toCompletableFuture();
            await().atMost(Duration.ofSeconds(100)).until(() -> isRefused(edge.port()));

            out.write(body, 10, body.length - 10);

            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
            assertThat(closed.orTimeout(100, TimeUnit.SECONDS)).succeedsWithin(Duration.ofSeconds(100));
        }
        assertThat(spanIds()).containsExactly(span.getSpanId());
    }

    private CompletableFuture<HttpResponse<byte[]>> post(Span.Builder span) {
        HttpRequest request = edge.request(
                "/v1/traces",
                Edge.PROTOBUF,
                BodyPublishers.ofByteArray(Otlp.request(span)),
                "Authorization",
                "Bearer " + tenant.secret());
        HttpRequest patient = HttpRequest.newBuilder(request, (name, value) -> true)
                .timeout(Duration.ofMinutes(5))
                .build();
        return edge.http().sendAsync(patient, BodyHandlers.ofByteArray());
    }

    private static boolean isRefused(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return !socket.isConnected();
        } catch (ConnectException refused) {
            return true;
        }
    }

    private List<ByteString> spanIds() {
        return tenant.spans().stream().map(SpanMessage::getSpanId).toList();
    }
}
