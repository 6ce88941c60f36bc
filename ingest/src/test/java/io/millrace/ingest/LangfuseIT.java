package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.EdgeExtension.Tenant;
import io.millrace.ingest.Kafka.LogEntry;
import io.millrace.ingest.otlp.Capture;
import io.millrace.schema.wire.SpanMessage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Langfuse's classic SDKs send, and what they are answered. */
@ExtendWith(EdgeExtension.class)
class LangfuseIT {
    private static final String BATCHES = "/api/public/ingestion";
    private static final String SCORES = "/api/public/scores";
    private static final int MIB = 1 << 20;

    private final Tenant tenant = EdgeExtension.tenant();

    @Test
    void theRecordedBatchesAreDurableAndAnsweredEventByEvent() {
        for (String path : List.of("langfuse-v3/001.bin", "langfuse-v3/002.bin")) {
            byte[] body = recorded(path);
            HttpResponse<byte[]> answer = send(BATCHES, body);

            assertThat(answer.statusCode()).isEqualTo(207);
            assertThat(Edge.contentType(answer)).isEqualTo(Edge.JSON);
            JsonObject json = Edge.json(answer);
            assertThat(json.getJsonArray("errors")).isEmpty();
            assertThat(json.containsKey("refused")).isFalse();
            assertThat(ids(json.getJsonArray("successes")))
                    .isEqualTo(ids(new JsonObject(new String(body, StandardCharsets.UTF_8)).getJsonArray("batch")));
        }
        assertThat(tenant.spans())
                .hasSize(18)
                .allMatch(SpanMessage::hasPartial)
                .extracting(SpanMessage::getTraceId)
                .containsOnly(tenant.spans().get(0).getTraceId());
        assertThat(tenant.spans().stream().filter(message -> message.getSpanId().isEmpty()))
                .hasSize(4);
        List<LogEntry> log = tenant.log();
        assertThat(log).extracting(entry -> entry.batch().getDialect()).containsOnly("langfuse");
        assertThat(log).extracting(entry -> entry.counts().getAccepted()).containsExactlyInAnyOrder(15, 3);
    }

    @Test
    void theSameBatchAgainIsTheSameMessages() {
        byte[] body = recorded("langfuse-v3/001.bin");
        send(BATCHES, body);
        send(BATCHES, body);
        List<SpanMessage> spans = tenant.spans();
        assertThat(spans).hasSize(30);
        assertThat(spans.subList(15, 30)).isEqualTo(spans.subList(0, 15));
    }

