package io.millrace.ingest.nativespan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.Refusal;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.wire.KeyValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NativeSpansTest {
    private static final String WHOLE = """
            {"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331","parent_id":"00f067aa0ba902b7",
             "name":"answer","kind":"llm","start":"2026-11-20T21:59:45.359000001Z","end":"2026-11-20T23:59:46+02:00",
             "status":"error","status_message":"too long","error_type":"length","level":"WARNING",
             "model":"gpt-4o-mini-2024-07-18","request_model":"gpt-4o-mini","provider":"openai","operation":"chat",
             "usage":{"input":56,"input_cache_read":64,"output":26,"output_reasoning":"16"},
             "cost_usd":"0.00012","time_to_first_token_ms":12.5,"streaming":true,"service_tier":"batch",
             "input":[{"role":"user","content":"grüße"}],"output":"hello","finish_reasons":["stop"],
             "attributes":{"temperature":0.2,"n":3,"deep":{"list":[1,"a",null,true]},"none":null},
             "events":[{"time":1795211985359000002,"name":"retry","attributes":{"n":1}}],
             "session_id":"sess-7","user_id":42,"environment":"staging","release":"1.2.3","tags":["a","b"],
             "prompt_name":"greeting","prompt_version":3,"service_name":"svc","service_version":"9","shard":"eu"}
            """;

    @Test
    void readsEveryMember() {
        Span span = decode(WHOLE).only();

        assertThat(span.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(span.spanId()).isEqualTo("b7ad6b7169203331");
        assertThat(span.parentId()).isEqualTo("00f067aa0ba902b7");
        assertThat(span.kind()).isEqualTo(SpanKind.LLM);
        assertThat(span.message().getName()).isEqualTo("answer");
        assertThat(span.message().getStartNanos()).isEqualTo(1795211985359000001L);
        assertThat(span.message().getEndNanos()).isEqualTo(1795211986000000000L);
        assertThat(span.message().getStatus()).isEqualTo(2);
        assertThat(span.message().getErrorType()).isEqualTo("length");
        assertThat(span.body().getLevel()).isEqualTo("WARNING");
        assertThat(span.message().getResponseModel()).isEqualTo("gpt-4o-mini-2024-07-18");
        assertThat(span.message().getRequestModel()).isEqualTo("gpt-4o-mini");
        assertThat(span.message().getProvider()).isEqualTo("openai");
        assertThat(span.message().getOperation()).isEqualTo("chat");
        assertThat(span.usage())
                .isEqualTo(Map.of("input", 56L, "input_cache_read", 64L, "output", 26L, "output_reasoning", 16L));
        assertThat(span.message().getReportedCostUsd()).isEqualTo("0.00012");
        assertThat(span.message().getTimeToFirstTokenNanos()).isEqualTo(12_500_000L);
        assertThat(span.body().getStreaming()).isTrue();
        assertThat(span.message().getServiceTier()).isEqualTo("batch");
        assertThat(span.message().getSessionId()).isEqualTo("sess-7");
        assertThat(span.message().getUserId()).isEqualTo("42");
        assertThat(span.message().getEnvironment()).isEqualTo("staging");
        assertThat(span.message().getRelease()).isEqualTo("1.2.3");
        assertThat(span.message().getTagsList()).containsExactly("a", "b");
        assertThat(span.message().getPromptName()).isEqualTo("greeting");
        assertThat(span.message().getPromptVersion()).isEqualTo("3");
        assertThat(span.marks()).isEmpty();
        assertThat(span.body().getInput()).isEqualTo("[{\"role\":\"user\",\"content\":\"grüße\"}]");
        assertThat(span.body().getOutput()).isEqualTo("hello");
        assertThat(span.body().getStatusMessage()).isEqualTo("too long");
        assertThat(span.body().getFinishReasonsList()).containsExactly("stop");
        assertThat(span.body().getEvents(0).getTimeUnixNano()).isEqualTo(1795211985359000002L);
        assertThat(span.body().getEvents(0).getAttributes(0).getValue().getIntValue())
                .isEqualTo(1);
        assertThat(span.origin().getServiceName()).isEqualTo("svc");
        assertThat(span.origin().getServiceVersion()).isEqualTo("9");
        assertThat(span.attributes()).containsOnlyKeys("temperature", "n", "deep", "none", "shard");
        assertThat(span.attribute("temperature").getDoubleValue()).isEqualTo(0.2);
        assertThat(span.attribute("n").getIntValue()).isEqualTo(3);
        assertThat(span.attribute("shard").getStringValue()).isEqualTo("eu");
        var list =
                span.attribute("deep").getKvlistValue().getValues(0).getValue().getArrayValue();
        assertThat(list.getValuesCount()).isEqualTo(4);
        assertThat(list.getValues(1).getStringValue()).isEqualTo("a");
        assertThat(list.getValues(3).getBoolValue()).isTrue();
    }

    @Test
    void takesAnArrayAnObjectAndLines() {
        String one = minimal("1");
        String two = minimal("2");
        assertThat(decode("[" + one + "," + two + "]").spans()).hasSize(2);
        assertThat(decode(one).spans()).hasSize(1);
        assertThat(decode(one + "\n" + two + "\n").spans()).hasSize(2);
        assertThat(lines(one + "\r\n\n" + two).spans()).hasSize(2);
        assertThat(decode("[]").spans()).isEmpty();
    }

    @Test
    void aBadLineSpoilsNoOther() throws MalformedEnvelope {
        DecodedRequest request =
                lines(minimal("1") + "\n{\"trace_id\":\n" + minimal("2") + "\n\"text\"\n" + minimal("3"));

        assertThat(request.spans()).hasSize(3);
        assertThat(request.request().refusals()).extracting(Refusal::index).containsExactly(1, 3);
    }

    /** RFC 7464: each text is led by a record separator and followed by the end of a line. */
    @Test
    void aTextMayBeLedByARecordSeparator() {
        DecodedRequest request = lines("\u001e" + minimal("1") + "\n\u001e\n\u001e\u001e" + minimal("2") + "\n");

        assertThat(request.spans()).hasSize(2);
        assertThat(request.request().refusals()).isEmpty();
        assertThat(NativeSpans.isLines("application/json-seq")).isTrue();
    }

    /** As JSON.stringify writes a name that was cut within a character. */
    @Test
    void aNameWithHalfAPairSpoilsNothing() {
        String half = minimal("2").replace("{", "{\"more \\ud83d\":\"\\uDE00\",");
        DecodedRequest array = decode("[" + minimal("1") + "," + half + "]");
        DecodedRequest lines = lines(minimal("1") + "\n" + half + "\n");

        for (DecodedRequest request : List.of(array, lines)) {
            assertThat(request.request().refusals()).isEmpty();
            assertThat(request.spans()).extracting(Span::marks).containsExactly(List.of(), List.of("bad_utf8"));
            assertThat(request.spans().get(1).attribute("more \uFFFD").getStringValue())
                    .isEqualTo("\uFFFD");
        }
    }

    @Test
    void aLongNumberSpoilsNothing() {
        String integer = "7".repeat(20_000);
        String fraction = "0." + "3".repeat(20_000);
        String last = minimal("2").replace("{", "{\"n\":" + integer + ",\"x\":" + fraction + ",");
        DecodedRequest request = decode(
                "[" + minimal("1") + "," + minimal("3").replace("1795211985359000000", fraction) + "," + last + "]");

        assertThat(request.spans()).hasSize(2);
        assertThat(request.spans().get(1).attribute("n").getStringValue()).isEqualTo(integer);
        assertThat(request.spans().get(1).attribute("x").getDoubleValue()).isEqualTo(1.0 / 3);
        assertThat(request.request().refusals()).extracting(Refusal::index).containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | missing_id",
                "{\"trace_id\":\"t\",\"start\":1,\"end\":2} | missing_id",
                "{\"trace_id\":\"00000000000000000000000000000000\",\"id\":\"1\"} | missing_id",
                "{\"trace_id\":\"t\",\"id\":\"s\",\"start\":\"2026-11-20T21:59:45Z\"} | incomplete_not_available",
                "{\"trace_id\":\"t\",\"id\":\"s\",\"end\":\"1970-01-01T00:00:01Z\"} | too_old",
                "{\"trace_id\":\"t\",\"id\":\"s\",\"end\":\"2300-01-01T00:00:01Z\"} | malformed",
                "{\"trace_id\":\"t\",\"id\":\"s\",\"end\":\"soon\"} | malformed",
                "{\"trace_id\":7,\"id\":\"s\"} | malformed",
                "{\"trace_id\":\"t\",\"id\":\"s\",\"kind\":\"poem\"} | malformed",
                "{\"trace_id\":\"t\",\"id\":\"s\",\"usage\":[1]} | malformed",
                "{\"trace_id\":\"t\",\"id\":\"s\",\"tags\":{\"a\":[{}]}} | malformed",
                "17 | malformed",
                "[{}] | malformed"
            })
    void aBadItemIsRefusedAlone(String item, String reason) {
        DecodedRequest request = decode("[" + minimal("1") + "," + item + "," + minimal("2") + "]");

        assertThat(request.spans()).hasSize(2);
        assertThat(request.request().refusals())
                .extracting(refusal -> refusal.reason().wireName())
                .containsExactly(reason);
    }

    @Test
    void idsOfAnyFormAreTaken() throws Exception {
        Span uuid = decode(minimal("x")
                        .replace("\"0af7651916cd43dd8448eb211c80319c\"", "\"0AF76519-16cd-43dd-8448-eb211c80319c\""))
                .only();
        assertThat(uuid.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(uuid.message().getExternalTraceId()).isEmpty();

        Span own = decode(minimal("order/17").replace("\"0af7651916cd43dd8448eb211c80319c\"", "\"order 17\""))
                .only();
        byte[] hash = MessageDigest.getInstance("SHA-256")
                .digest((DecodedRequest.PROJECT + "\0order 17").getBytes(StandardCharsets.UTF_8));
        assertThat(own.traceId()).isEqualTo(HexFormat.of().formatHex(hash, 0, 16));
        assertThat(own.message().getExternalTraceId()).isEqualTo("order 17");
        assertThat(own.body().getExternalId()).isEqualTo("order/17");
    }

    @Test
    void usageOfNoKnownBucketIsKeptAndMarked() {
        Span span = decode(minimal("1").replace("\"end\"", "\"usage\":{\"input\":3,\"searches\":2},\"end\""))
                .only();
        assertThat(span.usage()).isEqualTo(Map.of("input", 3L));
        assertThat(span.marks()).containsExactly("usage_suspect");
        assertThat(span.attribute("usage.searches").getIntValue()).isEqualTo(2);
        assertThat(span.kind()).isEqualTo(SpanKind.LLM);
    }

    @Test
    void whatAnEventSaysBesideIsKept() {
        Span span = decode(minimal("1")
                        .replace(
                                "\"end\"",
                                "\"events\":[{\"severity\":\"low\",\"timestamp\":\"2026-11-20T21:59:45Z\",\"name\":\"retry\","
                                        + "\"attributes\":{\"n\":1},\"cause\":{\"code\":429},\"none\":null}],\"end\""))
                .only();

        var event = span.body().getEvents(0);
        assertThat(event.getTimeUnixNano()).isEqualTo(1795211985000000000L);
        assertThat(event.getName()).isEqualTo("retry");
        assertThat(event.getAttributesList())
                .extracting(KeyValue::getKey)
                .containsExactly("severity", "n", "cause", "none");
        assertThat(event.getAttributes(0).getValue().getStringValue()).isEqualTo("low");
        assertThat(event.getAttributes(1).getValue().getIntValue()).isEqualTo(1);
        assertThat(event.getAttributes(2)
                        .getValue()
                        .getKvlistValue()
                        .getValues(0)
                        .getValue()
                        .getIntValue())
                .isEqualTo(429);
    }

    @Test
    void anEventEndsWhereItStarts() {
        Span span = decode("{\"trace_id\":\"t\",\"id\":\"s\",\"kind\":\"event\",\"start\":\"2026-11-20T21:59:45Z\"}")
                .only();
        assertThat(span.message().getEndNanos()).isEqualTo(span.message().getStartNanos());
    }

    @Test
    void theAnswerNamesWhatWasRefused() {
        DecodedRequest request =
                decode("[" + minimal("1") + ",{\"trace_id\":\"t\",\"id\":\"say \\\"s\\\"\",\"start\":5}]");

        assertThat(new String(NativeAnswer.of(request.request()), StandardCharsets.UTF_8))
                .isEqualTo("{\"accepted\":1,\"refused\":[{\"index\":1,\"trace_id\":\"t\",\"span_id\":\"say \\\"s\\\"\","
                        + "\"reason\":\"incomplete_not_available\",\"detail\":\"the span has no end\"}]}");
        assertThat(new String(NativeAnswer.of(decode("[]").request()), StandardCharsets.UTF_8))
                .isEqualTo("{\"accepted\":0,\"refused\":[]}");
    }

    @Test
    void aBodyThatIsNoJsonIsOneError() {
        for (String body : new String[] {"", "nonsense", "[{\"a\":1}", "17", "[1,2"}) {
            assertThatThrownBy(() -> NativeSpans.decode(
                            body.getBytes(StandardCharsets.UTF_8), 0, body.length(), false, DecodedRequest.CONTEXT))
                    .isInstanceOf(MalformedEnvelope.class);
        }
    }

    @Test
    void anythingEndsWithSpansOrOneError() {
        byte[] whole = WHOLE.getBytes(StandardCharsets.UTF_8);
        Random random = new Random(3);
        int accepted = 0;
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = whole.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                accepted += new DecodedRequest(
                                NativeSpans.decode(bytes, 0, bytes.length, round % 2 == 0, DecodedRequest.CONTEXT))
                        .spans()
                        .size();
            } catch (MalformedEnvelope malformed) {
                assertThat(malformed.getMessage()).isNotBlank();
            }
        }
        assertThat(accepted).isGreaterThan(500);
    }

    @Test
    void linesAreKnownByTheirContentType() {
        assertThat(NativeSpans.isLines("application/x-ndjson; charset=utf-8")).isTrue();
        assertThat(NativeSpans.isLines("application/jsonl")).isTrue();
        assertThat(NativeSpans.isLines("application/json")).isFalse();
        assertThat(NativeSpans.isLines(null)).isFalse();
        assertThat(RefusalReason.INCOMPLETE_NOT_AVAILABLE.wireName()).isEqualTo("incomplete_not_available");
    }

    private static String minimal(String id) {
        return "{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"span_id\":\"" + id
                + "\",\"start\":1795211985359000000,\"end\":\"1795211985360000000\"}";
    }

    /** Who sends a delivery does not read that a span was refused, and does not send it again. */
    @Test
    void whatIsNestedTooDeepInADeliveryIsKeptAsItsJson() throws MalformedEnvelope {
        String deep = "[".repeat(40) + "{\"a\":[1, 2]}" + "]".repeat(40);
        String span = "{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"id\":\"b7ad6b7169203331\",\"name\":\"n\","
                + "\"attributes\":{\"before\":1,\"state\":" + deep + ",\"after\":2},\"more\":" + deep + "}";
        byte[] made = span.getBytes(StandardCharsets.UTF_8);
        Span kept = new DecodedRequest(NativeSpans.decodeDelivered(
                        made, "webhook", 1_795_211_985_359_000_000L, false, DecodedRequest.CONTEXT))
                .only();
        assertThat(kept.attributes()).containsOnlyKeys("before", "state", "after", "more");
        assertThat(kept.attribute("state").getStringValue()).isEqualTo(deep);
        assertThat(kept.attribute("more").getStringValue()).isEqualTo(deep);
        assertThat(kept.attribute("after").getIntValue()).isEqualTo(2);
    }

    @Test
    void whatIsNestedTooDeepInAnEventOfADeliveryIsKeptAsItsJson() throws MalformedEnvelope {
        String deep = "[".repeat(40) + "{\"a\":[1, 2]}" + "]".repeat(40);
        String span = "{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"id\":\"b7ad6b7169203331\",\"name\":\"n\","
                + "\"events\":[{\"before\":1,\"state\":" + deep + ",\"attributes\":{\"more\":" + deep
                + ",\"after\":2}}]}";
        byte[] made = span.getBytes(StandardCharsets.UTF_8);
        Span kept = new DecodedRequest(NativeSpans.decodeDelivered(
                        made, "webhook", 1_795_211_985_359_000_000L, false, DecodedRequest.CONTEXT))
                .only();
        var attributes = kept.body().getEvents(0).getAttributesList();
        assertThat(attributes).extracting(KeyValue::getKey).containsExactly("before", "state", "more", "after");
        assertThat(attributes.get(1).getValue().getStringValue()).isEqualTo(deep);
        assertThat(attributes.get(2).getValue().getStringValue()).isEqualTo(deep);
        assertThat(attributes.get(3).getValue().getIntValue()).isEqualTo(2);
    }

    @Test
    void whatStandsBesideAnEventNeverRefusesItsSpan() {
        String deep = "[".repeat(40) + "]".repeat(40);
        Span kept = decode(
                        "{\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"id\":\"b7ad6b7169203331\",\"name\":\"n\","
                                + "\"start\":\"2026-11-21T10:00:00Z\",\"end\":\"2026-11-21T10:00:01Z\","
                                + "\"events\":[{\"state\":" + deep + "}]}")
                .only();
        assertThat(kept.body().getEvents(0).getAttributes(0).getValue().getStringValue())
                .isEqualTo(deep);
    }

    private static DecodedRequest decode(String body) {
        return decode(body, false);
    }

    private static DecodedRequest lines(String body) {
        return decode(body, true);
    }

    private static DecodedRequest decode(String body, boolean lines) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try {
            return new DecodedRequest(NativeSpans.decode(bytes, 0, bytes.length, lines, DecodedRequest.CONTEXT));
        } catch (MalformedEnvelope malformed) {
            throw new AssertionError("a body that should be read", malformed);
        }
    }
}
