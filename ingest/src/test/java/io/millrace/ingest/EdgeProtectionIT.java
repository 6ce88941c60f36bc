package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.ingest.http.ConnectionLimits;
import io.millrace.ingest.http.Limits;
import io.vertx.core.buffer.Buffer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that take what they can get and send nothing for it. */
@ExtendWith(EdgeExtension.class)
class EdgeProtectionIT {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(1_500);
    private static final byte[] HEALTH = ascii("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    @Test
    void aClientThatNeverEndsItsFirstHeadersIsCutOff() throws IOException {
        try (Edge edge = edge(new ConnectionLimits(100, SHORT, 16_384, 100, 400))) {
            isCutOffWhileItTrickles(edge, "GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ");
        }
    }

    @Test
    void aClientThatNeverEndsItsNextHeadersIsCutOff() throws IOException {
        try (Edge edge = edge(new ConnectionLimits(100, SHORT, 16_384, 100, 400))) {
            isCutOffWhileItTrickles(
                    edge, new String(HEALTH, StandardCharsets.US_ASCII) + "GET /health/live HTTP/1.1\r\nX-Slow: ");
            assertThat(edge.metrics()).contains("millrace_ingest_connections_closed_total{cause=\"idle\"} 1.0");
        }
    }

    private static void isCutOffWhileItTrickles(Edge edge, String beginning) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", edge.port())) {
            socket.getOutputStream().write(ascii(beginning));
            await().atMost(Duration.ofSeconds(100)).until(() -> isClosedAfter(socket, new byte[] {'x'}));
        }
    }

    private static boolean isClosedAfter(Socket socket, byte[] more) {
        try {
            socket.getOutputStream().write(more);
            InputStream in = socket.getInputStream();
            if (in.available() > 0) {
                in.readNBytes(in.available());
            }
            return false;
        } catch (IOException closed) {
            return true;
        }
    }

    @Test
    void aClientThatSaysNothingIsCutOff() throws IOException {
        try (Edge edge = edge(new ConnectionLimits(100, SHORT, 16_384, 100, 400));
                Socket socket = new Socket("127.0.0.1", edge.port())) {
            assertThat(readTheEnd(socket)).isTrue();
        }
    }

    @Test
    void connectionsBeyondTheLimitAreClosedAndTheOthersServed() throws IOException {
        try (Edge edge = edge(new ConnectionLimits(2, LONG, 16_384, 100, 400))) {
            try (Socket one = new Socket("127.0.0.1", edge.port());
                    Socket two = new Socket("127.0.0.1", edge.port());
                    Socket three = new Socket("127.0.0.1", edge.port())) {
                assertThat(status(one)).isEqualTo("200");
                assertThat(status(two)).isEqualTo("200");
                three.getOutputStream().write(HEALTH);
                assertThat(readTheEnd(three)).isTrue();
                assertThat(status(one)).isEqualTo("200");
            }
            // Until the edge has seen the end of another, this one is closed as well.
            await().ignoreExceptions().atMost(Duration.ofSeconds(100)).until(() -> isServed(edge));
            assertThat(edge.metrics()).contains("millrace_ingest_connections_closed_total{cause=\"limit\"}");
        }
    }

    private static boolean isServed(Edge edge) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", edge.port())) {
            return status(socket).equals("200");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000})
    void headersBeyondTheLimitAreRefused(int fields) throws IOException {
        try (Edge edge = edge(new ConnectionLimits(100, LONG, 8_192, 100, 400));
                Socket socket = new Socket("127.0.0.1", edge.port())) {
            String header = "X-Flood: " + "x".repeat(9_000 / fields) + "\r\n";
            socket.getOutputStream()
                    .write(ascii("GET /health/live HTTP/1.1\r\nHost: x\r\n" + header.repeat(fields) + "\r\n"));
            assertThat(firstLine(socket)).startsWith("HTTP/1.1 431");
        }
    }

    @Test
    void aConnectionSaysHowManyStreamsItMayHave() {
        try (Edge edge = edge(new ConnectionLimits(100, LONG, 8_192, 7, 400));
                GrpcClient client = new GrpcClient(edge.ingest().grpcPort())) {
            await().atMost(Duration.ofSeconds(100))
                    .until(
                            () -> client.settings(),
                            settings -> settings.getMaxConcurrentStreams() == 7
                                    && settings.getMaxHeaderListSize() == 8_192);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFloodOfStreamsThatAreResetAtOnceEndsTheConnection(boolean grpc) throws IOException {
        try (Edge edge = edge(new ConnectionLimits(100, LONG, 8_192, 100, 20));
                Socket socket = new Socket("127.0.0.1", grpc ? edge.ingest().grpcPort() : edge.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(ascii(PREFACE));
            out.write(http2Frame(4, 0, 0, Buffer.buffer()));
            try {
                for (int stream = 1; stream < 2_000; stream += 2) {
                    out.write(http2Frame(1, 4, stream, requestHeaders()));
                    out.write(http2Frame(3, 0, stream, Buffer.buffer().appendInt(8)));
                }
            } catch (IOException closed) {
                // It was quick.
            }
            assertThat(readTheEnd(socket)).isTrue();
            assertThat(isServed(edge)).isTrue();
            assertThat(edge.ingest().inFlightBytes()).isZero();
        }
    }

    /** As callers do whose own deadline is over. */
    @Test
    void aStreamThatIsResetWithinItsBodyLeavesNothingBehind() throws IOException {
        try (Edge edge = new Edge(EdgeExtension.kafka().client()).ready();
                Socket socket = new Socket("127.0.0.1", edge.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(ascii(PREFACE));
            out.write(http2Frame(4, 0, 0, Buffer.buffer()));
            out.write(http2Frame(
                    1,
                    4,
                    1,
                    requestHeaders()
                            .appendBuffer(header("x-api-key", Edge.SECRET))
                            .appendBuffer(header("content-type", Edge.PROTOBUF))));
            out.write(http2Frame(0, 0, 1, Buffer.buffer(new byte[1_000])));
            await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes() > 0);
            out.write(http2Frame(3, 0, 1, Buffer.buffer().appendInt(8)));
            await().atMost(Duration.ofSeconds(100)).until(() -> edge.ingest().inFlightBytes() == 0);
            assertThat(isServed(edge)).isTrue();
            assertThat(edge.unhandled()).isEmpty();
        }
    }

    /** A collector sends all its projects' spans over one connection. */
    @Test
    void aRefusedStreamThatGoesOnIsResetAndTheOthersAreServed() throws IOException {
        try (Edge edge = edge(new ConnectionLimits(100, LONG, 8_192, 100, 400), 64 * 1024);
                Socket socket = new Socket("127.0.0.1", edge.port())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(ascii(PREFACE));
            out.write(http2Frame(4, 0, 0, Buffer.buffer()));
            out.write(http2Frame(1, 4, 1, requestHeaders()));
            for (int i = 0; i < 5; i++) {
                out.write(http2Frame(0, 0, 1, Buffer.buffer(new byte[16 * 1024])));
            }
            DataInputStream in = new DataInputStream(socket.getInputStream());
            awaitFrame(in, 3, 1);
            out.write(http2Frame(1, 5, 3, requestHeaders()));
            awaitFrame(in, 1, 3);
            assertThat(edge.ingest().inFlightBytes()).isZero();
            assertThat(edge.unhandled()).isEmpty();
        }
    }

    @Test
    void aRefusedRequestThatGoesOnIsCutOff() throws IOException {
        try (Edge edge = edge(new ConnectionLimits(100, LONG, 8_192, 100, 400), 64 * 1024);
                Socket socket = new Socket("127.0.0.1", edge.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(ascii("POST /v1/traces HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
            try {
                for (int i = 0; i < 5; i++) {
                    out.write(ascii("4000\r\n" + "x".repeat(16 * 1024) + "\r\n"));
                }
            } catch (IOException closed) {
                // It was quick.
            }
            assertThat(readTheEnd(socket)).isTrue();
        }
    }

    /** Reads until such a frame of that stream has come. */
    private static void awaitFrame(DataInputStream in, int type, int stream) throws IOException {
        boolean found = false;
        while (!found) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int its = in.readUnsignedByte();
            in.readUnsignedByte();
            found = in.readInt() == stream && its == type;
            in.readFully(new byte[length]);
        }
    }

    /** A literal that is not kept, with a name of its own. */
    private static Buffer header(String name, String value) {
        return Buffer.buffer()
                .appendByte((byte) 0)
                .appendByte((byte) name.length())
                .appendString(name)
                .appendByte((byte) value.length())
                .appendString(value);
    }

    /** A POST to a path for spans, by the static table of HPACK. */
    private static Buffer requestHeaders() {
        return Buffer.buffer()
                .appendByte((byte) 0x83)
                .appendByte((byte) 0x86)
                .appendByte((byte) 0x04)
                .appendByte((byte) 10)
                .appendString("/v1/traces");
    }

    private static byte[] http2Frame(int type, int flags, int stream, Buffer payload) {
        return Buffer.buffer()
                .appendMedium(payload.length())
                .appendByte((byte) type)
                .appendByte((byte) flags)
                .appendInt(stream)
                .appendBuffer(payload)
                .getBytes();
    }

    private static Edge edge(ConnectionLimits limits) {
        return edge(limits, 16 << 20);
    }

    private static Edge edge(ConnectionLimits connections, int wireBytes) {
        return new Edge(EdgeExtension.kafka().client(), config -> {
            Limits base = config.limits();
            return config.withLimits(new Limits(
                            wireBytes,
                            base.unpackedBytes(),
                            Duration.ofMillis(100),
                            Duration.ofSeconds(1),
                            base.span()))
                    .withServer(new ServerSettings(connections, null, Set.of()));
        });
    }

    private static String status(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(HEALTH);
        String line = firstLine(socket);
        String status = line.split(" ")[1];
        // The rest of an answer whose length is known.
        StringBuilder head = new StringBuilder(line);
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        int length = Integer.parseInt(
                head.toString().toLowerCase(Locale.ROOT).replaceAll("(?s).*content-length: (\\d+).*", "$1"));
        socket.getInputStream().readNBytes(length);
        return status;
    }

    private static String firstLine(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c >= 0 && c != '\n';
                c = socket.getInputStream().read()) {
            line.append((char) c);
        }
        return line.append('\n').toString();
    }

    /** Whether the other side closes: an orderly end, or a reset by one that would not read any more. */
    private static boolean readTheEnd(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        try {
            byte[] buffer = new byte[8_192];
            while (socket.getInputStream().read(buffer) >= 0) {
                // What came before the end.
            }
            return true;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