    @Test
    void aBadEventIsNamedAndItsNeighboursAreKept() {
        String at = Edge.RECEIVED.toString();
        JsonObject answer = Edge.json(send(
                BATCHES,
                ("{\"batch\":[{\"id\":\"a\",\"type\":\"span-create\",\"timestamp\":\"" + at
                                + "\",\"body\":{\"id\":\"1\"}},"
                                + "{\"id\":\"b\",\"type\":\"span-create\",\"timestamp\":\"" + at + "\",\"body\":{}},"
                                + "{\"id\":\"c\",\"type\":\"sdk-log\",\"timestamp\":\"" + at + "\",\"body\":{}}]}")
                        .getBytes(StandardCharsets.UTF_8)));

        assertThat(answer.getJsonArray("errors")).isEmpty();
        assertThat(ids(answer.getJsonArray("successes"))).containsExactly("a");
        JsonObject refused = answer.getJsonArray("refused").getJsonObject(0);
        assertThat(refused.getString("id")).isEqualTo("b");
        assertThat(refused.getString("error")).isEqualTo("missing_id");
        LogEntry entry = tenant.log().get(0);
        assertThat(entry.counts().getAccepted()).isEqualTo(1);
        assertThat(entry.counts().getRefusedMap()).isEqualTo(Map.of("missing_id", 1));
        assertThat(entry.counts().getIgnoredMap()).isEqualTo(Map.of("sdk_log", 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"//api/public/ingestion", "/some/prefix/api/public/ingestion/", "/api/public/ingestion?x=1"})
    void takesEveryPathThatClientsUse(String path) {
        assertThat(send(path, recorded("langfuse-v5/002.bin")).statusCode()).isEqualTo(207);
        assertThat(tenant.spans()).hasSize(1);
    }

    @Test
    void takesPackedBatches() {
        byte[] packed = Otlp.gzip(recorded("langfuse-v3/001.bin"));
        assertThat(tenant.post(BATCHES, Edge.JSON, packed, "Content-Encoding", "gzip")
                        .statusCode())
                .isEqualTo(207);
        assertThat(tenant.spans()).hasSize(15);
    }

    @Test
    void aScoreComesAlso() {
        HttpResponse<byte[]> answer = send(
                SCORES, "{\"id\":\"s\",\"traceId\":\"t\",\"name\":\"n\",\"value\":1}".getBytes(StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("{\"id\":\"s\"}");
        assertThat(tenant.spans())
                .singleElement()
                .satisfies(message -> assertThat(message.getExternalTraceId()).isEqualTo("t"));
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "POST, /api/public/ingestion, application/json, ``, {}, 401, unauthenticated",
                "POST, /api/public/ingestion, application/json, Bearer sk-mr-none, {}, 401, unauthenticated",
                "POST, /api/public/ingestion, application/json, Bearer sk-mr-reader, {}, 403, forbidden",
                "POST, /api/public/ingestion, application/json, Bearer sk-mr-edge, {}, 400, invalid_body",
                "POST, /api/public/ingestion, application/json, Bearer sk-mr-edge, nonsense, 400, invalid_body",
                "POST, /api/public/ingestion, application/json, Bearer sk-mr-edge, ``, 400, invalid_body",
                "POST, /api/public/ingestion, application/x-ndjson, Bearer sk-mr-edge, {}, 415, unsupported_media_type",
                "POST, /api/public/ingestion, text/plain, Bearer sk-mr-edge, {}, 415, unsupported_media_type",
                "GET, /api/public/ingestion, ``, Bearer sk-mr-edge, ``, 405, method_not_allowed",
                "POST, /api/public/scores, application/json, Bearer sk-mr-edge, {}, 400, invalid_body",
                "GET, /api/public/projects, ``, ``, ``, 401, unauthenticated",
                "GET, /api/public/projects, ``, Bearer sk-mr-none, ``, 401, unauthenticated",
                "POST, /api/public/projects, ``, Bearer sk-mr-edge, ``, 405, method_not_allowed",
                "POST, /api/public/health, ``, ``, ``, 405, method_not_allowed",
                "GET, /api/public/media/4nrgRZBn-dGRR1SoD9_iuY, ``, Bearer sk-mr-edge, ``, 400, not_available",
                "DELETE, /api/public/media/4nrgRZBn-dGRR1SoD9_iuY, ``, Bearer sk-mr-edge, ``, 405, method_not_allowed",
            })
    void aRequestOfWhichNothingIsTakenIsAnsweredInJson(
            String method,
            String path,
            String contentType,
            String authorization,
            String body,
            int status,
            String error) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(EdgeExtension.edge().uri(path)).method(method, BodyPublishers.ofString(body));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }

        HttpResponse<byte[]> answer = EdgeExtension.edge().send(request.build());

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(Edge.contentType(answer)).isEqualTo(Edge.JSON);
        JsonObject json = Edge.json(answer);
        assertThat(json.getString("error")).isEqualTo(error);
        assertThat(json.getString("message")).isNotBlank();
        assertThat(json.getJsonArray("errors")).isEmpty();
    }

    @Test
    void aBodyOverTheLimitIsAnsweredInJson() {
        HttpResponse<byte[]> answer = send(BATCHES, new byte[16 * MIB + 1]);
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(Edge.json(answer).getString("error")).isEqualTo("too_large");
    }

    @Test
    void withoutABlobStoreMediaAreNotAvailableWhichIsSaidInJson() {
        HttpResponse<byte[]> answer = send("/api/public/media", "{}".getBytes(StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Edge.json(answer).getString("error")).isEqualTo("not_available");
    }

    @Test
    void aClientAsksWhetherItsKeyIsGood() {
        HttpResponse<byte[]> answer = EdgeExtension.edge()
                .send(HttpRequest.newBuilder(EdgeExtension.edge().uri("/api/public/projects"))
                        .header("Authorization", basic())
                        .build());
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonArray projects = Edge.json(answer).getJsonArray("data");
        assertThat(projects).hasSize(1);
        assertThat(projects.getJsonObject(0).getString("id"))
                .isEqualTo(tenant.project().toString());
        assertThat(projects.getJsonObject(0).getString("name")).isEqualTo("test");
    }

    @Test
    void aClientAsksWhetherTheEdgeLives() {
        HttpResponse<byte[]> answer = EdgeExtension.edge().get("/api/public/health");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Edge.json(answer).getString("status")).isEqualTo("OK");
        assertThat(Edge.json(answer).getString("version")).isNotBlank();
    }

    private HttpResponse<byte[]> send(String path, byte[] body) {
        return tenant.post(path, Edge.JSON + "; charset=utf-8", body, "Authorization", basic());
    }

    private String basic() {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString(
                                ("pk-mr-" + tenant.project() + ":" + tenant.secret()).getBytes(StandardCharsets.UTF_8));
    }

    /** A recording, as if it had been made a little before the edge's clock. */
    private static byte[] recorded(String path) {
        String minute = Edge.RECEIVED.minusSeconds(120).toString().substring(0, "2026-11-20T21:56".length());
        return new String(Capture.bytes(path), StandardCharsets.UTF_8)
                .replaceAll("2026-11-20T21:5[67]", minute)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> ids(JsonArray items) {
        return items.stream().map(item -> ((JsonObject) item).getString("id")).toList();
    }
}
