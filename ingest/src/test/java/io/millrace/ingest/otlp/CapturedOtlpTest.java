package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.OtlpEncoding.JSON;
import static io.millrace.ingest.otlp.OtlpEncoding.PROTOBUF;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.wire.Event;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Expectations are written from the recordings' readable form and from what the recorded scripts did. */
final class CapturedOtlpTest {
    /** The one script, recorded through five exporters of the JavaScript SDK. */
    static Stream<Arguments> recordingsOfTheAgent() {
        return Stream.of(
                Arguments.of("otel-json", JSON, "svc-json", "1.2.3", "staging", "e89f3ef559d4146fe0e904a302987577"),
                Arguments.of(
                        "otel-json-gzip", JSON, "svc-json", "1.2.3", "staging", "968802604c3c9611075f97bb9ba337a1"),
                Arguments.of(
                        "otel-proto", PROTOBUF, "svc-proto", "1.2.3", "staging", "08b192ab921a455a92c15010dd4733bb"),
                Arguments.of(
                        "otel-proto-gzip",
                        PROTOBUF,
                        "svc-proto",
                        "1.2.3",
                        "staging",
                        "3a0bcc6ad496951848d8534cdc0eb880"),
                Arguments.of("otel-sdknode", PROTOBUF, "svc-sdknode", "", "", "648249b385b67c529ac1cef74a1674aa"));
    }

    @ParameterizedTest
    @MethodSource("recordingsOfTheAgent")
    void readsEverySpanOfTheAgent(
            String recording,
            OtlpEncoding encoding,
            String service,
            String version,
            String environment,
            String traceId) {
        DecodedRequest request = Capture.decode(recording + "/001.bin", encoding);

        assertThat(request.request().accepted()).isEqualTo(6);
        assertThat(request.request().refused()).isZero();
        Span agent = request.named("invoke_agent weather");
        for (Span span : request.spans()) {
            assertThat(span.traceId()).isEqualTo(traceId);
            assertThat(span.parentId()).isEqualTo(span == agent ? "" : agent.spanId());
            assertThat(span.origin().getServiceName()).isEqualTo(service);
            assertThat(span.origin().getServiceVersion()).isEqualTo(version);
            assertThat(span.origin().getEnvironment()).isEqualTo(environment);
            assertThat(span.origin().getScopeName()).isEqualTo("manual-genai");
            assertThat(span.origin().getScopeVersion()).isEqualTo("0.1.0");
        }
        isTheAgent(agent);
        isTheChat(request.named("chat gpt-4o-mini"));
        isTheLegacyChat(request.named("chat legacy"));
        isTheTool(request.named("execute_tool get_weather"));
        isTheFailure(request.named("failing"));
        isThePlainSpan(request.named("ünïcode & bytes"), agent);
    }

    private static void isTheAgent(Span span) {
        assertThat(span.kind()).isEqualTo(SpanKind.AGENT);
        assertThat(span.message().getOperation()).isEqualTo("invoke_agent");
        assertThat(span.message().getSessionId()).isEqualTo("sess-7");
        assertThat(span.message().getUserId()).isEqualTo("user-42");
        assertThat(span.message().hasUsage()).isFalse();
        assertThat(span.marks()).containsExactly("usage_of_children");
        assertThat(span.attributes()).containsOnlyKeys("gen_ai.agent.name", "session.id");
        assertThat(span.message().getStatus()).isZero();
    }

    private static void isTheChat(Span span) {
        assertThat(span.kind()).isEqualTo(SpanKind.LLM);
        assertThat(span.message().getOperation()).isEqualTo("chat");
        assertThat(span.message().getProvider()).isEqualTo("openai");
        assertThat(span.message().getRequestModel()).isEqualTo("gpt-4o-mini");
        assertThat(span.message().getResponseModel()).isEqualTo("gpt-4o-mini-2024-07-18");
        assertThat(span.usage()).isEqualTo(Map.of("input", 56L, "input_cache_read", 64L, "output", 42L));
        assertThat(span.marks()).isEmpty();
        assertThat(span.body().getInput())
                .isEqualTo("[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"weather in Berlin?\"}]}]");
        assertThat(span.body().getOutput())
                .startsWith("[{\"role\":\"assistant\"")
                .endsWith("\"tool_call\"}]");
        assertThat(span.body().getFinishReasonsList()).containsExactly("tool_calls");
        assertThat(span.attributes()).containsOnlyKeys("gen_ai.request.temperature", "gen_ai.response.id");
        assertThat(span.attribute("gen_ai.request.temperature").getDoubleValue())
                .isEqualTo(0.2);
    }

