package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.schema.wire.SpanMessage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What LangSmith's SDK sends, sent again to an edge as it was recorded: what is answered, and what the log then has. */
@ExtendWith(EdgeExtension.class)
class LangSmithIT {
    private static final String TAKEN = "{\"message\":\"Runs batch ingested\"}";
    private static final String ID = "01a1faf6-9d6a-7000-8000-028b02767493";

    private final Tenant tenant = EdgeExtension.tenant();

    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip", "zstd"})
    void takesRunsInParts(String encoding) throws IOException {
        HttpResponse<byte[]> answer = replay("/api/v1", "langsmith-multipart/002", encoding);

        isTaken(answer);
        assertThat(tenant.spans())
                .hasSize(10)
                .allSatisfy(span -> assertThat(span.hasPartial()).isTrue());
        assertThat(tenant.log()).allSatisfy(record -> {
            assertThat(record.batch().getDialect()).isEqualTo("langsmith");
            assertThat(record.counts().getAccepted()).isEqualTo(10);
        });
    }

    @Test
    void takesBatches() throws IOException {
        isTaken(replay("", "langsmith-batch/002", "identity"));
        isTaken(replay("//v1/", "langsmith-batch/003", "gzip"));
        assertThat(tenant.spans()).hasSize(12);
    }

    @Test
    void takesRunsOneByOneAndTheSameAgainIsTheSame() throws IOException {
        for (int request : IntStream.rangeClosed(1, 20).toArray()) {
            isTaken(replay("", "langsmith-single/%03d".formatted(request), "identity"));
        }
        List<SpanMessage> once = tenant.spans();
        assertThat(once).hasSize(20);
        for (int request : IntStream.rangeClosed(1, 20).toArray()) {
            isTaken(replay("", "langsmith-single/%03d".formatted(request), "identity"));
        }
        assertThat(tenant.spans()).hasSize(40);
        assertThat(tenant.spans().stream().distinct()).containsExactlyInAnyOrderElementsOf(once);
        assertThat(once.stream().map(span -> span.getPartial().getId()).distinct())
                .hasSize(20);
    }

    @Test
    void whatIsNotKeptOfFilesIsCounted() throws IOException {
        isTaken(replay("", "langsmith-attachments/002", "identity"));

        assertThat(tenant.log()).hasSize(1);
        assertThat(tenant.log().get(0).counts().getIgnoredMap()).isEqualTo(Map.of("attachment", 1));
    }

    @Test
    void feedbackIsToldBack() throws IOException {
        HttpResponse<byte[]> answer = replay("", "langsmith-single/022", "identity");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Edge.json(answer)).isEqualTo(new JsonObject(text(resource("langsmith-single/022.bin"))));
        assertThat(tenant.spans()).hasSize(1);

        String comment = "x".repeat(70_000);
        HttpResponse<byte[]> large = send(
                "POST",
                "/feedback",
                "application/json",
                bytes("{\"run_id\":\"%s\",\"comment\":\"%s\"}".formatted(ID, comment)));
        assertThat(large.statusCode()).isEqualTo(200);
        assertThat(text(large.body())).isEqualTo("{}");
        assertThat(tenant.spans()).hasSize(2);
    }

    @Test
    void oneThatIsRefusedIsNamedAndTheOthersAreTaken() {
        HttpResponse<byte[]> answer = send(
                "POST",
                "/runs/batch",
                "application/json",
                bytes("{\"post\":[{\"id\":\"%s\"},{\"id\":\"x\",\"end_time\":1}]}".formatted(ID)));

        assertThat(answer.statusCode()).isEqualTo(202);
        JsonArray refused = Edge.json(answer).getJsonArray("refused");
        assertThat(refused).hasSize(1);
        assertThat(refused.getJsonObject(0).getString("id")).isEqualTo("x");
        assertThat(refused.getJsonObject(0).getString("reason")).isEqualTo("too_old");
        assertThat(tenant.spans()).hasSize(1);
        assertThat(tenant.log().get(0).counts().getRefusedMap()).isEqualTo(Map.of("too_old", 1));
    }

    @Test
    void theOnlyOneRefusedIsAnError() {
        HttpResponse<byte[]> answer =
                send("POST", "/runs", "application/json", bytes("{\"id\":\"x\",\"start_time\":\"soon\"}"));

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(Edge.contentType(answer)).isEqualTo("application/problem+json");
        assertThat(Edge.json(answer).getString("detail"))
                .isEqualTo("malformed: start_time is neither ISO 8601 nor milliseconds since the epoch");
        assertThat(tenant.log()).hasSize(1);
        assertThat(tenant.log().get(0).counts().getRefusedMap()).isEqualTo(Map.of("malformed", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/info", "/api/v1/info", "//info/"})
    void saysHowToSendWithoutAKey(String path) {
        HttpResponse<byte[]> answer = EdgeExtension.edge().get(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Edge.json(answer)).isEqualTo(new JsonObject("""
                                {"version": "0.13.0",
                                 "batch_ingest_config": {"use_multipart_endpoint": true, "size_limit": 100,
                                   "size_limit_bytes": 12582912, "scale_up_qsize_trigger": 1000,
                                   "scale_up_nthreads_limit": 16, "scale_down_nempty_trigger": 4},
                                 "instance_flags": {"gzip_body_enabled": true, "zstd_compression_enabled": true}}"""));
    }

    @Test
    void runsWantAKey() {
        HttpRequest request = HttpRequest.newBuilder(EdgeExtension.edge().uri("/runs/batch"))
                .timeout(Duration.ofSeconds(30))
                .POST(BodyPublishers.ofString("{}"))
                .build();
        HttpResponse<byte[]> answer = EdgeExtension.edge().send(request);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(Edge.json(answer).getString("code")).isEqualTo("unauthenticated");
    }

    private static void isTaken(HttpResponse<byte[]> answer) {
        assertThat(text(answer.body())).isEqualTo(TAKEN);
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(Edge.contentType(answer)).isEqualTo("application/json");
    }

    private HttpResponse<byte[]> replay(String prefix, String name, String encoding) throws IOException {
        JsonObject recorded = new JsonObject(text(resource(name + ".headers.json")));
        byte[] body = packed(resource(name + ".bin"), encoding);
        return send(
                recorded.getString("method"),
                prefix + recorded.getString("path"),
                recorded.getJsonObject("headers").getString("content-type"),
                body,
                "Content-Encoding",
                encoding);
    }

    /** The SDKs send the key in a header of its own. */
    private HttpResponse<byte[]> send(String method, String path, String contentType, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        EdgeExtension.edge().uri(path))
                .timeout(Duration.ofSeconds(30))
                .header("x-api-key", tenant.secret())
                .header("Content-Type", contentType)
                .method(method, BodyPublishers.ofByteArray(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return EdgeExtension.edge().send(request.build());
    }

    private static byte[] packed(byte[] body, String encoding) throws IOException {
        if (encoding.equals("zstd")) {
            return Zstd.compress(body);
        }
        if (encoding.equals("identity")) {
            return body;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        }
        return out.toByteArray();
    }

    private static byte[] resource(String path) throws IOException {
        try (InputStream file = LangSmithIT.class.getResourceAsStream("/captures/" + path)) {
            if (file == null) {
                throw new AssertionError("no recording " + path);
            }
            return file.readAllBytes();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
