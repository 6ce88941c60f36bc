package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.ingest.http.Limits;
import io.millrace.ingest.span.SpanLimits;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** More bytes at once than there is memory for. */
@ExtendWith(EdgeExtension.class)
class OverloadIT {
    private static final int MIB = 1 << 20;
    private static final Limits SMALL =
            new Limits(MIB, MIB, Duration.ofSeconds(30), Duration.ofMinutes(2), SpanLimits.DEFAULT.withMaxItems(1_000));

    @Test
    void refusesWhatItCannotHoldAndTakesItLater() throws IOException {
        byte[] body = Otlp.request(Otlp.span().addAttributes(Otlp.attribute("k", "v".repeat(900_000))));
        try (Edge edge = new Edge(
                        EdgeExtension.kafka().client(),
                        config -> config.withLimits(SMALL).withMemory(3 * MIB, 4 * MIB))
                .ready()) {
            // One after the other: while both grow, each holds its old and its new array for a moment.
            try (Socket one = halfABody(edge, 900_000);
                    Socket two = halfABody(edge, 2 * 900_000)) {

                HttpResponse<byte[]> answer = edge.post("/v1/traces", Edge.PROTOBUF, body);

                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(Edge.rpcCode(answer)).isEqualTo(14);
                assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
                assertThat(called(edge, body)).isEqualTo(14);
                assertThat(one.isClosed() || two.isClosed()).isFalse();
            }
            await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes() == 0);
            assertThat(edge.post("/v1/traces", Edge.PROTOBUF, body).statusCode())
                    .isEqualTo(200);
            assertThat(edge.metrics()).contains("millrace_ingest_unavailable_total{cause=\"overloaded\"} 2.0");
        }
    }

    private static int called(Edge edge, byte[] message) {
        try (GrpcClient client = new GrpcClient(edge.ingest().grpcPort())) {
            return client.call(GrpcClient.TRACES, GrpcClient.frame(message), "x-api-key", Edge.SECRET)
                    .status();
        }
    }

    private static Socket halfABody(Edge edge, int heldInAll) throws IOException {
        Socket socket = new Socket("127.0.0.1", edge.port());
        socket.getOutputStream()
                .write(("POST /v1/traces HTTP/1.1\r\nHost: x\r\nx-api-key: " + Edge.SECRET
                                + "\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(new byte[900_000]);
        await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes() >= heldInAll);
        return socket;
    }
}
