package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.clients.Destination;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.awaitility.core.ConditionFactory;

/** A project made through the API, with a key that may send and read. It does all over HTTP. */
final class Tenant {
    private final URI ingest;
    private final URI grpc;
    private final URI api;
    private final UUID project;
    private final String keyId;
    private final String publicKey;
    private final String key;

    private Tenant(URI ingest, URI grpc, URI api, UUID project, String keyId, String publicKey, String key) {
        this.ingest = ingest;
        this.grpc = grpc;
        this.api = api;
        this.project = project;
        this.keyId = keyId;
        this.publicKey = publicKey;
        this.key = key;
    }

    /** Makes a project and a key. */
    static Tenant of(Stack stack, String name) {
        Http.Answer made =
                Http.post(stack.api().resolve("/v1/projects"), stack.adminToken(), "{\"name\":\"%s\"}".formatted(name));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        String id = made.json().required("id").textValue();
        Http.Answer key = Http.post(
                stack.api().resolve("/v1/api-keys"),
                stack.adminToken(),
                "{\"project_id\":\"%s\",\"name\":\"%s\",\"scopes\":[\"ingest\",\"read\"]}".formatted(id, name));
        assertThat(key.status()).as(key.text()).isEqualTo(201);
        return new Tenant(
                stack.ingest(),
                stack.grpc(),
                stack.api(),
                UUID.fromString(id),
                key.json().required("id").textValue(),
                key.json().required("public_key").textValue(),
                key.json().required("secret_key").textValue());
    }

    /** The same project with the same key, at a stack that was started again at other ports. */
    Tenant at(Stack stack) {
        return new Tenant(stack.ingest(), stack.grpc(), stack.api(), project, keyId, publicKey, key);
    }

    /** Waits for what the pipeline does at its own pace; generous, for machines that are busy with other things. */
    static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(100)).pollInterval(Duration.ofMillis(100));
    }

    /** What its clients are told. */
    Destination destination(Stack stack) {
        return new Destination(stack.ingest(), stack.grpc(), publicKey, key);
    }

    UUID project() {
        return project;
    }

    String keyId() {
        return keyId;
    }

    String publicKey() {
        return publicKey;
    }

    String key() {
        return key;
    }

    /** A request to the OTLP path, not sent yet. */
    HttpRequest otlp(String contentType, String contentEncoding, byte[] body) {
        HttpRequest.Builder request = Http.to(ingest.resolve("/v1/traces"), key).header("Content-Type", contentType);
        if (!contentEncoding.isEmpty()) {
            request.header("Content-Encoding", contentEncoding);
        }
        return request.POST(BodyPublishers.ofByteArray(body)).build();
    }

    /** A request as some client sends it: to its own path, with the key in its own form, not sent yet. */
    HttpRequest otlp(String path, String keyHeader, String contentType, byte[] body) {
        return request("POST", path, keyHeader, contentType, body);
    }

    /** As {@link #otlp(String, String, String, byte[])}, by any method. */
    HttpRequest request(String method, String path, String keyHeader, String contentType, byte[] body) {
        String pair = Base64.getEncoder().encodeToString((publicKey + ":" + key).getBytes(StandardCharsets.UTF_8));
        HttpRequest.Builder request = HttpRequest.newBuilder(ingest.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", contentType);
        switch (keyHeader) {
            case "basic" -> request.header("Authorization", "Basic " + pair);
            case "x-api-key" -> request.header("x-api-key", key);
            default -> request.header("Authorization", "Bearer " + key);
        }
        return request.method(method, BodyPublishers.ofByteArray(body)).build();
    }

    HttpRequest otlpJson(String body) {
        return otlp("application/json", "", body.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends when the edge has heard of the key. */
    void sendOnceKnown(HttpRequest request) {
        eventually().untilAsserted(() -> {
            Http.Answer answer = Http.send(request);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        });
    }

    /** Calls when the edge has heard of the key. */
    void callOnceKnown(byte[] message, boolean zipped) {
        eventually().until(() -> Grpc.export(grpc, key, message, zipped), status -> status == 0);
    }

    void send(HttpRequest request) {
        Http.Answer answer = Http.send(request);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    Http.Answer get(String path) {
        return Http.get(api.resolve(path), key);
    }

    /** What is no text. */
    byte[] bytes(String path) {
        Http.Answer answer = get(path);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.bytes();
    }

    /** A trace's document. */
    JsonNode trace(String id) {
        Http.Answer answer = get("/v1/traces/" + id);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    JsonNode ledger() {
        Http.Answer answer =
                get("/v1/ledger?from=now-1h&to=" + encoded(Instant.now().plusSeconds(60)));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    /** The one point of the one series over a range; missing where there is nothing. */
    JsonNode total(String measures, Instant from, Instant to) {
        JsonNode series = metrics(measures, "", "all", from, to).required("series");
        return series.isEmpty()
                ? MissingNode.getInstance()
                : series.get(0).required("points").get(0);
    }

    /** One point for each group over a range, by the group's values in the order of {@code groupBy}, joined by slashes. */
    Map<String, JsonNode> totalsBy(String groupBy, String measures, Instant from, Instant to) {
        Map<String, JsonNode> totals = new TreeMap<>();
        for (JsonNode series : metrics(measures, groupBy, "all", from, to).required("series")) {
            StringBuilder group = new StringBuilder();
            for (String dimension : groupBy.split(",")) {
                String value = series.required("group").required(dimension).textValue();
                group.append(group.isEmpty() ? "" : "/").append(value == null ? "-" : value);
            }
            totals.put(group.toString(), series.required("points").get(0));
        }
        return totals;
    }

    /** A measure at each start of a window that has any. */
    Map<Instant, Long> pointsOf(String measure, String step, Instant from, Instant to) {
        Map<Instant, Long> points = new TreeMap<>();
        for (JsonNode series : metrics(measure, "", step, from, to).required("series")) {
            for (JsonNode point : series.required("points")) {
                points.put(
                        Instant.parse(point.required("t").textValue()),
                        point.required(measure).longValue());
            }
        }
        return points;
    }

    private JsonNode metrics(String measures, String groupBy, String step, Instant from, Instant to) {
        Http.Answer answer = get("/v1/metrics?measures=" + measures
                + (groupBy.isEmpty() ? "" : "&group_by=" + groupBy)
                + "&step=" + step + "&from=" + encoded(from) + "&to=" + encoded(to));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private static String encoded(Instant time) {
        return URLEncoder.encode(time.toString(), StandardCharsets.UTF_8);
    }
}
