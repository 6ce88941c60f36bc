package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that real SDKs sent, from the edge to every answer. The figures are those of the program that was recorded:
 * one agent run with a failing step; in JavaScript two model calls (120 in of which 64 from the cache, 42 out; and 10 in,
 * 5 out without a model's name) and a tool, in Java one model call.
 */
@ExtendWith(SharedStack.class)
class CapturesIT {
    private static final Duration AROUND = Duration.ofMinutes(2);

    /** List prices of gpt-4o-mini per million: 0.15 in, 0.075 in from the cache, 0.60 out. 56 x 0.15 + 64 x 0.075 + 42 x 0.60. */
    private static final String JAVASCRIPT_COST = "0.0000384";
    /** 120 x 0.15 + 42 x 0.60. */
    private static final String JAVA_COST = "0.0000432";

    private static final Figures JAVASCRIPT = new Figures(
            6,
            Map.of("input", 66L, "input_cache_read", 64L, "output", 47L),
            JAVASCRIPT_COST,
            1,
            Map.of("agent", 1L, "llm", 2L, "span", 2L, "tool", 1L),
            Map.of("openai/gpt-4o-mini-2024-07-18", 1L, "openai/-", 1L));
    private static final Figures JAVA = new Figures(
            3,
            Map.of("input", 120L, "output", 42L),
            JAVA_COST,
            0,
            Map.of("agent", 1L, "llm", 1L, "span", 1L),
            Map.of("openai/gpt-4o-mini", 1L));

    private static List<Sent> all;

    /**
     * @param usage of counted spans by bucket
     * @param unpriced counted spans without a price
     * @param kinds spans by kind
     * @param models counted spans by provider and model
     */
    private record Figures(
            long spans,
            Map<String, Long> usage,
            String cost,
            long unpriced,
            Map<String, Long> kinds,
            Map<String, Long> models) {
        long tokens(String side) {
            return usage.entrySet().stream()
                    .filter(bucket -> bucket.getKey().startsWith(side))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    private record Sent(String name, String environment, Figures figures, Tenant tenant, String trace, Instant at) {
        @Override
        public String toString() {
            return name;
        }

        Map<String, JsonNode> totalsBy(String groupBy, String measures) {
            return tenant.totalsBy(groupBy, measures, at.minus(AROUND), at.plus(AROUND));
        }
    }

    @BeforeAll
    static void sendAll() {
        all = new ArrayList<>();
        send("otel-json", "staging", JAVASCRIPT);
        send("otel-json-gzip", "staging", JAVASCRIPT);
        send("otel-proto", "staging", JAVASCRIPT);
        send("otel-proto-gzip", "staging", JAVASCRIPT);
        send("otel-java-http", "staging", JAVA);
        send("otel-java-http-gzip", "staging", JAVA);
        send("otel-sdknode", "-", JAVASCRIPT);
        send("otel-grpc", "staging", JAVASCRIPT);
        send("otel-grpc-gzip", "staging", JAVASCRIPT);
        send("otel-java-grpc", "staging", JAVA);
    }

    private static void send(String name, String environment, Figures figures) {
        Tenant tenant = Tenant.of(SharedStack.stack(), name);
        String trace = UUID.randomUUID().toString().replace("-", "");
        Instant at = Instant.now();
        Capture.of(name).send(tenant, trace, at);
        all.add(new Sent(name, environment, figures, tenant, trace, at));
    }

    static Stream<Sent> all() {
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void theTraceHasEverySpanOnceAndItsCost(Sent sent) {
        Figures expected = sent.figures();
        // Bodies are written apart from facts: the message is in one.
        Tenant.eventually().untilAsserted(() -> {
            JsonNode found = sent.tenant().trace(sent.trace());
            assertThat(found.required("trace").required("span_count").longValue())
                    .isEqualTo(expected.spans());
            assertThat(spansWhere(found, span -> span.path("status_message").isTextual()))
                    .isNotEmpty();
        });
        JsonNode document = sent.tenant().trace(sent.trace());
        JsonNode trace = document.required("trace");
        assertThat(trace.required("name").textValue()).isEqualTo("invoke_agent weather");
        assertThat(trace.required("error_count").longValue()).isEqualTo(1);
        assertThat(trace.required("session_id").textValue()).isEqualTo("sess-7");
        assertThat(trace.required("cost_usd").textValue()).isEqualTo(expected.cost());
        assertThat(trace.required("unpriced_spans").longValue()).isEqualTo(expected.unpriced());
        assertThat(buckets(trace.required("usage"))).isEqualTo(expected.usage());
        assertThat(document.required("spans")).hasSize((int) expected.spans());
        assertThat(spansWhere(document, span -> span.required("pending").booleanValue()))
                .isEmpty();
        assertThat(spansWhere(
                        document, span -> span.required("status").textValue().equals("error")))
                .singleElement()
                .satisfies(span -> {
                    assertThat(span.required("name").textValue()).isEqualTo("failing");
                    assertThat(span.required("status_message").textValue()).isEqualTo("boom: timeout");
                });
        assertThat(spansWhere(document, span -> span.required("counted").booleanValue()))
                .hasSize((int) expected.models().values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
    }

    @ParameterizedTest
    @MethodSource("all")
    void theListHasTheSameTrace(Sent sent) {
        Tenant.eventually().untilAsserted(() -> {
            JsonNode items = sent.tenant().get("/v1/traces").json().required("items");
            assertThat(items).hasSize(1);
            assertThat(items.get(0).required("state").textValue()).isEqualTo("settled");
            assertThat(items.get(0)).isEqualTo(asListed(trace(sent)));
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void theProjectsTotalsAreThoseOfTheTrace(Sent sent) {
        Figures expected = sent.figures();
        Tenant.eventually().untilAsserted(() -> {
            JsonNode total = sent.tenant()
                    .total(
                            "spans,traces,errors,requests,request_errors,cost_usd,unpriced_spans,input_tokens,"
                                    + "output_tokens,input,input_cache_read,output",
                            sent.at().minus(AROUND),
                            sent.at().plus(AROUND));
            assertThat(total.path("spans").asLong()).isEqualTo(expected.spans());
            assertThat(total.required("traces").longValue()).isEqualTo(1);
            assertThat(total.required("errors").longValue()).isEqualTo(1);
            assertThat(total.required("requests").longValue()).isEqualTo(1);
            assertThat(total.required("request_errors").longValue()).isZero();
            assertThat(total.required("cost_usd").textValue()).isEqualTo(expected.cost());
            assertThat(total.required("unpriced_spans").longValue()).isEqualTo(expected.unpriced());
            assertThat(total.required("input_tokens").longValue()).isEqualTo(expected.tokens("input"));
            assertThat(total.required("output_tokens").longValue()).isEqualTo(expected.tokens("output"));
            for (String bucket : List.of("input", "input_cache_read", "output")) {
                assertThat(total.required(bucket).longValue())
                        .as(bucket)
                        .isEqualTo(expected.usage().getOrDefault(bucket, 0L));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyGroupingSumsUpToTheProject(Sent sent) {
        Figures expected = sent.figures();
        Tenant.eventually().untilAsserted(() -> {
            assertThat(longs(sent.totalsBy("kind", "spans"), "spans")).isEqualTo(expected.kinds());
            assertThat(longs(sent.totalsBy("provider,model", "requests"), "requests"))
                    .isEqualTo(expected.models());
            assertThat(longs(sent.totalsBy("environment", "spans,traces"), "spans"))
                    .isEqualTo(Map.of(sent.environment(), expected.spans()));
            assertThat(longs(sent.totalsBy("environment", "spans,traces"), "traces"))
                    .isEqualTo(Map.of(sent.environment(), 1L));
            // From the joint series, which is computed apart.
            assertThat(longs(sent.totalsBy("environment,kind", "spans"), "spans"))
                    .isEqualTo(under(sent.environment(), expected.kinds()));
            for (String groupBy : List.of("kind", "model", "name", "provider,model,name", "environment,name,kind")) {
                assertThat(sum(sent.totalsBy(groupBy, "cost_usd"), "cost_usd"))
                        .as(groupBy)
                        .isEqualByComparingTo(expected.cost());
            }
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void theLedgerBalancesAtAnyMomentAndEndsWithEverySpanStored(Sent sent) {
        Tenant.eventually().untilAsserted(() -> {
            JsonNode ledger = sent.tenant().ledger();
            assertThat(ledger.required("accepted").longValue())
                    .isEqualTo(sent.figures().spans());
            assertThat(ledger.required("balanced").booleanValue())
                    .as(ledger.toString())
                    .isTrue();
            assertThat(ledger.required("stored").longValue())
                    .isEqualTo(sent.figures().spans());
        });
        JsonNode ledger = sent.tenant().ledger();
        assertThat(ledger.required("in_flight").longValue()).isZero();
        assertThat(ledger.required("duplicate").longValue()).isZero();
        assertThat(ledger.required("merged").longValue()).isZero();
        assertThat(ledger.required("refused")).isEmpty();
        assertThat(ledger.required("ignored")).isEmpty();
        assertThat(ledger.required("quarantined")).isEmpty();
    }

    private static JsonNode trace(Sent sent) {
        return sent.tenant().trace(sent.trace()).required("trace");
    }

    /** Without what only the trace by itself shows. */
    private static JsonNode asListed(JsonNode trace) {
        return trace.<ObjectNode>deepCopy()
                .without(List.of("input", "output", "attributes", "attachments", "input_blob", "output_blob"));
    }

    /** Those that are not zero. */
    private static Map<String, Long> buckets(JsonNode usage) {
        Map<String, Long> buckets = new TreeMap<>();
        usage.properties().forEach(bucket -> {
            if (bucket.getValue().longValue() != 0) {
                buckets.put(bucket.getKey(), bucket.getValue().longValue());
            }
        });
        return buckets;
    }

    private static List<JsonNode> spansWhere(JsonNode document, Function<JsonNode, Boolean> wanted) {
        return StreamSupport.stream(document.required("spans").spliterator(), false)
                .filter(wanted::apply)
                .toList();
    }

    private static Map<String, Long> longs(Map<String, JsonNode> totals, String measure) {
        Map<String, Long> longs = new TreeMap<>();
        totals.forEach(
                (group, point) -> longs.put(group, point.required(measure).longValue()));
        return longs;
    }

    private static BigDecimal sum(Map<String, JsonNode> totals, String measure) {
        return totals.values().stream()
                .map(point -> new BigDecimal(point.required(measure).textValue()))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static Map<String, Long> under(String group, Map<String, Long> counts) {
        Map<String, Long> prefixed = new TreeMap<>();
        counts.forEach((name, count) -> prefixed.put(group + "/" + name, count));
        return prefixed;
    }
}
