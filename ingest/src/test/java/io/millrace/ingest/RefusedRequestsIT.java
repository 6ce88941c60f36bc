package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.trace.v1.Span;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that are refused as a whole: the status, and how the dialect says why. */
@ExtendWith(EdgeExtension.class)
class RefusedRequestsIT {
    private static final byte[] ONE = Otlp.request(Otlp.span());
    private static final byte[] EMPTY_JSON = utf8("{}");
    private static final int MIB = 1 << 20;

    private final Edge edge = EdgeExtension.edge();

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void otlpSaysWhyInAStatus(String name, String contentType, byte[] body, String[] headers, int status, int code) {
        HttpResponse<byte[]> answer = edge.post("/v1/traces", contentType, body, headers);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(Edge.rpcCode(answer)).isEqualTo(code);
        assertThat(Edge.contentType(answer)).isEqualTo(contentType.contains("protobuf") ? Edge.PROTOBUF : Edge.JSON);
    }

    static Stream<Arguments> otlpSaysWhyInAStatus() {
        byte[] packed = Otlp.gzip(Otlp.request(Otlp.span().addAttributes(Otlp.attribute("k", "v".repeat(5000)))));
        String[] none = {};
        String[] gzip = {"Content-Encoding", "gzip"};
        return Stream.of(
                refused("no key", Edge.PROTOBUF, ONE, auth(""), 401, 16),
                refused("no key, JSON", Edge.JSON, EMPTY_JSON, auth(""), 401, 16),
                refused("unknown key", Edge.PROTOBUF, ONE, auth("Bearer sk-mr-none"), 401, 16),
                refused("halves of two keys", Edge.PROTOBUF, ONE, auth(basic("pk-mr-reader:" + Edge.SECRET)), 401, 16),
                refused("a key for reading", Edge.PROTOBUF, ONE, auth("Bearer sk-mr-reader"), 403, 7),
                refused("text", "text/plain", ONE, none, 415, 3),
                refused("no content type", "", ONE, none, 415, 3),
                refused("NDJSON", "application/x-ndjson", EMPTY_JSON, none, 415, 3),
                refused("brotli", Edge.PROTOBUF, ONE, new String[] {"Content-Encoding", "br"}, 415, 3),
                refused("twice packed", Edge.JSON, ONE, new String[] {"Content-Encoding", "gzip, gzip"}, 415, 3),
                refused("half a gzip", Edge.PROTOBUF, Arrays.copyOf(packed, packed.length / 2), gzip, 400, 3),
                refused("gzip said, not done", Edge.PROTOBUF, ONE, gzip, 400, 3),
                refused(
                        "zstd said, not done",
                        Edge.JSON,
                        EMPTY_JSON,
                        new String[] {"Content-Encoding", "zstd"},
                        400,
                        3),
                refused("garbage", Edge.PROTOBUF, new byte[] {(byte) 0xff, (byte) 0xff, 3, 4}, none, 400, 3),
                refused("cut off", Edge.PROTOBUF, Arrays.copyOf(ONE, ONE.length - 3), none, 400, 3),
                refused("JSON sent as Protobuf", Edge.PROTOBUF, utf8("{\"resourceSpans\":[]}"), none, 400, 3),
                refused("half a JSON", Edge.JSON, utf8("{\"resourceSpans\":[{"), none, 400, 3),
                refused("a JSON list", Edge.JSON, utf8("[]"), none, 400, 3),
                refused("a JSON text", Edge.JSON, utf8("\"spans\""), none, 400, 3),
                refused("no span has an id", Edge.PROTOBUF, Otlp.request(withoutIds(), withoutIds()), none, 400, 3));
    }

