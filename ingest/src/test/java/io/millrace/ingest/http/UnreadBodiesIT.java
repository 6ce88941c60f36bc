package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.millrace.ingest.EdgeTransport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.transport.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests whose bodies nobody reads, and those behind them on the same connection. */
class UnreadBodiesIT {
    private static final int LIMIT = 1 << 20;
    private static final int ROUNDS = 5;

    private final Vertx vertx = EdgeTransport.vertx(new VertxOptions()).build();
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    private final Queue<Buffer> handedOn = new ConcurrentLinkedQueue<>();
    private final Queue<HttpServerRequest> large = new ConcurrentLinkedQueue<>();
    /** What came from the wire, as it was received. */
    private final Queue<ByteBuf> received = new ConcurrentLinkedQueue<>();

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger most = new AtomicInteger();
    private HttpServer server;
    private Socket client;
    private BufferedReader answers;

    @BeforeEach
    void start() throws Exception {
        server = vertx.createHttpServer(new HttpServerOptions().setMaxChunkSize(UnreadBodies.CHUNK))
                .connectionHandler(this::connected)
                .requestHandler(this::handle)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        client = new Socket("127.0.0.1", server.actualPort());
        answers = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    private void handle(HttpServerRequest request) {
        switch (request.path()) {
            case "/refused" -> refuse(request);
            case "/counted" -> {
                UnreadBodies.drop(request.connection(), LIMIT);
                request.handler(handedOn::add);
                request.endHandler(ended -> request.response().end("ended"));
            }
            case "/paused" -> {
                request.pause();
                vertx.setTimer(1, later -> refuseLate(request));
            }
            case "/held" -> {
                Runnable goOn = UnreadBodies.hold(request);
                later(() -> {
                    answerWithSum(request);
                    goOn.run();
                });
            }
            case "/held-and-refused" -> {
                Runnable goOn = UnreadBodies.hold(request);
                later(() -> {
                    refuse(request);
                    goOn.run();
                });
            }
            case "/large" -> {
                large.add(request);
                BodyReader.read(vertx, request, new NoBody(), LIMIT, Duration.ofMinutes(1))
                        .onFailure(
                                refused -> request.response().setStatusCode(413).end("refused"));
            }
            default -> answerWithSum(request);
        }
    }

    private void connected(HttpConnection connection) {
        UnreadBodies.on(connection);
        ((HttpServerConnection) connection)
                .channelHandlerContext()
                .pipeline()
                .addFirst(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        received.add((ByteBuf) message);
                        bytes.addAndGet(((ByteBuf) message).readableBytes());
                        most.accumulateAndGet(((ByteBuf) message).readableBytes(), Math::max);
                        context.fireChannelRead(message);
                    }
                });
    }

    /** When the test says so, on this event loop. */
    private void later(Runnable step) {
        Context loop = vertx.getOrCreateContext();
        held.add(() -> loop.runOnContext(round -> step.run()));
    }

    private static void answerWithSum(HttpServerRequest request) {
        request.body().onSuccess(body -> request.response().end("read " + body.length() + " " + sum(body)));
    }

    private void refuse(HttpServerRequest request) {
        BodyReader.drop(request, LIMIT);
        request.response().setStatusCode(503).end("refused");
    }

    private void refuseLate(HttpServerRequest request) {
        refuse(request);
        request.resume();
    }

    private static long sum(Buffer body) {
        long sum = 0;
        for (int i = 0; i < body.length(); i++) {
            sum += body.getByte(i);
        }
        return sum;
    }

    @Test
    void nothingOfABodyIsHandedOnButItsEnd() throws Exception {
        send(post("/counted", 300_000), chunked("/counted", 90_000));
        assertThat(answers(2)).containsOnly("ended");
        assertThat(handedOn).isEmpty();
    }

    @Test
    void theNextRequestIsReadWhole() throws Exception {
        send(post("/refused", 300_000), post("/", 200_000), chunked("/refused", 90_000), chunked("/", 70_000));
        assertThat(answers(4))
                .containsExactly("refused", "read 200000 " + 200_000 * 'x', "refused", "read 70000 " + 70_000 * 'x');
    }

    @Test
    void aBodyThatIsTooLargeIsDroppedUnread() throws Exception {
        send(post("/large", LIMIT + 1), post("/", 10));
        assertThat(answers(2)).containsExactly("refused", "read 10 " + 10 * 'x');
        assertThat(large)
                .singleElement()
                .extracting(HttpServerRequest::bytesRead)
                .isEqualTo(0L);
    }

    @Test
    void nothingIsReadWhileARequestIsHeldButWhatCameWithItsHeaders() throws Exception {
        oneRequest();
        littleIsReadOf(post("/held", 3_000_000));
    }

    @Test
    void aRequestThatAsksForHttp2IsHeldLikeAnyOther() throws Exception {
        littleIsReadOf(asking("h2c", "AAMAAABkAAQAoAAAAAIAAAAA", post("/held", 3_000_000)));
    }

    private void littleIsReadOf(String request) throws Exception {
        Thread sender = new Thread(() -> sendMuch(request));
        sender.start();
        await().until(() -> held.size() == 1);
        // By then its loop has looked for more several times.
        for (int round = 0; round < ROUNDS; round++) {
            oneRound();
        }
        assertThat(bytes.get()).isLessThanOrEqualTo(UnreadBodies.RECEIVE_BUFFER);
        held.remove().run();
        assertThat(answers(2)).containsExactly("read 3000000 " + 3_000_000L * 'x', "read 10 " + 10 * 'x');
        assertThat(bytes.get()).isGreaterThan(3_000_000L - UnreadBodies.RECEIVE_BUFFER);
        sender.join();
    }

    /** What is received first, only the connection itself sees: its handlers come with it. */
    private void oneRequest() throws IOException {
        send(post("/", 1));
        answers(1);
    }

    /** Another connection of the same loop is opened, read and answered. */
    private void oneRound() throws IOException {
        try (Socket other = new Socket("127.0.0.1", server.actualPort())) {
            other.getOutputStream().write(post("/", 1).getBytes(StandardCharsets.US_ASCII));
            assertThat(other.getInputStream().read()).isPositive();
        }
    }

    private void sendMuch(String request) {
        try {
            send(request, post("/", 10));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In bits and pieces of all lengths, of which the first are too short to tell what they begin. */
    @ParameterizedTest
    @CsvSource({"h2c,AAMAAABkAAQAoAAAAAIAAAAA", "'foo, H2C',AAMAAABkAAQAoAAAAAIAAAAA", "h2c,", "h2c,!"})
    void whoAsksForHttp2IsAnsweredAsBefore(String protocol, String settings) throws Exception {
        String request = asking(protocol, settings, post("/", 3_000));
        client.setTcpNoDelay(true);
        int sent = 0;
        for (int length = 1; sent < request.length(); length *= 2) {
            int end = Math.min(sent + length, request.length());
            send(request.substring(sent, end));
            oneRound();
            sent = end;
        }
        send(asking(protocol, settings, post("/", 20)));
        assertThat(answers(2)).containsExactly("read 3000 " + 3_000 * 'x', "read 20 " + 20 * 'x');
        await().until(this::isAllFreed);
    }

    private static String asking(String protocol, @Nullable String settings, String request) {
        String asked = "Host: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: " + protocol;
        return request.replace("Host: a", settings == null ? asked : asked + "\r\nHTTP2-Settings: " + settings);
    }

    @Test
    void requestsAreHeldOneAfterTheOther() throws Exception {
        send(
                post("/held", 3_000),
                chunked("/held-and-refused", 2_000),
                post("/held", 100),
                post("/held-and-refused", 50),
                post("/", 10));
        for (int count = 0; count < 4; count++) {
            await().until(() -> held.size() == 1);
            held.remove().run();
        }
        assertThat(answers(5))
                .containsExactly(
                        "read 3000 " + 3_000 * 'x',
                        "refused",
                        "read 100 " + 100 * 'x',
                        "refused",
                        "read 10 " + 10 * 'x');
    }

    @Test
    void aRefusedClientThatAskedForItIsAnsweredBeforeItsConnectionIsClosed() throws Exception {
        send(post("/refused", 20_000).replace("Host: a", "Host: a\r\nConnection: close"));
        assertThat(answers(1)).containsExactly("refused");
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void whatIsHeldIsFreedWhenTheClientGoes() throws Exception {
        oneRequest();
        send(post("/held", 20_000));
        await().until(() -> held.size() == 1);
        assertThat(received).isNotEmpty().allMatch(buffer -> buffer.refCnt() > 0);

        client.setSoLinger(true, 0);
        client.close();
        await().until(this::isAllFreed);
    }

    @Test
    void muchIsReceivedAtOnceOnLinux() throws Exception {
        assumeThat(Transport.EPOLL.available()).isTrue();
        receiveMuch();
        assertThat(most.get()).isBetween((64 << 10) + 1, UnreadBodies.RECEIVE_BUFFER);
    }

    @Test
    void whatIsHeldAndSmallDoesNotKeepALargeBuffer() throws Exception {
        assumeThat(Transport.EPOLL.available()).isTrue();
        receiveMuch();
        send(post("/held", 20_000));
        await().until(() -> held.size() == 1);
        assertThat(received).noneMatch(buffer -> buffer.refCnt() > 0 && buffer.capacity() > 64 << 10);
        held.remove().run();
        assertThat(answers(1)).containsExactly("read 20000 " + 20_000 * 'x');
    }

    /** So much that the transport goes up to its largest buffers. */
    private void receiveMuch() throws IOException {
        oneRequest();
        for (int count = 0; most.get() <= 64 << 10 && count < 20; count++) {
            send(post("/", 2_000_000));
            answers(1);
        }
    }

    private boolean isAllFreed() {
        return received.stream().allMatch(buffer -> buffer.refCnt() == 0);
    }

    @Test
    void countlessPiecesAreHeldLikeOne() throws Exception {
        receiveMuch();
        send(
                "POST /held HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                "1\r\nx\r\n".repeat(20_000) + "bb8\r\n" + "y".repeat(3_000) + "\r\n" + "2\r\nzz\r\n".repeat(5)
                        + "0\r\n\r\n");
        await().until(() -> held.size() == 1);
        oneRound();
        held.remove().run();
        assertThat(answers(1)).containsExactly("read 23010 " + (20_000 * 'x' + 3_000 * 'y' + 10 * 'z'));
        await().until(this::isAllFreed);
    }

    @Test
    void whoSendsHundredsOfRequestsBehindOneThatIsHeldIsCutOff() throws Exception {
        receiveMuch();
        try {
            send(post("/held", 10), post("/", 10).repeat(20_000));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } catch (IOException cutOff) {
            assertThat(cutOff).hasMessageMatching("Connection reset.*|Broken pipe.*");
        }
        await().until(this::isAllFreed);
    }

    @Test
    void oneThatIsRefusedLaterTakesNothingFromTheNext() throws Exception {
        // Both are here, the second with its body, before the first is refused.
        send(post("/paused", 20), post("/", 3_000), post("/refused", 0), post("/", 10));
        assertThat(answers(4)).containsExactly("refused", "read 3000 " + 3_000 * 'x', "refused", "read 10 " + 10 * 'x');
    }

    @Test
    void aBodyWithoutEndIsCutOff() throws Exception {
        OutputStream out = client.getOutputStream();
        out.write("POST /refused HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        int sent = 0;
        try {
            while (sent < 100 * LIMIT) {
                out.write(chunk);
                sent += chunk.length;
            }
        } catch (IOException cutOff) {
            assertThat(cutOff).isNotNull();
        }
        assertThat(sent).as("what the limit and the buffers on the way take").isLessThan(50 * LIMIT);
    }

    private static final class NoBody implements Intake {
        @Override
        public void append(Buffer chunk) {
            throw new AssertionError("nobody reads this");
        }

        @Override
        public Packed whole() {
            throw new AssertionError("nobody reads this");
        }

        @Override
        public void close() {}
    }

    private void send(String... requests) throws IOException {
        client.getOutputStream().write(String.join("", requests).getBytes(StandardCharsets.US_ASCII));
    }

    private static String post(String path, int length) {
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(length);
    }

    private static String chunked(String path, int length) {
        String half = "x".repeat(length / 2);
        String chunk = Integer.toHexString(length / 2) + "\r\n" + half + "\r\n";
        return "POST " + path + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk
                + "0\r\n\r\n";
    }

    private List<String> answers(int count) throws IOException {
        List<String> bodies = new ArrayList<>();
        while (bodies.size() < count) {
            int length = 0;
            for (String line = answers.readLine(); line != null && !line.isEmpty(); line = answers.readLine()) {
                if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
            }
            char[] body = new char[length];
            int read = 0;
            while (read < length) {
                read += answers.read(body, read, length - read);
            }
            bodies.add(new String(body));
        }
        return bodies;
    }
}