    private static void isTheLegacyChat(Span span) {
        assertThat(span.kind()).isEqualTo(SpanKind.LLM);
        assertThat(span.message().getProvider()).isEqualTo("openai");
        assertThat(span.message().getOperation()).isEmpty();
        assertThat(span.usage()).isEqualTo(Map.of("input", 10L, "output", 5L));
        assertThat(span.body().getInput()).isEqualTo("[{\"role\":\"user\",\"content\":\"hi\"}]");
        assertThat(span.body().getOutput()).isEqualTo("hello");
        assertThat(span.body().getEventsList()).extracting(Event::getName).containsExactly("gen_ai.content.prompt");
        assertThat(span.attributes()).isEmpty();
    }

    private static void isTheTool(Span span) {
        assertThat(span.kind()).isEqualTo(SpanKind.TOOL);
        assertThat(span.message().hasUsage()).isFalse();
        assertThat(span.body().getInput()).isEqualTo("{\"city\":\"Berlin\"}");
        assertThat(span.body().getOutput()).isEqualTo("{\"temp\":18}");
        assertThat(span.attribute("gen_ai.tool.name").getStringValue()).isEqualTo("get_weather");
        assertThat(span.attribute("gen_ai.tool.call.id").getStringValue()).isEqualTo("call_1");
    }

    private static void isTheFailure(Span span) {
        assertThat(span.kind()).isEqualTo(SpanKind.SPAN);
        assertThat(span.message().getStatus()).isEqualTo(2);
        assertThat(span.message().getErrorType()).isEqualTo("TimeoutError");
        assertThat(span.body().getStatusMessage()).isEqualTo("boom: timeout");
        assertThat(span.body().getEvents(0).getName()).isEqualTo("exception");
        assertThat(span.body().getEvents(0).getAttributesList()).hasSize(3);
    }

    private static void isThePlainSpan(Span span, Span linked) {
        assertThat(span.kind()).isEqualTo(SpanKind.SPAN);
        assertThat(span.message().getStatus()).isZero();
        assertThat(span.attributes()).containsOnlyKeys("bytes.arr", "dbl", "big", "neg", "bool", "strs", "empty");
        assertThat(span.attribute("bytes.arr").getArrayValue().getValuesCount()).isEqualTo(3);
        assertThat(span.attribute("dbl").getDoubleValue()).isEqualTo(1.5);
        assertThat(span.attribute("big").getIntValue()).isEqualTo(9007199254740991L);
        assertThat(span.attribute("neg").getIntValue()).isEqualTo(-1);
        assertThat(span.attribute("bool").getBoolValue()).isTrue();
        assertThat(span.attribute("strs").getArrayValue().getValues(1).getStringValue())
                .isEqualTo("b");
        assertThat(span.attribute("empty").hasStringValue()).isTrue();
        assertThat(span.body().getLinks(0).getSpanId())
                .isEqualTo(linked.message().getSpanId());
        assertThat(span.body().getLinks(0).getAttributes(0).getValue().getIntValue())
                .isEqualTo(1);
    }

    @Test
    void keepsNanosecondsAndTheRestOfTheResource() {
        Span chat = Capture.decode("otel-json/001.bin", JSON).named("chat gpt-4o-mini");
        assertThat(chat.message().getStartNanos()).isEqualTo(1795211985359000000L);
        assertThat(chat.message().getEndNanos()).isEqualTo(1795211985359111578L);
        assertThat(chat.spanId()).isEqualTo("8df4fadf00279b1e");

        Span node = Capture.decode("otel-sdknode/001.bin", PROTOBUF).named("failing");
        assertThat(node.origin().getResourceAttributesList())
                .anySatisfy(attribute -> {
                    assertThat(attribute.getKey()).isEqualTo("telemetry.sdk.version");
                    assertThat(attribute.getValue().getStringValue()).isEqualTo("3.1.0");
                })
                .noneSatisfy(attribute -> assertThat(attribute.getKey()).isEqualTo("service.name"));
    }

