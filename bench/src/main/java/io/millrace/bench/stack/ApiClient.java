package io.millrace.bench.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.bench.load.Cube;
import io.millrace.bench.load.Grain;
import io.millrace.bench.load.Table;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** The public API, as any client with a read key sees it. */
public final class ApiClient {
    /** The measures that are read, in the order of a table's numbers; cost in pico-dollars. */
    public static final List<String> MEASURES = List.of("spans", "errors", "input_tokens", "output_tokens", "cost_usd");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PICO_DIGITS = 12;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final URI api;
    private final String secret;

    public ApiClient(URI api, String secret) {
        this.api = api;
        this.secret = secret;
    }

    /** From {@code from} to {@code to}, both by received time. */
    public Ledger ledger(Instant from, Instant to) throws IOException, InterruptedException {
        return Ledger.of(get("/v1/ledger?from=" + from + "&to=" + to));
    }

    /** All points of a grouping; a point's missing value counts as zero. */
    public Table metrics(Grain grain, Cube cube, Instant from, Instant to) throws IOException, InterruptedException {
        String groupBy = cube.dimensions().isEmpty() ? "" : "&group_by=" + String.join(",", cube.dimensions());
        JsonNode answer = get("/v1/metrics?measures=" + String.join(",", MEASURES) + groupBy + "&step=" + grain.label()
                + "&from=" + from + "&to=" + to);
        Table table = new Table(MEASURES);
        for (JsonNode series : answer.required("series")) {
            List<String> dims = dims(series.path("group"), cube);
            for (JsonNode point : series.required("points")) {
                long start = OffsetDateTime.parse(point.required("t").asText()).toEpochSecond();
                table.add(new Table.Key(grain, cube, dims, start), numbers(point));
            }
        }
        return table;
    }

    /** How many spans of the project are visible in windows between these moments. */
    public long visibleSpans(Instant from, Instant to) throws IOException, InterruptedException {
        JsonNode answer = get("/v1/metrics?measures=spans&step=10s&from=" + from + "&to=" + to);
        long spans = 0;
        for (JsonNode series : answer.required("series")) {
            for (JsonNode point : series.required("points")) {
                spans += point.path("spans").asLong();
            }
        }
        return spans;
    }

    /** The newest anomalies, as they are told. */
    public List<JsonNode> anomalies() throws IOException, InterruptedException {
        List<JsonNode> anomalies = new ArrayList<>();
        get("/v1/anomalies?limit=1000").required("items").forEach(anomalies::add);
        return anomalies;
    }

    /** A project, and what to send to it and read from it with: a key, whose two parts are asked for by some clients. */
    public record Tenant(UUID project, String publicKey, String secret) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Tenant[project=" + project + "]";
        }
    }

    /**
     * Makes a project and a key for it; this client's key has every scope.
     *
     * @return the project, with a key that has the scopes ingest and read
     */
    public Tenant newProject(String name) throws IOException, InterruptedException {
        return newProject(name, Map.of());
    }

    /**
     * Makes a project with settings, and after these a key for it: an edge that knows the key knows the settings.
     *
     * @param settings what is put to paths below the project, by the path's last part
     * @return the project, with a key that has the scopes ingest and read
     */
    public Tenant newProject(String name, Map<String, Map<String, Object>> settings)
            throws IOException, InterruptedException {
        String id = send(request("/v1/projects").POST(json(Map.of("name", name))), 201)
                .required("id")
                .asText();
        for (Map.Entry<String, Map<String, Object>> setting : settings.entrySet()) {
            send(request("/v1/projects/" + id + "/" + setting.getKey()).PUT(json(setting.getValue())), 200);
        }
        Map<String, Object> key = Map.of("project_id", id, "name", name, "scopes", List.of("ingest", "read"));
        JsonNode made = send(request("/v1/api-keys").POST(json(key)), 201);
        return new Tenant(
                UUID.fromString(id),
                made.required("public_key").asText(),
                made.required("secret_key").asText());
    }

    private static HttpRequest.BodyPublisher json(Map<String, Object> body) throws IOException {
        return HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
    }

    private static List<String> dims(JsonNode group, Cube cube) {
        Map<String, String> values = new TreeMap<>();
        group.fields()
                .forEachRemaining(
                        value -> values.put(value.getKey(), value.getValue().asText("")));
        List<String> dims = new ArrayList<>();
        cube.dimensions().forEach(dimension -> dims.add(values.getOrDefault(dimension, "")));
        return dims;
    }

    private static long[] numbers(JsonNode point) {
        long[] numbers = new long[MEASURES.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode value = point.path(MEASURES.get(i));
            if (MEASURES.get(i).equals("cost_usd")) {
                numbers[i] = pico(value);
            } else {
                numbers[i] = value.asLong();
            }
        }
        return numbers;
    }

    private static long pico(JsonNode usd) {
        return usd.isMissingNode() || usd.isNull()
                ? 0
                : new BigDecimal(usd.asText()).movePointRight(PICO_DIGITS).longValueExact();
    }

    private JsonNode get(String pathAndQuery) throws IOException, InterruptedException {
        return send(request(pathAndQuery), 200);
    }

    private HttpRequest.Builder request(String pathAndQuery) {
        return HttpRequest.newBuilder(api.resolve(pathAndQuery))
                .header("Authorization", "Bearer " + secret)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(30));
    }

    private JsonNode send(HttpRequest.Builder builder, int expected) throws IOException, InterruptedException {
        HttpRequest request = builder.build();
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != expected) {
            throw new IOException("the API answered " + response.statusCode() + " to " + request.uri() + ": "
                    + new String(response.body(), StandardCharsets.UTF_8));
        }
        return JSON.readTree(response.body());
    }
}
