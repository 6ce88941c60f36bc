package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.OtlpJsonText.attributes;
import static io.millrace.ingest.otlp.OtlpJsonText.number;
import static io.millrace.ingest.otlp.OtlpJsonText.request;
import static io.millrace.ingest.otlp.OtlpJsonText.span;
import static io.millrace.ingest.otlp.OtlpJsonText.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.schema.span.SpanKind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The recorded program generated a text in two steps with a tool between them, streamed one, failed, generated an object,
 * and embedded a word of 8 tokens. Each call took 120 tokens, 64 of them cached, and gave 42, 16 of them reasoning.
 */
final class VercelMappingTest {
    private static final Map<String, Long> CALL =
            Map.of("input", 56L, "input_cache_read", 64L, "output", 26L, "output_reasoning", 16L);

    private final DecodedRequest six = Capture.decode("vercel-ai/001.bin", OtlpEncoding.JSON);
    private final DecodedRequest four = Capture.decode("vercel-ai-v4/001.bin", OtlpEncoding.JSON);

    @ParameterizedTest
    @CsvSource({
        "7f3c69b237b92ef1, 7dbbd451ec3e0a47, ai.generateText.doGenerate weather-fn, LLM, gpt-4o-mini, 0",
        "58eea020c566a754, 7dbbd451ec3e0a47, get_weather, TOOL, '', 0",
        "9b7a200d9d940787, 7dbbd451ec3e0a47, ai.generateText.doGenerate weather-fn, LLM, gpt-4o-mini, 0",
        "7dbbd451ec3e0a47, '', ai.generateText weather-fn, CHAIN, gpt-4o-mini, 0",
        "4da9c9240def6638, 7e9ad4f0d4531c6e, ai.streamText.doStream weather-fn, LLM, gpt-4o-mini, 0",
        "7e9ad4f0d4531c6e, '', ai.streamText weather-fn, CHAIN, gpt-4o-mini, 0",
        "8756805519d5e8cc, d126c0d953b9b03f, ai.generateText.doGenerate weather-fn, LLM, gpt-4o-mini, 2",
        "d126c0d953b9b03f, '', ai.generateText weather-fn, CHAIN, gpt-4o-mini, 2",
        "ea8f3b830c8cbb6c, 594c078f9a3399b5, ai.generateObject.doGenerate weather-fn, LLM, gpt-4o-mini, 0",
        "594c078f9a3399b5, '', ai.generateObject weather-fn, CHAIN, gpt-4o-mini, 0",
        "304ac30bf5dfa5ff, 6b12231a24679a87, ai.embed.doEmbed weather-fn, EMBEDDING, text-embedding-3-small, 0",
        "6b12231a24679a87, '', ai.embed weather-fn, CHAIN, text-embedding-3-small, 0",
    })
    void readsEverySpanOfVersionSix(
            String id, String parent, String name, SpanKind kind, String requested, int status) {
        isSpan(six.withId(id), parent, name, kind, requested, status);
    }

    @ParameterizedTest
    @CsvSource({
        "73072b26f7bf54f4, 245701e89b913e86, ai.generateText.doGenerate weather-fn, LLM, gpt-4o-mini, 0",
        "0d61b6e6d9fc0d04, 245701e89b913e86, ai.generateText.doGenerate weather-fn, LLM, gpt-4o-mini, 0",
        "245701e89b913e86, '', ai.generateText weather-fn, CHAIN, gpt-4o-mini, 0",
        "dfb59794e66ad9fa, c313995d9a978788, ai.streamText.doStream weather-fn, LLM, gpt-4o-mini, 0",
        "c313995d9a978788, '', ai.streamText weather-fn, CHAIN, gpt-4o-mini, 0",
        "4410b07a2f2ea0ce, 7c6ea3ac8b6484d5, ai.generateText.doGenerate weather-fn, LLM, gpt-4o-mini, 2",
        "7c6ea3ac8b6484d5, '', ai.generateText weather-fn, CHAIN, gpt-4o-mini, 2",
        "6ccae2736fa092ba, ce6ae94a444cc94a, ai.generateObject.doGenerate weather-fn, LLM, gpt-4o-mini, 0",
        "ce6ae94a444cc94a, '', ai.generateObject weather-fn, CHAIN, gpt-4o-mini, 2",
        "a41cdc227b4b4bea, b16dfb64817984bf, ai.embed.doEmbed weather-fn, EMBEDDING, text-embedding-3-small, 0",
        "b16dfb64817984bf, '', ai.embed weather-fn, CHAIN, text-embedding-3-small, 0",
    })
    void readsEverySpanOfVersionFour(
            String id, String parent, String name, SpanKind kind, String requested, int status) {
        isSpan(four.withId(id), parent, name, kind, requested, status);
    }