    private static Arguments refused(
            String name, String contentType, byte[] body, String[] headers, int status, int code) {
        return Arguments.of(name, contentType, body, headers, status, code);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "POST, /v1/spans, application/json, '', 401, unauthenticated",
        "POST, /v1/spans, application/json, Bearer sk-mr-none, 401, unauthenticated",
        "POST, /v1/spans, application/json, Bearer sk-mr-reader, 403, forbidden",
        "POST, /v1/spans, text/plain, Bearer sk-mr-edge, 415, unsupported_media_type",
        "POST, /v1/spans, application/json, Bearer sk-mr-edge, 400, invalid_body",
        "POST, /api/public/scores/0197, '', '', 400, not_available",
        "GET, /api/v1/runs/0197/share, '', '', 400, not_available",
        "PATCH, /feedback/0197, '', '', 400, not_available",
        "POST, /info, '', '', 405, method_not_allowed",
        "GET, /runs/0197, '', '', 405, method_not_allowed",
        "POST, /runs, application/json, '', 401, unauthenticated",
        "POST, /runs, application/json, Bearer sk-mr-edge, 400, invalid_body",
        "POST, /runs, text/plain, Bearer sk-mr-edge, 415, unsupported_media_type",
        "PATCH, /api/v1/runs/0197, '', Bearer sk-mr-edge, 400, invalid_body",
        "POST, /runs/batch, '', Bearer sk-mr-edge, 400, invalid_body",
        "POST, /runs/multipart, application/json, Bearer sk-mr-edge, 415, unsupported_media_type",
        "POST, /runs/multipart, multipart/form-data, Bearer sk-mr-edge, 400, invalid_body",
        "POST, /runs/multipart, multipart/form-data; boundary=b, Bearer sk-mr-edge, 400, invalid_body",
        "POST, /feedback, '', Bearer sk-mr-edge, 400, invalid_body",
        "POST, /webhooks/whk_0, application/json, '', 404, not_found",
        "GET, /webhooks/whk_0, '', '', 405, method_not_allowed",
        "GET, /nothing, '', '', 404, not_found",
        "GET, /v1/spans, '', '', 405, method_not_allowed",
    })
    void othersSayWhyInAProblem(
            String method, String path, String contentType, String authorization, int status, String type) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(edge.uri(path)).method(method, BodyPublishers.ofString("nonsense"));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }

        HttpResponse<byte[]> answer = edge.send(request.build());

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(Edge.contentType(answer)).isEqualTo("application/problem+json");
        JsonObject problem = Edge.json(answer);
        assertThat(problem.getString("type")).isEqualTo("urn:millrace:problem:" + type);
        assertThat(problem.getString("code")).isEqualTo(type);
        assertThat(problem.getString("detail")).isNotBlank();
        assertThat(problem.getInteger("status")).isEqualTo(status);
        assertThat(problem.getString("title")).isNotBlank();
    }

    @Test
    void asksForAKeyInBothWays() {
        HttpResponse<byte[]> answer = edge.post("/v1/traces", Edge.PROTOBUF, ONE, auth(""));
        assertThat(answer.headers().allValues("WWW-Authenticate"))
                .containsExactly("Bearer realm=\"millrace\"", "Basic realm=\"millrace\"");
    }

    @Test
    void refusesAnAnnouncedLengthBeforeTheBodyComes() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", edge.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(utf8("POST /v1/traces HTTP/1.1\r\nHost: x\r\nx-api-key: " + Edge.SECRET
                            + "\r\nContent-Type: application/json\r\nContent-Length: " + (16 * MIB + 1) + "\r\n\r\n"));
            assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 413 Request Entity Too Large");
        }
    }

    @Test
    void letsAClientThatAsksFirstGoOn() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", edge.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(utf8("POST /v1/traces HTTP/1.1\r\nHost: x\r\nx-api-key: " + Edge.SECRET
                            + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
                            + "Expect: 100-continue\r\n\r\n"));
            assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 100 Continue");
        }
    }

    @Test
    void countsWhatArrivesWhenNothingWasAnnounced() {
        byte[] body = new byte[16 * MIB + 1];
        HttpResponse<byte[]> answer = edge.send(edge.request(
                "/v1/traces", Edge.PROTOBUF, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(Edge.rpcCode(answer)).isEqualTo(3);
    }

    @Test
    void stopsABombOfTenGigabytes() {
        Memory before = Memory.now();
        HttpResponse<byte[]> answer = edge.send(edge.request(
                "/v1/traces",
                Edge.PROTOBUF,
                BodyPublishers.ofInputStream(RefusedRequestsIT::bomb),
                "Content-Encoding",
                "gzip"));

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(Edge.rpcCode(answer)).isEqualTo(3);
        assertThat(edge.ingest().inFlightBytes()).isZero();
        before.isBackAfter("a gzip bomb of 10 GB", 32 * MIB);
    }

    /** One block of 16 MiB of zeros, said 640 times. */
    private static InputStream bomb() {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        deflater.setInput(new byte[16 * MIB]);
        byte[] block = new byte[MIB];
        int length = 0;
        for (int n = -1; n != 0; length += n) {
            n = deflater.deflate(block, length, block.length - length, Deflater.FULL_FLUSH);
        }
        deflater.end();
        byte[] header = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0};
        byte[] zeros = Arrays.copyOf(block, length);
        Stream<InputStream> parts = Stream.concat(
                Stream.of(new ByteArrayInputStream(header)),
                Stream.generate(() -> (InputStream) new ByteArrayInputStream(zeros))
                        .limit(640));
        return new SequenceInputStream(Collections.enumeration(parts.toList()));
    }

    @Test
    void anEmptyRequestIsASuccess() {
        for (String path : List.of("/v1/traces", "/v1/logs", "/v1/metrics")) {
            assertThat(edge.post(path, Edge.PROTOBUF, new byte[0]).statusCode()).isEqualTo(200);
            assertThat(edge.post(path, Edge.JSON, EMPTY_JSON).statusCode()).isEqualTo(200);
        }
    }

    private static Span.Builder withoutIds() {
        return Otlp.span().clearTraceId().clearSpanId();
    }

    private static String firstLine(Socket socket) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = socket.getInputStream().read();
                c >= 0 && c != '\r';
                c = socket.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    private static String[] auth(String header) {
        return new String[] {"Authorization", header};
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(utf8(pair));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
