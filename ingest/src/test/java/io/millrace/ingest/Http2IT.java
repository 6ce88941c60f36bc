package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** HTTP/2 without TLS at the port for HTTP, in both of the ways in which clients begin with it. */
@ExtendWith(EdgeExtension.class)
class Http2IT {
    private final Edge edge = EdgeExtension.edge();
    private final Tenant tenant = EdgeExtension.tenant();

    @Test
    void aClientMayAskForItWithItsFirstRequest() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        List<ByteString> sent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Span.Builder span = Otlp.span();
            sent.add(span.getSpanId());
            HttpResponse<byte[]> answer = client.send(
                    edge.request(
                            "/v1/traces",
                            Edge.PROTOBUF,
                            BodyPublishers.ofByteArray(Otlp.request(span)),
                            "Authorization",
                            "Bearer " + tenant.secret()),
                    BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }
        assertThat(spanIds()).containsExactlyInAnyOrderElementsOf(sent);
    }

    @Test
    void aClientMayKnowItBefore() {
        Span.Builder span = Otlp.span();
        try (GrpcClient client = new GrpcClient(edge.port())) {
            GrpcClient.Answer answer = client.call(
                    "/v1/traces", Otlp.request(span), "content-type", Edge.PROTOBUF, "x-api-key", tenant.secret());
            assertThat(answer.http()).isEqualTo(200);
        }
        assertThat(spanIds()).containsExactly(span.getSpanId());
    }

    private List<ByteString> spanIds() {
        return tenant.spans().stream().map(SpanMessage::getSpanId).toList();
    }
}