    private static void isSpan(Span span, String parent, String name, SpanKind kind, String requested, int status) {
        assertThat(span.parentId()).isEqualTo(parent);
        assertThat(span.message().getName()).isEqualTo(name);
        assertThat(span.kind()).isEqualTo(kind);
        assertThat(span.message().getRequestModel()).isEqualTo(requested);
        assertThat(span.message().getStatus()).isEqualTo(status);
        assertThat(span.message().getSessionId()).isEqualTo("sess-7");
        assertThat(span.message().getUserId()).isEqualTo("user-42");
        assertThat(span.message().getTagsList()).containsExactly("prod", "beta");
        assertThat(span.message().getProvider()).isEqualTo(requested.isEmpty() ? "" : "openai");
        if (kind == SpanKind.CHAIN) {
            assertThat(span.marks()).containsExactly("usage_of_children");
        } else {
            assertThat(span.marks()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"7f3c69b237b92ef1", "9b7a200d9d940787", "4da9c9240def6638"})
    void versionSixTellsAllTokens(String id) {
        assertThat(six.withId(id).usage()).isEqualTo(CALL);
        assertThat(six.withId(id).message().getResponseModel()).isEqualTo("gpt-4o-mini-2024-07-18");
    }

    /** Of objects it tells neither the cached tokens nor the reasoning. */
    @Test
    void versionSixTellsOnlyTheSumsOfObjects() {
        assertThat(six.withId("ea8f3b830c8cbb6c").usage()).isEqualTo(Map.of("input", 120L, "output", 42L));
    }

    @ParameterizedTest
    @CsvSource({"73072b26f7bf54f4", "0d61b6e6d9fc0d04", "6ccae2736fa092ba"})
    void versionFourTellsTheParts(String id) {
        assertThat(four.withId(id).usage()).isEqualTo(CALL);
    }

    /** It sends NaN: what was streamed has no usage, and no suspect one either. */
    @ParameterizedTest
    @CsvSource({"dfb59794e66ad9fa", "c313995d9a978788"})
    void usageOfAStreamIsUnknownInVersionFour(String id) {
        assertThat(four.withId(id).message().hasUsage()).isFalse();
        assertThat(four.withId(id).attributes()).doesNotContainKey("ai.usage.promptTokens");
    }

    @Test
    void embeddingsCountTheirTokens() {
        assertThat(six.withId("304ac30bf5dfa5ff").usage()).isEqualTo(Map.of("input", 8L));
        assertThat(four.withId("a41cdc227b4b4bea").usage()).isEqualTo(Map.of("input", 8L));
        assertThat(six.withId("304ac30bf5dfa5ff").body().getInput()).isEqualTo("[\"\\\"berlin\\\"\"]");
        assertThat(six.withId("6b12231a24679a87").body().getInput()).isEqualTo("\"berlin\"");
    }

    @Test
    void theFirstTokenIsToldInMilliseconds() {
        assertThat(six.withId("4da9c9240def6638").message().getTimeToFirstTokenNanos())
                .isEqualTo(42_891_940);
        assertThat(six.withId("4da9c9240def6638").body().getStreaming()).isTrue();
        assertThat(six.withId("7e9ad4f0d4531c6e").message().getTimeToFirstTokenNanos())
                .isZero();
        assertThat(six.withId("7f3c69b237b92ef1").body().getStreaming()).isFalse();
    }

    @Test
    void payloadsAreWhatWasAskedAndAnswered() {
        Span step = six.withId("7f3c69b237b92ef1");
        assertThat(step.body().getInput()).startsWith("[{\"role\":\"system\",\"content\":\"be nice\"}");
        assertThat(step.body().getOutput()).startsWith("[{\"toolCallId\":\"call_abc123\",\"toolName\":\"get_weather\"");
        assertThat(step.body().getFinishReasonsList()).containsExactly("tool-calls");
        assertThat(step.attributes())
                .containsKeys(
                        "ai.operationId",
                        "ai.settings.temperature",
                        "ai.prompt.tools",
                        "ai.telemetry.metadata.tenant",
                        "ai.telemetry.functionId",
                        "gen_ai.system",
                        "ai.model.provider")
                .doesNotContainKeys("ai.prompt.messages", "ai.telemetry.metadata.tags", "gen_ai.request.model");
        assertThat(step.attribute("gen_ai.system").getStringValue()).isEqualTo("openai.chat");
        Span outer = six.withId("7dbbd451ec3e0a47");
        assertThat(outer.body().getInput()).isEqualTo("{\"system\":\"be nice\",\"prompt\":\"weather in Berlin?\"}");
        assertThat(outer.body().getOutput()).isEqualTo("It is 18°C and sunny.");
        Span tool = six.withId("58eea020c566a754");
        assertThat(tool.body().getInput()).isEqualTo("{\"city\":\"Berlin\"}");
        assertThat(tool.body().getOutput()).isEqualTo("{\"temp\":18,\"city\":\"Berlin\"}");
        assertThat(tool.attribute("ai.toolCall.id").getStringValue()).isEqualTo("call_abc123");
        assertThat(six.withId("ea8f3b830c8cbb6c").body().getOutput()).isEqualTo("{\"answer\":\"sunny\"}");
    }

    @Test
    void aFailureSaysWhatItWas() {
        Span failed = six.withId("8756805519d5e8cc");
        assertThat(failed.message().getErrorType()).isEqualTo("AI_APICallError");
        assertThat(failed.body().getStatusMessage()).isEqualTo("Invalid value for FAIL");
        assertThat(failed.message().hasUsage()).isFalse();
    }

    /** Version 4 gives the metadata to all spans but those of tools. */
    @Test
    void aToolOfVersionFourNamesNoUser() {
        Span tool = four.withId("94bd1620aa4e4992");
        assertThat(tool.message().getName()).isEqualTo("get_weather");
        assertThat(tool.kind()).isEqualTo(SpanKind.TOOL);
        assertThat(tool.parentId()).isEqualTo("245701e89b913e86");
        assertThat(tool.message().getUserId()).isEmpty();
    }

    @Test
    void versionSevenIsTheGeneralConvention() {
        Span agent = decode(
                text("gen_ai.operation.name", "invoke_agent"),
                number("gen_ai.usage.input_tokens", 240),
                number("gen_ai.usage.output_tokens", 84));
        assertThat(agent.kind()).isEqualTo(SpanKind.AGENT);
        assertThat(agent.marks()).containsExactly("usage_of_children");
        Span chat = decode(
                text("gen_ai.operation.name", "chat"),
                OtlpJsonText.attribute("gen_ai.client.operation.time_to_first_chunk", "{\"doubleValue\":0.0423}"));
        assertThat(chat.message().getTimeToFirstTokenNanos()).isEqualTo(42_300_000);
    }

    @Test
    void cachesOfOtherProvidersAreInTheirMetadata() {
        Span span = decode(
                number("ai.usage.inputTokens", 56),
                number("ai.usage.outputTokens", 42),
                text(
                        "ai.response.providerMetadata",
                        "{\\\"anthropic\\\":{\\\"usage\\\":{\\\"cache_creation_input_tokens\\\":32,"
                                + "\\\"cache_read_input_tokens\\\":64}}}"));
        assertThat(span.usage())
                .isEqualTo(Map.of("input", 56L, "input_cache_read", 64L, "input_cache_write_5m", 32L, "output", 42L));
        assertThat(span.attributes()).containsOnlyKeys("ai.response.providerMetadata");
    }

    @ParameterizedTest
    @CsvSource({
        "openai.chat, openai",
        "openai.responses, openai",
        "anthropic.messages, anthropic",
        "OpenAI, openai",
        "azure.ai.openai, azure.ai.openai",
        "aws.bedrock, aws.bedrock",
        "gcp.vertex_ai, gcp.vertex_ai",
        "my.own.gateway, my.own.gateway",
    })
    void aProviderIsNotTheApiThatWasCalled(String sent, String provider) {
        Span span = decode(text("ai.model.provider", sent));
        assertThat(span.message().getProvider()).isEqualTo(provider);
        if (sent.equals(provider)) {
            assertThat(span.attributes()).isEmpty();
        } else {
            assertThat(span.attribute("ai.model.provider").getStringValue()).isEqualTo(sent);
        }
    }

    @Test
    void aPromptOfLangfuseIsInTheMetadata() {
        Span span = decode(text(
                "ai.telemetry.metadata.langfusePrompt",
                "{\\\"name\\\":\\\"greeting\\\",\\\"version\\\":4,\\\"labels\\\":[\\\"production\\\"]}"));
        assertThat(span.message().getPromptName()).isEqualTo("greeting");
        assertThat(span.message().getPromptVersion()).isEqualTo("4");
    }

    @Test
    void anOperationOfSomethingElseIsNoName() {
        Span span = decode(text("operation.name", "web.request"));
        assertThat(span.message().getName()).isEqualTo("s");
        assertThat(span.attribute("operation.name").getStringValue()).isEqualTo("web.request");
    }

    private static Span decode(String... attributes) {
        return Capture.decode(request(span("s", attributes(attributes))), OtlpEncoding.JSON)
                .only();
    }
}
