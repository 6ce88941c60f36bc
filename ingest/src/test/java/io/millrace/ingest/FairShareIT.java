package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.ingest.http.Limits;
import io.millrace.ingest.span.SpanLimits;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two projects at an edge of which one wants more than there is. */
@ExtendWith(EdgeExtension.class)
class FairShareIT {
    private static final int MIB = 1 << 20;
    /** The length of a body that does not come to its end. */
    private static final int ANNOUNCED = 1_000_000;

    private static final Limits SMALL =
            new Limits(MIB, MIB, Duration.ofSeconds(30), Duration.ofMinutes(2), SpanLimits.DEFAULT.withMaxItems(1_000));

    private final Tenant flood = EdgeExtension.tenant();
    private final Tenant quiet = EdgeExtension.tenant();
    private final List<Socket> sockets = new ArrayList<>();

    @Test
    void aFloodOfOneIsRefusedAndItsNeighbourIsServed() throws IOException {
        byte[] large = Otlp.request(Otlp.span().addAttributes(Otlp.attribute("k", "v".repeat(900_000))));
        byte[] small = Otlp.request(Otlp.span());
        try (Edge edge = new Edge(
                        EdgeExtension.kafka().client(),
                        config -> config.withLimits(SMALL).withMemory(8 * MIB, 16 * MIB))
                .ready()) {
            awaitKeys(edge);
            // One after the other: each holds an old array and a new one for a moment, and a million bytes once it has
            // a quarter.
            for (int held = 1; held <= 7; held++) {
                beginBody(edge, flood, "/v1/traces", 900_000, held * ANNOUNCED);
            }
            beginBody(edge, quiet, "/v1/traces", 10_000, 7 * ANNOUNCED + 10_000);

            HttpResponse<byte[]> refused = send(edge, flood, large);

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(Edge.rpcCode(refused)).isEqualTo(14);
            assertThat(called(edge, flood, large)).isEqualTo(14);
            assertThat(edge.post(
                                    "/v1/spans",
                                    Edge.JSON,
                                    ("[{\"a\": \"" + "v".repeat(900_000) + "\"}]").getBytes(StandardCharsets.UTF_8),
                                    "Authorization",
                                    "Bearer " + flood.secret())
                            .statusCode())
                    .isEqualTo(503);
            assertThat(tell(edge, flood, logEvents(1, 900_000)).statusCode()).isEqualTo(503);
            assertThat(edge.metrics()).contains("millrace_ingest_unavailable_total{cause=\"over_share\"} 4.0");

            assertThat(send(edge, quiet, small).statusCode()).isEqualTo(200);
            assertThat(send(edge, quiet, large).statusCode()).isEqualTo(200);
            assertThat(tell(edge, quiet, logEvents(1, 10)).statusCode()).isEqualTo(200);
            assertThat(called(edge, quiet, small)).isZero();
            assertThat(quiet.spans()).hasSize(4);
            assertThat(flood.spans()).isEmpty();

            for (Socket socket : sockets) {
                socket.close();
            }
            awaitNothingHeld(edge);
            assertThat(send(edge, flood, large).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void nothingOfABodyOfLogEventsStaysHeldWhateverBecomesOfIt() throws IOException {
        byte[] taken = logEvents(1, 900_000);
        try (Edge edge = new Edge(
                        EdgeExtension.kafka().client(),
                        config -> config.withLimits(SMALL).withMemory(8 * MIB, 16 * MIB))
                .ready()) {
            awaitKeys(edge);

            assertThat(tell(edge, quiet, taken).statusCode()).isEqualTo(200);
            awaitNothingHeld(edge);
            assertThat(tell(edge, quiet, Otlp.gzip(taken), "Content-Encoding", "gzip")
                            .statusCode())
                    .isEqualTo(200);
            awaitNothingHeld(edge);
            assertThat(tell(edge, quiet, Arrays.copyOf(taken, 800_000)).statusCode())
                    .as("cut off")
                    .isEqualTo(400);
            awaitNothingHeld(edge);
            assertThat(tell(edge, quiet, taken, "Content-Encoding", "gzip").statusCode())
                    .as("not packed")
                    .isEqualTo(400);
            awaitNothingHeld(edge);
            assertThat(tell(edge, quiet, Otlp.gzip(logEvents(1, 2 * MIB)), "Content-Encoding", "gzip")
                            .statusCode())
                    .as("too long")
                    .isEqualTo(413);
            awaitNothingHeld(edge);
            assertThat(tell(edge, quiet, logEvents(1_001, 10)).statusCode())
                    .as("too many")
                    .isEqualTo(413);
            awaitNothingHeld(edge);
            beginBody(edge, quiet, "/v1/logs", 900_000, 900_000);
            sockets.get(0).close();
            awaitNothingHeld(edge);
        }
        assertThat(quiet.spans()).hasSize(2);
    }

    private static void awaitNothingHeld(Edge edge) {
        await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes() == 0);
    }

    private static HttpResponse<byte[]> tell(Edge edge, Tenant tenant, byte[] logs, String... headers) {
        List<String> all = new ArrayList<>(List.of("Authorization", "Bearer " + tenant.secret()));
        all.addAll(List.of(headers));
        return edge.post("/v1/logs", Edge.JSON, logs, all.toArray(String[]::new));
    }

    private static byte[] logEvents(int records, int length) {
        String record = """
                {"timeUnixNano": "7", "eventName": "gen_ai.user.message", "traceId": "0af7651916cd43dd8448eb211c80319c",
                 "spanId": "b7ad6b7169203331", "body": {"stringValue": "%s"}}""".formatted("v".repeat(length));
        return "{\"resourceLogs\": [{\"scopeLogs\": [{\"logRecords\": [%s]}]}]}"
                .formatted(String.join(",", Collections.nCopies(records, record)))
                .getBytes(StandardCharsets.UTF_8);
    }

    private void awaitKeys(Edge edge) {
        for (Tenant tenant : List.of(flood, quiet)) {
            await().atMost(Duration.ofSeconds(100))
                    .until(() -> send(edge, tenant, Otlp.request()).statusCode(), status -> status == 200);
        }
    }

    private static HttpResponse<byte[]> send(Edge edge, Tenant tenant, byte[] body) {
        return edge.post("/v1/traces", Edge.PROTOBUF, body, "Authorization", "Bearer " + tenant.secret());
    }

    private static int called(Edge edge, Tenant tenant, byte[] message) {
        try (GrpcClient client = new GrpcClient(edge.ingest().grpcPort())) {
            return client.call(GrpcClient.TRACES, GrpcClient.frame(message), "x-api-key", tenant.secret())
                    .status();
        }
    }

    /** Sends the beginning of a body, and waits until it is held. */
    private void beginBody(Edge edge, Tenant tenant, String path, int bytes, int heldInAll) throws IOException {
        Socket socket = new Socket("127.0.0.1", edge.port());
        sockets.add(socket);
        socket.getOutputStream()
                .write(("POST " + path + " HTTP/1.1\r\nHost: x\r\nx-api-key: " + tenant.secret()
                                + "\r\nContent-Type: application/json\r\nContent-Length: " + ANNOUNCED + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(new byte[bytes]);
        await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes() >= heldInAll);
    }
}
