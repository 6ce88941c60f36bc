package io.millrace.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.span.RefusalReason;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The document that {@code /openapi.json} answers with says what the edge takes, and nothing else. */
class OpenApiTest {
    private final JsonObject document =
            Answer.resource("/openapi/ingest.json").body().toJsonObject();

    @Test
    void describesEveryRouteAndNoOther() {
        var described = new TreeSet<String>();
        document.getJsonObject("paths")
                .forEach(path -> ((JsonObject) path.getValue())
                        .forEach(operation ->
                                described.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));
        var taken = new TreeSet<String>();
        Arrays.stream(Endpoint.values())
                .filter(Endpoint::isKnown)
                .forEach(endpoint -> taken.add(endpoint.method() + " " + endpoint.route()));

        assertThat(described).isEqualTo(taken);
        assertThat(Arrays.stream(Endpoint.values()).filter(Endpoint::isKnown))
                .allSatisfy(
                        endpoint -> assertThat(Endpoint.of(endpoint.route())).isEqualTo(endpoint));
        assertThat(document.getString("openapi")).isEqualTo("3.1.0");
    }

    @Test
    void wantsAKeyExactlyWhereTheEdgeDoes() {
        for (Endpoint endpoint : Endpoint.values()) {
            if (endpoint.isKnown()) {
                JsonObject operation = document.getJsonObject("paths")
                        .getJsonObject(endpoint.route())
                        .getJsonObject(endpoint.method().toLowerCase(Locale.ROOT));
                assertThat(operation.containsKey("security"))
                        .as(endpoint.route())
                        .isEqualTo(!endpoint.wantsKey());
            }
        }
    }

    @Test
    void refersToWhatIsThere() {
        List<String> references = new ArrayList<>();
        collect(document, references);

        assertThat(references)
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                JsonPointer.from(reference.substring(1)).queryJson(document))
                        .as(reference)
                        .isNotNull());
    }

    private static void collect(Object node, List<String> references) {
        if (node instanceof JsonObject object) {
            if (object.containsKey("$ref")) {
                references.add(object.getString("$ref"));
            }
            object.forEach(entry -> collect(entry.getValue(), references));
        } else if (node instanceof JsonArray array) {
            array.forEach(entry -> collect(entry, references));
        }
    }

    @Test
    void sharesItsNamesWithTheCode() {
        var types = new TreeSet<String>();
        Arrays.stream(Failure.values()).forEach(failure -> types.add(failure.type()));

        assertThat(new TreeSet<>(enumeration("/components/schemas/Problem/properties/type/enum")))
                .isEqualTo(types);
        assertThat(enumeration("/components/schemas/Reason/enum"))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(RefusalReason.values())
                        .map(RefusalReason::wireName)
                        .toList());
    }

    private List<String> enumeration(String pointer) {
        return ((JsonArray) JsonPointer.from(pointer).queryJson(document))
                .stream().map(String::valueOf).toList();
    }
}
