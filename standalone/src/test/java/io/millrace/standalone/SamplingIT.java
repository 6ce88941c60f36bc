package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What SDKs sent, to a project that keeps all bodies, to one that keeps none, and to one that keeps those of errors: every
 * count, cost and time is the same.
 */
@ExtendWith(SharedStack.class)
class SamplingIT {
    private static final Duration AROUND = Duration.ofMinutes(2);
    private static final String BY_MODEL = "spans,errors,requests,request_errors,cost_usd,unpriced_spans,"
            + "input_tokens,output_tokens,latency_p50_ms,latency_p95_ms,ttft_p95_ms";
    private static final String MEASURES = "traces," + BY_MODEL;
    private static final int SPANS = 12 + 7 + 10;
    private static final Set<String> BODY_AND_ARRIVAL = Set.of(
            "input", "output", "attributes", "events", "links", "status_message", "body_note", "marks", "received_at");

    private static final List<String> VERCEL_TRACES = IntStream.range(0, 5)
            .mapToObj(i -> UUID.randomUUID().toString().replace("-", ""))
            .toList();

    private static Instant at;
    private static Tenant all;
    private static Tenant none;
    private static Tenant errors;

    @BeforeAll
    static void sendToEach() {
        at = Instant.now();
        all = tenant("sampling-all", "{}");
        none = tenant("sampling-none", "{\"body_sampling\": 0, \"keep_errors\": false}");
        errors = tenant("sampling-errors", "{\"body_sampling\": 0}");
        for (Tenant tenant : List.of(all, none, errors)) {
            tenant.sendOnceKnown(Capture.of("vercel-ai").request(tenant, VERCEL_TRACES, at));
            RecordedRequests.of("langfuse-v3", 1, 2).at(at).by(tenant).forEach(SamplingIT::send);
            RecordedRequests.of("langsmith-batch", 2, 3).at(at).by(tenant).forEach(SamplingIT::send);
        }
    }

    private static void send(HttpRequest request) {
        Http.Answer answer = Http.send(request);
        assertThat(answer.status()).as(answer.text()).isBetween(200, 299);
    }

