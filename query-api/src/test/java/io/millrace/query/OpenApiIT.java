package io.millrace.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenApiIT {
    private static final Api API = Api.shared();

    @Test
    void describesEveryRouteAndNoOther() {
        JsonNode paths = API.send(API.request("/openapi.json")).body().get("paths");
        var described = new TreeSet<String>();
        paths.fields()
                .forEachRemaining(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(method ->
                                described.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));

        assertThat(described).isEqualTo(new TreeSet<>(API.routes()));
    }

    @Test
    void refersToWhatIsThere() {
        JsonNode document = API.send(API.request("/openapi.json")).body();
        List<String> references = new ArrayList<>();
        document.findValues("$ref").forEach(reference -> references.add(reference.asText()));

        assertThat(references)
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                document.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse());
        assertThat(document.get("openapi").asText()).isEqualTo("3.1.0");
    }

    @Test
    void sharesProblemTypesWithTheCode() {
        JsonNode types =
                API.send(API.request("/openapi.json")).body().at("/components/schemas/Problem/properties/type/enum");
        List<String> known = new ArrayList<>();
        for (var type : io.millrace.query.http.ProblemType.values()) {
            known.add(type.uri());
        }

        assertThat(types).extracting(JsonNode::asText).containsExactlyElementsOf(known);
    }

    @Test
    void livesIsReadyAndShowsItsMetrics() throws Exception {
        assertThat(API.send(API.request("/health/live")).body().toString()).isEqualTo("{\"status\":\"live\"}");
        assertThat(API.send(API.request("/health/ready")).body().toString()).isEqualTo("{\"status\":\"ready\"}");

        var metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + API.managementPort() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(metrics.body())
                .contains(
                        "http_server_requests_seconds_count{method=\"GET\",route=\"/health/ready\",server=\"api\",status=\"200\"}")
                .contains("millrace_overlay_bytes")
                .contains("millrace_live_connections")
                .contains("millrace_live_ring_bytes{channel=\"traces\"}");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatAsksForHttp2IsAnsweredOverHttp1(boolean management) throws Exception {
        HttpRequest request = management
                ? HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + API.managementPort() + "/metrics"))
                        .build()
                : API.request("/openapi.json").build();
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        var answer = client.send(request, HttpResponse.BodyHandlers.discarding());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }
}
