package io.millrace.schema.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.schema.Trials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WebhookMappingTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String RUN = """
            {"action": "completed",
             "workflow_run": {"id": 7, "name": "build", "conclusion": "failure", "run_started_at": "2026-11-21T10:00:00Z",
               "updated_at": "2026-11-21T10:00:05.5Z", "actor": {"login": "jane"}},
             "sender": {"login": "jane"}}""";

    @Test
    void fieldsAreFilledAndTheRestIsKept() throws Exception {
        MappedDelivery mapped = apply("""
                {"fields": [
                  {"field": "name", "header": "X-GitHub-Event"},
                  {"field": "kind", "const": "chain"},
                  {"field": "status", "pointer": "/workflow_run/conclusion", "values": {"success": "ok", "failure": "error"}},
                  {"field": "start", "pointer": "/workflow_run/run_started_at"},
                  {"field": "end", "pointer": "/workflow_run/updated_at"},
                  {"field": "user_id", "pointer": "/sender/login"},
                  {"field": "attributes.run", "pointer": "/workflow_run/id"}]}""", RUN, Map.of("X-GitHub-Event", "workflow_run"));

        JsonNode span = only(mapped);
        assertThat(span.path("name").asText()).isEqualTo("workflow_run");
        assertThat(span.path("kind").asText()).isEqualTo("chain");
        assertThat(span.path("status").asText()).isEqualTo("error");
        assertThat(span.path("start").asText()).isEqualTo("2026-11-21T10:00:00Z");
        assertThat(span.path("end").asText()).isEqualTo("2026-11-21T10:00:05.500Z");
        assertThat(span.path("user_id").asText()).isEqualTo("jane");
        assertThat(span.path("attributes")).isEqualTo(JSON.readTree("""
                        {"run": 7, "payload.action": "completed",
                         "payload.workflow_run": {"name": "build", "conclusion": "failure", "actor": {"login": "jane"}}}"""));
        assertThat(mapped.errors()).isEmpty();
        assertThat(mapped.missing()).isEmpty();
    }

    @Test
    void eachItemIsASpanAndWhatIsAroundThemStaysWithTheFirst() throws Exception {
        MappedDelivery mapped = apply("""
                {"items": "/runs", "delivery_id": "/rule/id", "fields": [
                  {"field": "session_id", "delivery_pointer": "/rule/session"},
                  {"field": "input", "pointer": "/inputs"},
                  {"field": "usage.input", "pointer": "/tokens"}]}""", """
                {"rule": {"id": "r1", "session": "s", "left": true}, "note": "n",
                 "runs": [{"inputs": {"q": 1}, "tokens": 3, "extra": 4}, {"inputs": "plain", "tokens": "12"}]}""", Map.of());

        assertThat(JSON.readTree(mapped.json())).isEqualTo(JSON.readTree("""
                [{"session_id": "s", "input": {"q": 1}, "usage": {"input": 3},
                  "attributes": {"payload.extra": 4, "delivery.rule": {"id": "r1", "left": true}, "delivery.note": "n"}},
                 {"session_id": "s", "input": "plain", "usage": {"input": 12}}]"""));
        assertThat(mapped.deliveryId()).contains("r1");
    }

    @Test
    void theFirstRuleThatFindsSomethingCounts() throws Exception {
        String mapping = """
                {"fields": [{"field": "model", "pointer": "/a"}, {"field": "model", "pointer": "/b"},
                            {"field": "model", "const": "unknown"}]}""";
        assertThat(only(apply(mapping, "{\"b\": \"x\"}", Map.of()))
                        .path("model")
                        .asText())
                .isEqualTo("x");
        assertThat(only(apply(mapping, "{\"a\": null}", Map.of())).path("model").asText())
                .isEqualTo("unknown");
        MappedDelivery both = apply(mapping, "{\"a\": \"y\", \"b\": \"x\"}", Map.of());
        assertThat(only(both).path("model").asText()).isEqualTo("y");
        assertThat(only(both).path("attributes").path("payload.b").asText()).isEqualTo("x");
    }

    @Test
    void aNumberBeyondAllNumbersIsNoJson() {
        assertThatThrownBy(() -> apply("{}", "{\"a\": 1e4009223372036854775808}", Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessage("there is a number in it whose exponent is too long");
    }

    @Test
    void aValueThatCannotBeItsFieldsIsNotedAndKept() throws Exception {
        MappedDelivery mapped = apply("""
                {"fields": [{"field": "end", "pointer": "/when"}, {"field": "kind", "pointer": "/what"},
                            {"field": "usage.output", "pointer": "/none"}]}""", """
                {"when": "yesterday", "what": {"a": 1}}""", Map.of());

        assertThat(mapped.errors())
                .extracting(MappingNote::field, MappingNote::where)
                .containsExactly(tuple("end", "/when"), tuple("kind", "/what"));
        assertThat(mapped.missing()).extracting(MappingNote::where).containsExactly("/none");
        JsonNode span = JSON.readTree(mapped.nativeSpans("whk_1", "ci", "d1")).get(0);
        assertThat(span.has("end")).isFalse();
        assertThat(span.path("attributes").path("payload.when").asText()).isEqualTo("yesterday");
        assertThat(span.path("attributes").path("webhook.mapping_errors").get(0).asText())
                .isEqualTo("end: /when is no time");
    }

    @Test
    void theSameDeliveryHasTheSameIds() throws Exception {
        byte[] once = apply("{\"items\": \"\"}", "[1, {\"a\": 2}]", Map.of()).nativeSpans("whk_1", "ci", "d1");
        byte[] again = apply("{\"items\": \"\"}", "[1, {\"a\": 2}]", Map.of()).nativeSpans("whk_1", "ci", "d1");
        assertThat(once).isEqualTo(again);

        JsonNode spans = JSON.readTree(once);
        assertThat(spans).hasSize(2);
        assertThat(spans.get(0).path("trace_id")).isEqualTo(spans.get(1).path("trace_id"));
        assertThat(spans.get(0).path("span_id")).isNotEqualTo(spans.get(1).path("span_id"));
        assertThat(spans.get(0).path("name").asText()).isEqualTo("ci");
        assertThat(spans.get(0).path("attributes").path("payload").asInt()).isEqualTo(1);
        assertThat(spans.get(0).path("attributes").path("webhook.delivery").asText())
                .isEqualTo("d1");

        JsonNode other =
                JSON.readTree(apply("{\"items\": \"\"}", "[1]", Map.of()).nativeSpans("whk_1", "ci", "d2"));
        assertThat(other.get(0).path("trace_id")).isNotEqualTo(spans.get(0).path("trace_id"));
    }

    @Test
    void idsOfThePayloadComeFirst() throws Exception {
        JsonNode span = JSON.readTree(apply(
                                "{\"fields\": [{\"field\": \"trace_id\", \"pointer\": \"/t\"},"
                                        + "{\"field\": \"span_id\", \"pointer\": \"/s\"}]}",
                                "{\"t\": 17, \"s\": \"0000-0000\"}",
                                Map.of())
                        .nativeSpans("whk_1", "ci", "d1"))
                .get(0);
        assertThat(span.path("trace_id").asText()).isEqualTo("17");
        assertThat(span.path("span_id").asText()).matches("[0-9a-f]{16}").isNotEqualTo("0000000000000000");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"2026-11-21T10:00:00.123456789+01:00\" | 2026-11-21T09:00:00.123456789Z",
                "\"2026-11-21T10:00:00.5\" | 2026-11-21T10:00:00.500Z",
                "1795255200 | 2026-11-21T10:00:00Z",
                "\"1795255200\" | 2026-11-21T10:00:00Z",
                "1795255200.25 | 2026-11-21T10:00:00.250Z",
                "1795255200123 | 2026-11-21T10:00:00.123Z",
                "1795255200123456 | 2026-11-21T10:00:00.123456Z",
                "1795255200123456789 | 2026-11-21T10:00:00.123456789Z",
                "1.7952552e9 | 2026-11-21T10:00:00Z",
                "0 | ",
                "-1795255200 | ",
                "1e999999999 | ",
                "1e-999999999 | ",
                "99999999999999999999 | ",
                "\"9999-01-01T00:00:00Z\" | ",
                "\"2026-11-21\" | ",
                "\"soon\" | ",
                "true | ",
                "[1795255200] | ",
            })
    void timesAreReadByTheirSize(String value, String expected) throws Exception {
        MappedDelivery mapped =
                apply("{\"fields\": [{\"field\": \"end\", \"pointer\": \"/t\"}]}", "{\"t\": " + value + "}", Map.of());
        JsonNode end = only(mapped).path("end");
        if (expected == null) {
            assertThat(end.isMissingNode()).as(end.toString()).isTrue();
            assertThat(mapped.errors()).hasSize(1);
        } else {
            assertThat(end.asText()).isEqualTo(expected);
        }
    }

    @Test
    void aSpanThatOnlyStartedEndsThere() throws Exception {
        JsonNode span = only(
                apply("{\"fields\": [{\"field\": \"start\", \"pointer\": \"/t\"}]}", "{\"t\": 1795255200}", Map.of()));
        assertThat(span.path("end")).isEqualTo(span.path("start"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind | \"LLM\" | \"llm\"",
                "status | \"success\" | ",
                "usage.input | 3.5 | ",
                "usage.input | -1 | ",
                "usage.input_cache_write | \"4\" | 4",
                "cost_usd | 0.0001 | \"0.0001\"",
                "cost_usd | \"1e999999999\" | ",
                "cost_usd | -1 | ",
                "time_to_first_token_ms | 12.5 | 12.5",
                "streaming | true | true",
                "streaming | \"yes\" | ",
                "tags | \"a\" | [\"a\"]",
                "tags | [\"a\", 2] | [\"a\",\"2\"]",
                "tags | {\"a\": 1} | ",
                "name | 7 | \"7\"",
                "name | {\"a\": 1} | ",
                "output | [1] | [1]",
            })
    void valuesAreTakenInTheShapeOfTheirField(String field, String value, String expected) throws Exception {
        JsonNode span = only(apply(
                "{\"fields\": [{\"field\": \"%s\", \"pointer\": \"/v\"}]}".formatted(field),
                "{\"v\": " + value + "}",
                Map.of()));
        JsonNode found = span.at("/" + field.replace('.', '/'));
        assertThat(found.isMissingNode() ? null : found.toString()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nonsense | ",
                "[] | ",
                "{\"shape\": 1} | shape",
                "{\"items\": \"runs\"} | items",
                "{\"delivery_id\": 7} | delivery_id",
                "{\"fields\": {}} | fields",
                "{\"fields\": [7]} | fields[0]",
                "{\"fields\": [{\"field\": \"colour\", \"pointer\": \"/a\"}]} | fields[0].field",
                "{\"fields\": [{\"field\": \"usage.joy\", \"pointer\": \"/a\"}]} | fields[0].field",
                "{\"fields\": [{\"field\": \"attributes.\", \"pointer\": \"/a\"}]} | fields[0].field",
                "{\"fields\": [{\"field\": \"attributes.payload\", \"pointer\": \"/a\"}]} | fields[0].field",
                "{\"fields\": [{\"field\": \"attributes.webhook.mapping_errors\", \"pointer\": \"/a\"}]} | fields[0].field",
                "{\"fields\": [{\"field\": \"name\"}]} | fields[0]",
                "{\"fields\": [{\"field\": \"name\", \"pointer\": \"/a\", \"const\": \"b\"}]} | fields[0]",
                "{\"fields\": [{\"field\": \"name\", \"pointer\": \"a\"}]} | fields[0].pointer",
                "{\"fields\": [{\"field\": \"name\", \"pointer\": \"/a\", \"or\": 1}]} | fields[0].or",
                "{\"fields\": [{\"field\": \"kind\", \"const\": \"poem\"}]} | fields[0].const",
                "{\"fields\": [{\"field\": \"name\", \"pointer\": \"/a\", \"values\": {\"a\": 1}}]} | fields[0].values.a",
                "{\"fields\": [{\"field\": \"name\", \"const\": \"\\u0000\"}]} | fields[0].const",
                "{\"fields\": [{\"field\": \"name\", \"const\": \"\\ud800\"}]} | fields[0].const",
            })
    void namesWhatIsNoMapping(String json, String place) {
        assertThatThrownBy(() -> WebhookMapping.read(json))
                .isInstanceOfSatisfying(
                        MalformedMapping.class,
                        malformed -> assertThat(malformed.place()).isEqualTo(place == null ? "" : place));
    }

    @Test
    void whatIsNoJsonIsAnError() throws Exception {
        WebhookMapping mapping = WebhookMapping.read("{}");
        for (String body : new String[] {"", "nonsense", "{\"a\":1", "{} {}", "{\"a\":1}x"}) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> mapping.apply(bytes, 0, bytes.length, Headers.NONE))
                    .as(body)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatAMappingMakesIsBounded() throws Exception {
        String manyItems = "[" + "1,".repeat(10_000) + "1]";
        assertThatThrownBy(() -> apply("{\"items\": \"\"}", manyItems, Map.of()))
                .isInstanceOf(OversizedDelivery.class);

        String mapping = "{\"items\": \"/a\", \"fields\": [{\"field\": \"input\", \"delivery_pointer\": \"/b\"}]}";
        String payload = "{\"a\": [%s1], \"b\": \"%s\"}".formatted("1,".repeat(100), "x".repeat(200_000));
        MappedDelivery mapped = apply(mapping, payload, Map.of());
        assertThatThrownBy(mapped::json).isInstanceOf(OversizedDelivery.class);
        assertThatThrownBy(() -> mapped.nativeSpans("whk_1", "ci", "d1")).isInstanceOf(OversizedDelivery.class);

        MappedDelivery noted = apply(
                "{\"items\": \"\", \"fields\": [{\"field\": \"kind\", \"pointer\": \"\"}, {\"field\": \"name\", \"pointer\": \"/a\"}]}",
                "[" + "1,".repeat(2_000) + "1]",
                Map.of());
        assertThat(noted.count()).isEqualTo(2_001);
        assertThat(noted.errors()).hasSize(1_000);
        assertThat(noted.missing()).hasSize(1_000);
    }

    /** JSON can spell it, UTF-8 cannot. */
    @Test
    void halfASurrogatePairIsNoReasonToRefuse() throws Exception {
        JsonNode span = only(apply("{}", "{\"a\": \"x\\ud800y\"}", Map.of()));
        assertThat(span.path("attributes").path("payload.a").asText()).isEqualTo("x?y");
    }

    @Test
    void whatIsDeepEnoughToBeReadCanBeWritten() throws Exception {
        String deep = "[".repeat(1_000) + "]".repeat(1_000);
        assertThat(apply("{}", deep, Map.of()).json()).contains(deep);
    }

    /** Every value of the payload is in a span, whatever the mapping takes. */
    @Test
    void nothingIsLost() {
        Trials.run(500, random -> {
            StringBuilder payload = new StringBuilder();
            int[] leaves = {0};
            write(payload, random, 0, leaves);
            String pointer = Trials.oneOf(random, "", "/a", "/a/b", "/b/c", "/c/0/a", "/b");
            String spans = spans(
                    "{\"fields\": [{\"field\": \"input\", \"pointer\": \"%s\", \"values\": {\"leaf0\": \"other\"}}]}"
                            .formatted(pointer),
                    payload.toString());
            for (int leaf = 0; leaf < leaves[0]; leaf++) {
                assertThat(spans).as("%s of %s", pointer, payload).contains("\"leaf" + leaf + "\"");
            }
        });
    }

    private static void write(StringBuilder out, Random random, int depth, int[] leaves) {
        int what = depth == 0 ? 0 : depth > 3 ? 2 : random.nextInt(3);
        if (what == 2) {
            out.append("\"leaf").append(leaves[0]++).append('"');
            return;
        }
        int members = random.nextInt(4);
        out.append(what == 0 ? '{' : '[');
        for (int i = 0; i < members; i++) {
            out.append(i == 0 ? "" : ",");
            if (what == 0) {
                out.append('"').append((char) ('a' + i)).append("\":");
            }
            write(out, random, depth + 1, leaves);
        }
        out.append(what == 0 ? '}' : ']');
    }

    private static String spans(String mapping, String payload) {
        try {
            return apply(mapping, payload, Map.of()).json();
        } catch (IOException | MalformedMapping | OversizedDelivery failed) {
            throw new AssertionError(failed);
        }
    }

    private static MappedDelivery apply(String mapping, String payload, Map<String, String> headers)
            throws IOException, MalformedMapping, OversizedDelivery {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        return WebhookMapping.read(mapping).apply(bytes, 0, bytes.length, headers::get);
    }

    private static JsonNode only(MappedDelivery mapped) throws Exception {
        JsonNode spans = JSON.readTree(mapped.json());
        assertThat(spans).hasSize(1);
        return spans.get(0);
    }
}
