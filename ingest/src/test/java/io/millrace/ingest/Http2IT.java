package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.proto.trace.v1.Span;
import io.vertx.core.buffer.Buffer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** HTTP/2 without TLS at the port for HTTP, for clients that begin with it. */
@ExtendWith(EdgeExtension.class)
class Http2IT {
    private final Edge edge = EdgeExtension.edge();
    private final Tenant tenant = EdgeExtension.tenant();

    @Test
    void aClientThatAsksForItIsAnsweredOverHttp1() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        List<ByteString> sent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Span.Builder span = Otlp.span();
            sent.add(span.getSpanId());
            HttpResponse<byte[]> answer = client.send(spans(span), BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        }
        assertThat(spanIds()).containsExactlyInAnyOrderElementsOf(sent);
    }

    @Test
    void aClientMayBeginWithIt() {
        Span.Builder span = Otlp.span();
        try (GrpcClient client = new GrpcClient(edge.port())) {
            assertThat(client.settings().getInitialWindowSize()).isEqualTo(1 << 20);
            assertThat(send(client, span).join().http()).isEqualTo(200);
        }
        assertThat(spanIds()).containsExactly(span.getSpanId());
    }

    /** More than an event loop begins with at once: the others wait unread, and are whole afterwards. */
    @Test
    void manyRequestsAtOnceAreAllTakenWhole() {
        List<ByteString> taken = new ArrayList<>();
        Map<ByteString, Span.Builder> left = Stream.generate(
                        () -> Otlp.span().addAttributes(Otlp.attribute("k", "v".repeat(30_000))))
                .limit(90)
                .collect(Collectors.toMap(Span.Builder::getSpanId, span -> span));
        try (GrpcClient client = new GrpcClient(edge.port())) {
            // An event loop that stands still for longer than requests wait refuses them, and they are sent again.
            await().atMost(Duration.ofSeconds(100)).until(() -> {
                Map<ByteString, CompletableFuture<GrpcClient.Answer>> answers = new HashMap<>();
                left.forEach((id, span) -> answers.put(id, send(client, span)));
                answers.forEach((id, answer) -> {
                    int status = answer.join().http();
                    assertThat(status).isIn(200, 503);
                    if (status == 200) {
                        taken.add(id);
                        left.remove(id);
                    }
                });
                return left.isEmpty();
            });
        }
        assertThat(spanIds()).containsExactlyInAnyOrderElementsOf(taken);
    }

    private CompletableFuture<GrpcClient.Answer> send(GrpcClient client, Span.Builder span) {
        return client.begin(
                "/v1/traces",
                List.of(Buffer.buffer(Otlp.request(span))),
                "content-type",
                Edge.PROTOBUF,
                "x-api-key",
                tenant.secret());
    }

    private HttpRequest spans(Span.Builder span) {
        return edge.request(
                "/v1/traces",
                Edge.PROTOBUF,
                BodyPublishers.ofByteArray(Otlp.request(span)),
                "Authorization",
                "Bearer " + tenant.secret());
    }

    private List<ByteString> spanIds() {
        return tenant.spans().stream().map(SpanMessage::getSpanId).toList();
    }
}