    @ParameterizedTest
    @CsvSource({
        "otel-java-http, 22e87034c63a629f775b223aafc41163, 0ffd6508350e9330",
        "otel-java-http-gzip, 4854651518aafedb0108c29ae83df6f5, cb6085e2d2e15cb9"
    })
    void readsTheJavaSdk(String recording, String traceId, String rootId) {
        DecodedRequest request = Capture.decode(recording + "/001.bin", PROTOBUF);

        assertThat(request.spans()).hasSize(3).allSatisfy(span -> {
            assertThat(span.traceId()).isEqualTo(traceId);
            assertThat(span.origin().getServiceName()).isEqualTo("svc-java");
            assertThat(span.origin().getEnvironment()).isEqualTo("staging");
            assertThat(span.origin().getScopeName()).isEqualTo("manual-genai-java");
        });
        Span root = request.named("invoke_agent weather");
        assertThat(root.spanId()).isEqualTo(rootId);
        assertThat(root.parentId()).isEmpty();
        assertThat(root.kind()).isEqualTo(SpanKind.AGENT);
        assertThat(root.message().getSessionId()).isEqualTo("sess-7");
        Span chat = request.named("chat gpt-4o-mini");
        assertThat(chat.parentId()).isEqualTo(rootId);
        assertThat(chat.kind()).isEqualTo(SpanKind.LLM);
        assertThat(chat.usage()).isEqualTo(Map.of("input", 120L, "output", 42L));
        assertThat(chat.body().getFinishReasonsList()).containsExactly("stop");
        Span failing = request.named("failing");
        assertThat(failing.message().getStatus()).isEqualTo(2);
        assertThat(failing.message().getErrorType()).isEqualTo("java.lang.RuntimeException");
        assertThat(failing.body().getStatusMessage()).isEqualTo("boom: timeout");
    }

    /**
     * OpenTelemetry's own instrumentation of OpenAI's SDK: three chats of 120 tokens in, 64 of them cached, and 42 out, one
     * that failed, and an embedding of 8. It tells neither the cached tokens nor the reasoning, and the messages in logs only.
     */
    @ParameterizedTest
    @CsvSource({
        "894ba9c25c62b4ac, chat gpt-4o-mini, LLM, gpt-4o-mini-2024-07-18, 0, '{input=120, output=42}'",
        "8f5736cbff927d8c, chat gpt-4o-mini, LLM, gpt-4o-mini-2024-07-18, 0, '{input=120, output=42}'",
        "73f05b499b9f8981, chat gpt-4o-mini, LLM, gpt-4o-mini-2024-07-18, 0, '{input=120, output=42}'",
        "3e427d13ca9849b1, chat gpt-4o-mini, LLM, '', 2, {}",
        "8b88491976e95e61, embeddings text-embedding-3-small, EMBEDDING, text-embedding-3-small, 0, {input=8}",
    })
    void readsTheInstrumentationOfOpenAi(
            String id, String name, SpanKind kind, String answered, int status, String usage) {
        DecodedRequest request = Capture.decode("otel-genai/001.bin", PROTOBUF);

        assertThat(request.spans()).hasSize(6);
        Span call = request.withId(id);
        assertThat(call.parentId()).isEqualTo(request.named("handler").spanId());
        assertThat(call.message().getName()).isEqualTo(name);
        assertThat(call.kind()).isEqualTo(kind);
        assertThat(call.message().getProvider()).isEqualTo("openai");
        assertThat(call.message().getResponseModel()).isEqualTo(answered);
        assertThat(call.message().getStatus()).isEqualTo(status);
        assertThat(call.message().getErrorType()).isEqualTo(status == 2 ? "BadRequestError" : "");
        assertThat(call.usage()).hasToString(usage);
        assertThat(request.named("handler").kind()).isEqualTo(SpanKind.SPAN);
        assertThat(request.named("handler").parentId()).isEmpty();
    }

    /** The readable form of a Protobuf recording is OTLP/JSON of the same content. */
    @ParameterizedTest
    @CsvSource({"otel-proto", "otel-java-http", "otel-sdknode"})
    void jsonOfTheSameContentGivesTheSameRecords(String recording) {
        byte[] fromProtobuf = Capture.decode(recording + "/001.bin", PROTOBUF)
                .request()
                .records(1 << 20)
                .get(0)
                .value();
        byte[] fromJson = Capture.decode(recording + "/001.json", JSON)
                .request()
                .records(1 << 20)
                .get(0)
                .value();
        assertThat(fromJson).isEqualTo(fromProtobuf);
    }

    @Test
    void snakeCaseKeysMeanTheSame() {
        String camel = new String(Capture.bytes("otel-proto/001.json"), StandardCharsets.UTF_8);
        String snake = camel;
        for (String key : new String[] {
            "resourceSpans",
            "scopeSpans",
            "traceId",
            "spanId",
            "parentSpanId",
            "startTimeUnixNano",
            "endTimeUnixNano",
            "timeUnixNano",
            "stringValue",
            "intValue",
            "doubleValue",
            "boolValue",
            "arrayValue"
        }) {
            snake = snake.replace("\"" + key + "\"", "\"" + snakeCase(key) + "\"");
        }
        assertThat(snake).isNotEqualTo(camel);

        assertThat(record(snake)).isEqualTo(record(camel));
    }

    private static byte[] record(String json) {
        return Capture.decode(json.getBytes(StandardCharsets.UTF_8), JSON)
                .request()
                .records(1 << 20)
                .get(0)
                .value();
    }

    private static String snakeCase(String camelCase) {
        return camelCase.replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
    }
}
