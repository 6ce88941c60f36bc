package io.millrace.query.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.millrace.query.Api;
import io.millrace.query.Facts;
import io.millrace.schema.span.Mark;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.wire.AnyValue;
import io.millrace.schema.wire.Body;
import io.millrace.schema.wire.BodyBlock;
import io.millrace.schema.wire.Event;
import io.millrace.schema.wire.KeyValue;
import io.millrace.schema.wire.Origin;
import io.millrace.schema.wire.PartialMessage;
import io.millrace.schema.wire.SpanBody;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceIT {
    private static final Api API = Api.shared();
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final Instant T0 = Instant.parse(Facts.day(Instant.now()) + "T00:00:10.000000001Z");

    private static Api.Tenant tenant;

    @BeforeAll
    static void insert() throws SQLException {
        tenant = API.tenant();
        UUID project = tenant.project();
        Facts.fact(project, TRACE, "00000000000000a1", T0, T0.plusNanos(2_500_000_001L))
                .with("root", true)
                .with("name", "answer")
                .with("status", 1)
                .with("kind", SpanKind.AGENT.code())
                .with("user_id", "u1")
                .with("environment", "prod")
                .insert(API);
        Facts.fact(project, TRACE, "00000000000000b2", T0.plusMillis(500), T0.plusMillis(1_500))
                .with("parent_span_id", HexFormat.of().parseHex("00000000000000a1"))
                .with("name", "chat gpt-5")
                .with("kind", SpanKind.LLM.code())
                .with("status", 2)
                .with("counted", true)
                .with("content_hash", 77L)
                .with("marks", Mark.TRUNCATED.bit())
                .with("provider", "openai")
                .with("request_model", "gpt-5")
                .with("response_model", "gpt-5-2025-08-07")
                .with("time_to_first_token_nanos", 120_500_000L)
                .with("input", 1_000L)
                .with("input_cache_read", 200L)
                .with("output", 50L)
                .with("cost_pico_usd", 1_234_000_000L)
                .with("reported_cost_pico_usd", 1_300_000_000L)
                .with("cost_source", "computed")
                .insert(API);
        Facts.fact(project, TRACE, "00000000000000c3", T0.plusMillis(1_600), T0.plusMillis(1_700))
                .with("parent_span_id", HexFormat.of().parseHex("00000000000000ee"))
                .with("name", "chat other")
                .with("kind", SpanKind.LLM.code())
                .with("counted", true)
                .with("request_model", "unknown-model")
                .with("input", 10L)
                .insert(API);
        insertBodies(project);
    }

    private static void insertBodies(UUID project) throws SQLException {
        Origin origin = Origin.newBuilder()
                .setScopeName("scope")
                .addResourceAttributes(text("host.name", "h1"))
                .build();
        BodyBlock block = BodyBlock.newBuilder()
                .addBodies(
                        body("00000000000000a1", 1, "plain question", "[1,2]").setOrigin(origin))
                .addBodies(body("00000000000000b2", 76, "an older content", "x"))
                .addBodies(body("00000000000000b2", 77, "{\"messages\":[{\"role\":\"user\"}]}", "fine"))
                .addBodies(body("00000000000000b2", 78, "another content", "x"))
                .build();
        Facts.Row.of("bodies")
                .with("project", project)
                .with("trace_id", Facts.uuid(TRACE))
                .with("day", Facts.day(T0))
                .with("source_offset", 5L)
                .with("source_partition", 0)
                .with("block", Zstd.compress(block.toByteArray()))
                .insert(API);
    }

    private static Body.Builder body(String span, long hash, String input, String output) {
        SpanBody body = SpanBody.newBuilder()
                .setInput(input)
                .setOutput(output)
                .setStatusMessage("told")
                .addAttributes(text("k", "v"))
                .addEvents(Event.newBuilder()
                        .setName("e")
                        .setTimeUnixNano(Facts.nanos(T0))
                        .addAttributes(text("ek", "ev")))
                .build();
        return Body.newBuilder()
                .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex(span)))
                .setContentHash(hash)
                .setBody(body.toByteString());
    }

    private static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    private static JsonNode get(String path) {
        Api.Answer answer = API.get(tenant.readKey(), path);
        assertThat(answer.status()).as(path + " " + answer.body()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("application/json");
        return answer.body();
    }

    @Test
    void showsTheTraceSummedOverItsSpans() {
        JsonNode trace = get("/v1/traces/" + TRACE).get("trace");

        assertThat(trace.get("id").asText()).isEqualTo(TRACE);
        assertThat(trace.get("name").asText()).isEqualTo("answer");
        assertThat(trace.get("status").asText()).isEqualTo("ok");
        assertThat(trace.get("state").asText()).isEqualTo("live");
        assertThat(trace.get("start").asText()).endsWith("T00:00:10.000000001Z");
        assertThat(trace.get("end").asText()).endsWith("T00:00:12.500000002Z");
        assertThat(trace.get("duration_ms").decimalValue()).isEqualByComparingTo("2500.000001");
        assertThat(trace.get("span_count").asInt()).isEqualTo(3);
        assertThat(trace.get("error_count").asInt()).isEqualTo(1);
        assertThat(trace.get("cost_usd").asText()).isEqualTo("0.001234");
        assertThat(trace.get("unpriced_spans").asInt()).isEqualTo(1);
        assertThat(trace.get("usage").toString()).isEqualTo("{\"input\":1010,\"input_cache_read\":200,\"output\":50}");
        assertThat(trace.get("user_id").asText()).isEqualTo("u1");
        assertThat(trace.get("session_id").isNull()).isTrue();
        assertThat(trace.get("grade").isNull()).isTrue();
        assertThat(trace.get("grade_reasons")).isEmpty();
    }

    @Test
    void showsSpansInStartOrderWithPlaceholdersForMissingParents() {
        JsonNode spans = get("/v1/traces/" + TRACE).get("spans");

        assertThat(spans)
                .extracting(span -> span.get("id").asText())
                .containsExactly("00000000000000a1", "00000000000000b2", "00000000000000ee", "00000000000000c3");
        assertThat(spans)
                .extracting(span -> span.get("pending").asBoolean())
                .containsExactly(false, false, true, false);
        assertThat(spans.get(2).get("name").isNull()).isTrue();
        assertThat(spans.get(3).get("parent_id").asText()).isEqualTo("00000000000000ee");
    }

    @Test
    void showsEveryFieldOfASpan() {
        JsonNode span = get("/v1/traces/" + TRACE).get("spans").get(1);

        assertThat(span.get("parent_id").asText()).isEqualTo("00000000000000a1");
        assertThat(span.get("name").asText()).isEqualTo("chat gpt-5");
        assertThat(span.get("kind").asText()).isEqualTo("llm");
        assertThat(span.get("status").asText()).isEqualTo("error");
        assertThat(span.get("status_message").asText()).isEqualTo("told");
        assertThat(span.get("duration_ms").decimalValue()).isEqualByComparingTo("1000");
        assertThat(span.get("time_to_first_token_ms").decimalValue()).isEqualByComparingTo("120.5");
        assertThat(span.get("model").asText()).isEqualTo("gpt-5-2025-08-07");
        assertThat(span.get("provider").asText()).isEqualTo("openai");
        assertThat(span.get("usage").toString()).isEqualTo("{\"input\":1000,\"input_cache_read\":200,\"output\":50}");
        assertThat(span.get("cost_usd").asText()).isEqualTo("0.001234");
        assertThat(span.get("reported_cost_usd").asText()).isEqualTo("0.0013");
        assertThat(span.get("counted").asBoolean()).isTrue();
        assertThat(span.get("marks").toString()).isEqualTo("[\"truncated\"]");
        assertThat(span.get("attributes").toString()).isEqualTo("{\"k\":\"v\"}");
        assertThat(span.get("events").get(0).get("attributes").toString()).isEqualTo("{\"ek\":\"ev\"}");
        assertThat(span.get("resource").toString()).isEqualTo("{\"host.name\":\"h1\"}");
    }

    @Test
    void showsTheBodyWithTheFactsContent() {
        JsonNode spans = get("/v1/traces/" + TRACE).get("spans");

        assertThat(spans.get(0).get("input").asText()).isEqualTo("plain question");
        assertThat(spans.get(0).get("output").toString()).isEqualTo("[1,2]");
        assertThat(spans.get(1).get("input").toString()).isEqualTo("{\"messages\":[{\"role\":\"user\"}]}");
        assertThat(spans.get(1).get("output").asText()).isEqualTo("fine");
        assertThat(spans.get(3).get("input").isNull()).isTrue();
    }

    @Test
    void leavesPayloadsOut() {
        JsonNode span =
                get("/v1/traces/" + TRACE + "?payloads=false").get("spans").get(1);

        assertThat(span.has("input")).isFalse();
        assertThat(span.has("output")).isFalse();
        assertThat(span.get("attributes").toString()).isEqualTo("{\"k\":\"v\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0AF7651916CD43DD8448EB211C80319C",
                "0af76519-16cd-43dd-8448-eb211c80319c",
                "0AF76519-16CD-43DD-8448-EB211C80319C"
            })
    void findsATraceByAnyFormOfItsId(String id) {
        assertThat(get("/v1/traces/" + id).get("trace").get("id").asText()).isEqualTo(TRACE);
    }

    @Test
    void findsATraceByItsClientsText() throws Exception {
        byte[] text = (tenant.project() + "\0order 42/é").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[] hash = java.security.MessageDigest.getInstance("SHA-256").digest(text);
        String id = HexFormat.of().formatHex(hash, 0, 16);
        Facts.fact(tenant.project(), id, "00000000000000a1", T0.plusSeconds(60), T0.plusSeconds(61))
                .insert(API);

        assertThat(get("/v1/traces/order%2042%2F%C3%A9").get("trace").get("id").asText())
                .isEqualTo(id);
    }

    @Test
    void takesStateAndNamesFromTheSummaryOnceItIsThere() throws SQLException {
        String id = "000000000000000000000000000000f1";
        Facts.fact(tenant.project(), id, "00000000000000a1", T0.plusSeconds(100), T0.plusSeconds(101))
                .insert(API);
        Facts.trace(tenant.project(), id, T0.plusSeconds(100), T0.plusSeconds(101))
                .with("name", "set on the trace")
                .with("tags", new String[] {"a", "b"})
                .insert(API);

        JsonNode trace = get("/v1/traces/" + id).get("trace");

        assertThat(trace.get("state").asText()).isEqualTo("settled");
        assertThat(trace.get("name").asText()).isEqualTo("set on the trace");
        assertThat(trace.get("tags").toString()).isEqualTo("[\"a\",\"b\"]");
        assertThat(trace.get("cost_usd").asText()).isEqualTo("0");
    }

    /** Its second message came on the day before: the row has the time of the first one only. */
    @Test
    void showsWhatASpanSentInPartsSaysTogether() throws SQLException {
        String id = "000000000000000000000000000000f2";
        Instant start = T0.plusSeconds(200);
        Facts.fact(tenant.project(), id, "00000000000000a1", start, start.plusSeconds(1))
                .with("content_hash", 99L)
                .with("root", true)
                .insert(API);
        Facts.trace(tenant.project(), id, start.minusSeconds(1), start.plusSeconds(1))
                .with("root_span_id", HexFormat.of().parseHex("00000000000000a1"))
                .with("first_received_at", Facts.utc(start.minusSeconds(86_400)))
                .insert(API);
        insertPart(id, T0, 6, part("00000000000000a1", 1, "asked", ""));
        insertPart(id, T0.minusSeconds(86_400), 7, part("00000000000000a1", 2, "", "answered"));
        insertPart(id, T0, 8, part("", 3, "", "said of the trace"));

        JsonNode document = get("/v1/traces/" + id);

        JsonNode span = document.get("spans").get(0);
        assertThat(span.get("input").asText()).isEqualTo("asked");
        assertThat(span.get("output").asText()).isEqualTo("answered");
        JsonNode trace = document.get("trace");
        assertThat(trace.get("input").asText()).isEqualTo("asked");
        assertThat(trace.get("output").asText()).isEqualTo("said of the trace");
        assertThat(trace.get("attributes").toString()).isEqualTo("{\"k\":\"v\"}");
        assertThat(trace.get("duration_ms").asLong()).isEqualTo(2_000);
        assertThat(document.get("payloads_truncated").asBoolean()).isFalse();
    }

    /** Midnight was between the log event and its span, with which the trace was first heard of. */
    @Test
    void showsANoteThatCameBeforeItsSpan() throws SQLException {
        String id = "000000000000000000000000000000f4";
        Instant start = T0.minusSeconds(60);
        Facts.fact(tenant.project(), id, "00000000000000a1", start, T0)
                .with("content_hash", 98L)
                .with("root", true)
                .with("received_at", Facts.utc(T0))
                .insert(API);
        Facts.trace(tenant.project(), id, start, T0)
                .with("root_span_id", HexFormat.of().parseHex("00000000000000a1"))
                .with("first_received_at", Facts.utc(T0))
                .with("last_received_at", Facts.utc(T0))
                .insert(API);
        Body.Builder note = part("00000000000000a1", 1, "asked", "");
        note.getPartialBuilder().setNote(true);
        insertPart(id, start, 10, note);
        insertPart(id, T0, 11, body("00000000000000a1", 98, "", "answered"));

        JsonNode document = get("/v1/traces/" + id);

        assertThat(document.get("spans").get(0).get("input").asText()).isEqualTo("asked");
        assertThat(document.get("trace").get("output").asText()).isEqualTo("answered");
    }

    @Test
    void showsATraceThatHasNoSpansYet() throws SQLException {
        String id = "000000000000000000000000000000f3";
        Facts.trace(tenant.project(), id, T0.plusSeconds(300), T0.plusSeconds(300))
                .with("state", 0)
                .with("span_count", 1)
                .insert(API);
        insertPart(id, T0, 9, part("", 1, "asked", ""));

        JsonNode document = get("/v1/traces/" + id);

        assertThat(document.get("spans")).isEmpty();
        assertThat(document.get("trace").get("name").asText()).isEqualTo("trace");
        assertThat(document.get("trace").get("span_count").asInt()).isEqualTo(1);
        assertThat(document.get("trace").get("input").asText()).isEqualTo("asked");
    }

    private static Body.Builder part(String span, long message, String input, String output) {
        return body(span, message, input, output)
                .setPartial(PartialMessage.newBuilder()
                        .setAtNanos(message)
                        .setId(ByteString.copyFromUtf8("message " + message)));
    }

    private static void insertPart(String trace, Instant received, long offset, Body.Builder body) throws SQLException {
        Facts.Row.of("bodies")
                .with("project", tenant.project())
                .with("trace_id", Facts.uuid(trace))
                .with("day", Facts.day(received))
                .with("source_offset", offset)
                .with("source_partition", 0)
                .with(
                        "block",
                        Zstd.compress(
                                BodyBlock.newBuilder().addBodies(body).build().toByteArray()))
                .insert(API);
    }

    @Test
    void pagesThroughAListWhileTracesComeIn() throws SQLException {
        Api.Tenant other = API.tenant();
        for (int i = 0; i < 25; i++) {
            // Three traces to each start, so that the id decides too.
            Facts.trace(other.project(), id(i), T0.plusSeconds(i / 3), T0.plusSeconds(100))
                    .insert(API);
        }
        List<String> seen = new ArrayList<>();
        String cursor = "";
        int pages = 0;
        do {
            JsonNode page =
                    API.get(other.readKey(), "/v1/traces?limit=4" + cursor).body();
            page.get("items").forEach(item -> seen.add(item.get("id").asText()));
            Facts.trace(other.project(), id(1_000 + pages), T0.plusSeconds(500 + pages), T0.plusSeconds(600))
                    .insert(API);
            cursor = page.get("next").isNull()
                    ? ""
                    : "&cursor=" + page.get("next").asText();
            pages++;
        } while (!cursor.isEmpty());

        assertThat(pages).isEqualTo(7);
        List<String> expected = new ArrayList<>();
        for (int i = 24; i >= 0; i--) {
            expected.add(id(i));
        }
        assertThat(seen).isEqualTo(expected);
    }

    private static String id(int i) {
        return "%032x".formatted(0xabc0000L + i);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name=checkout",
                "status=error",
                "user_id=u7",
                "session_id=s7",
                "environment=staging",
                "min_duration_ms=1500.5",
                "min_cost_usd=0.25",
                "model=gpt-5",
                "name=checkout&status=error&min_cost_usd=0.25"
            })
    void filters(String filter) throws SQLException {
        Api.Tenant other = API.tenant();
        Facts.trace(other.project(), id(1), T0, T0.plusNanos(1_500_500_000L))
                .with("name", "checkout")
                .with("status", 2)
                .with("user_id", "u7")
                .with("session_id", "s7")
                .with("environment", "staging")
                .with("cost_pico_usd", new java.math.BigDecimal("250000000000"))
                .insert(API);
        Facts.fact(other.project(), id(1), "00000000000000a1", T0, T0.plusSeconds(1))
                .with("request_model", "gpt-5")
                .insert(API);
        Facts.trace(other.project(), id(2), T0, T0.plusNanos(1_500_499_999L))
                .with("cost_pico_usd", new java.math.BigDecimal("249999999999"))
                .insert(API);

        JsonNode items = API.get(other.readKey(), "/v1/traces?" + filter).body().get("items");

        assertThat(items).extracting(item -> item.get("id").asText()).containsExactly(id(1));
    }

    @Test
    void listsFromInclusiveToExclusive() throws SQLException {
        Api.Tenant other = API.tenant();
        for (int i = 0; i < 3; i++) {
            Facts.trace(other.project(), id(i), T0.plusNanos(i), T0.plusSeconds(9))
                    .insert(API);
        }

        JsonNode items = API.get(other.readKey(), "/v1/traces?from=" + T0 + "&to=" + T0.plusNanos(2))
                .body()
                .get("items");

        assertThat(items).extracting(item -> item.get("id").asText()).containsExactly(id(1), id(0));
    }
}
