package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests whose bodies nobody reads, and those behind them on the same connection. */
class UnreadBodiesIT {
    private static final int LIMIT = 1 << 20;

    private final Vertx vertx = Vertx.vertx();
    private final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    private final Queue<Buffer> handedOn = new ConcurrentLinkedQueue<>();
    private HttpServer server;
    private Socket client;
    private BufferedReader answers;

    @BeforeEach
    void start() throws Exception {
        server = vertx.createHttpServer()
                .connectionHandler(UnreadBodies::on)
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
            case "/held" -> {
                request.pause();
                held.add(request);
                if (held.size() == 1) {
                    vertx.setTimer(1, later -> held.forEach(this::refuseLate));
                }
            }
            default ->
                request.body().onSuccess(body -> request.response().end("read " + body.length() + " " + sum(body)));
        }
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
    void oneThatIsRefusedLaterTakesNothingFromTheNext() throws Exception {
        // Both are here, the second with its body, before the first is refused.
        send(post("/held", 20), post("/", 3_000), post("/refused", 0), post("/", 10));
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