    /** A project with a setting that the edge knows of. */
    private static Tenant tenant(String name, String sampling) {
        Stack stack = SharedStack.stack();
        Tenant tenant = Tenant.of(stack, name);
        send(Http.to(stack.api().resolve("/v1/projects/" + tenant.project() + "/sampling"), stack.adminToken())
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(sampling))
                .build());
        Http.Answer later = Http.post(
                stack.api().resolve("/v1/api-keys"),
                stack.adminToken(),
                "{\"project_id\":\"%s\",\"name\":\"later\",\"scopes\":[\"ingest\"]}".formatted(tenant.project()));
        String key = later.json().required("secret_key").textValue();
        // Entries reach the edge in their order: whoever knows the later key knows the setting.
        Tenant.eventually()
                .until(
                        () -> Http.post(stack.ingest().resolve("/v1/traces"), key, "{\"resourceSpans\":[]}")
                                .status(),
                        status -> status == 200);
        return tenant;
    }

    private static JsonNode total(Tenant tenant) {
        return tenant.total(MEASURES, at.minus(AROUND), at.plus(AROUND));
    }

    private static Map<String, JsonNode> byModel(Tenant tenant) {
        return tenant.totalsBy("provider,model", BY_MODEL, at.minus(AROUND), at.plus(AROUND));
    }

    @Test
    void totalsAreThoseOfAllTraces() {
        Tenant.eventually()
                .untilAsserted(
                        () -> assertThat(total(all).path("spans").asInt()).isEqualTo(SPANS));
        Tenant.eventually().untilAsserted(() -> {
            for (Tenant tenant : List.of(none, errors)) {
                assertThat(total(tenant)).isEqualTo(total(all));
                assertThat(byModel(tenant)).isEqualTo(byModel(all));
                assertThat(tenant.pointsOf("spans", "10s", at.minus(AROUND), at.plus(AROUND)))
                        .isEqualTo(all.pointsOf("spans", "10s", at.minus(AROUND), at.plus(AROUND)));
            }
        });
        assertThat(total(all).required("cost_usd").textValue()).isNotEqualTo("0");
        assertThat(total(all).required("errors").longValue()).isEqualTo(2 + 1 + 2);
    }

    @Test
    void theLedgersAreTheSame() {
        Tenant.eventually().untilAsserted(() -> {
            for (Tenant tenant : List.of(all, none, errors)) {
                JsonNode ledger = tenant.ledger();
                assertThat(ledger.required("stored").longValue()).isEqualTo(SPANS);
                assertThat(ledger.required("merged")).isEqualTo(all.ledger().required("merged"));
                assertThat(ledger.required("accepted")).isEqualTo(all.ledger().required("accepted"));
                assertThat(ledger.required("in_flight").longValue()).isZero();
                assertThat(ledger.required("balanced").booleanValue()).isTrue();
            }
        });
    }

    @Test
    void factsOfSpansAreTheSameAndBodiesAreNotThere() {
        for (String trace : settled(all)) {
            Map<String, JsonNode> whole = spans(all, trace);
            Map<String, JsonNode> thinned = spans(none, trace);
            assertThat(thinned.keySet()).isEqualTo(whole.keySet());
            whole.forEach((id, span) -> {
                JsonNode after = thinned.get(id);
                assertThat(fact(after)).isEqualTo(fact(span));
                assertThat(span.required("body_note").isNull()).isTrue();
                assertThat(after.required("input").isNull()).isTrue();
                assertThat(after.required("output").isNull()).isTrue();
                assertThat(after.required("attributes")).isEmpty();
                assertThat(after.required("events")).isEmpty();
                boolean lost = !span.required("input").isNull()
                        || !span.required("output").isNull()
                        || !span.required("attributes").isEmpty()
                        || !span.required("events").isEmpty();
                if (lost) {
                    assertThat(after.required("marks").toString()).contains("sampled_out");
                    assertThat(after.required("body_note").textValue()).isEqualTo("body not kept: sampling");
                }
            });
        }
    }

    @Test
    void spansInErrorKeepTheirBodies() {
        settled(all);
        int failed = 0;
        for (String trace : VERCEL_TRACES) {
            Map<String, JsonNode> whole = spans(all, trace);
            Map<String, JsonNode> kept = spans(errors, trace);
            for (Map.Entry<String, JsonNode> span : whole.entrySet()) {
                JsonNode after = kept.get(span.getKey());
                boolean isError = span.getValue().required("status").textValue().equals("error");
                failed += isError ? 1 : 0;
                for (String field : List.of("input", "output", "attributes", "events", "status_message")) {
                    if (isError) {
                        assertThat(after.required(field))
                                .isEqualTo(span.getValue().required(field));
                    } else {
                        assertThat(saysNothing(after.required(field))).as(field).isTrue();
                    }
                }
                assertThat(after.required("body_note").isNull()).isEqualTo(isError);
            }
        }
        assertThat(failed).isEqualTo(2);
    }

    /** By an instrumentation that puts prompts and answers into log events, and nowhere else. */
    @Test
    void whatLogEventsSayOfASpanIsNotThereAndEachIsCounted() {
        Tenant tenant = tenant("sampling-logs", "{\"body_sampling\": 0}");
        String trace = UUID.randomUUID().toString().replace("-", "");
        tenant.sendOnceKnown(
                tenant.otlp("/v1/traces", "x-api-key", LogEventsIT.PROTOBUF, LogEventsIT.spans(trace, at)));
        tenant.send(tenant.otlp("/v1/logs", "x-api-key", LogEventsIT.PROTOBUF, LogEventsIT.logs(trace, at)));

        Tenant.eventually().untilAsserted(() -> {
            JsonNode ledger = tenant.ledger();
            assertThat(ledger.required("accepted").longValue()).isEqualTo(6 + 12);
            assertThat(ledger.required("stored").longValue()).isEqualTo(6);
            assertThat(ledger.required("merged").longValue()).isEqualTo(12);
            assertThat(ledger.required("in_flight").longValue()).isZero();
            assertThat(ledger.required("balanced").booleanValue()).isTrue();
            JsonNode total = total(tenant);
            assertThat(total.path("spans").asLong()).isEqualTo(6);
            assertThat(total.required("errors").longValue()).isOne();
            assertThat(total.required("input_tokens").longValue()).isEqualTo(3 * 120 + 8);
            assertThat(total.required("output_tokens").longValue()).isEqualTo(3 * 42);
        });
        Map<String, JsonNode> spans = spans(tenant, trace);
        assertThat(spans).hasSize(6);
        assertThat(spans.values()).allSatisfy(span -> {
            assertThat(span.required("input").isNull()).isTrue();
            assertThat(span.required("output").isNull()).isTrue();
        });
    }

    @Test
    void theStoreHoldsLess() throws SQLException {
        settled(all);
        try (Rows rows = Rows.of(SharedStack.stack())) {
            assertThat(rows.bodyBytes(none.project())).isLessThan(rows.bodyBytes(all.project()) / 2);
            assertThat(rows.facts(none.project())).isEqualTo(rows.facts(all.project()));
        }
    }

    /** The ids of all traces, once they are whole with every tenant. */
    private static List<String> settled(Tenant of) {
        Tenant.eventually().untilAsserted(() -> {
            for (Tenant tenant : List.of(all, none, errors)) {
                assertThat(tenant.get("/v1/traces").json().required("items"))
                        .hasSize(5 + 1 + 2)
                        .allSatisfy(trace ->
                                assertThat(trace.required("state").textValue()).isEqualTo("settled"));
            }
        });
        return StreamSupport.stream(
                        of.get("/v1/traces").json().required("items").spliterator(), false)
                .map(trace -> trace.required("id").textValue())
                .toList();
    }

    private static Map<String, JsonNode> spans(Tenant tenant, String trace) {
        return StreamSupport.stream(tenant.trace(trace).required("spans").spliterator(), false)
                .collect(Collectors.toMap(span -> span.required("id").textValue(), Function.identity()));
    }

    private static boolean saysNothing(JsonNode value) {
        return value.isNull() || value.isContainerNode() && value.isEmpty();
    }

    private static JsonNode fact(JsonNode span) {
        return ((ObjectNode) span.deepCopy()).remove(BODY_AND_ARRIVAL);
    }
}
