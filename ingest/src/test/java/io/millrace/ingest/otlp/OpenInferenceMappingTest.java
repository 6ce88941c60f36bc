package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.OtlpJsonText.attribute;
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
 * The recorded program asked OpenAI three times for a chat, the last time streaming, once for an embedding and once for a
 * response, and Anthropic twice. A call to OpenAI took 120 tokens, 64 of them cached, and gave 42, 16 of them reasoning; one
 * to Anthropic took 56, and 32 that it wrote to the cache and 64 that it read there, and gave 42.
 */
final class OpenInferenceMappingTest {
    private static final Map<String, Long> OPENAI =
            Map.of("input", 56L, "input_cache_read", 64L, "output", 26L, "output_reasoning", 16L);
    private static final Map<String, Long> ANTHROPIC =
            Map.of("input", 56L, "input_cache_read", 64L, "input_cache_write_5m", 32L, "output", 42L);

    private final DecodedRequest recorded = Capture.decode("openinference/001.bin", OtlpEncoding.PROTOBUF);

    @ParameterizedTest
    @CsvSource({
        "d265587a18807f2e, OpenAI Chat Completions, LLM, gpt-4o-mini, gpt-4o-mini-2024-07-18, openai",
        "09ef939f7d705f2d, OpenAI Chat Completions, LLM, gpt-4o-mini, gpt-4o-mini-2024-07-18, openai",
        "ca805bfddfc4d2b8, OpenAI Chat Completions, LLM, gpt-4o-mini, gpt-4o-mini, openai",
        "aae05aef06e34d3a, OpenAI Embeddings, EMBEDDING, '', text-embedding-3-small, openai",
        "9f1c102cd68d378c, OpenAI Responses, LLM, gpt-4o-mini, gpt-4o-mini-2024-07-18, openai",
        "3eb81fdd5cdc98c9, Anthropic Messages, LLM, claude-sonnet-4, claude-sonnet-4, anthropic",
        "17926dea482dcf96, Anthropic Messages, LLM, claude-sonnet-4, claude-sonnet-4, anthropic",
        "2402340de200b7f8, get_weather, TOOL, '', '', ''",
        "20e4822c6c89acec, retrieve, RETRIEVER, '', '', ''",
    })
    void readsWhatLiesBelowTheAgent(
            String id, String name, SpanKind kind, String requested, String answered, String provider) {
        Span span = recorded.withId(id);
        assertThat(span.message().getName()).isEqualTo(name);
        assertThat(span.kind()).isEqualTo(kind);
        assertThat(span.message().getRequestModel()).isEqualTo(requested);
        assertThat(span.message().getResponseModel()).isEqualTo(answered);
        assertThat(span.message().getProvider()).isEqualTo(provider);
        assertThat(span.parentId()).isEqualTo("406baca343a9b051");
        assertThat(span.traceId()).isEqualTo("b624456bb9075a99b2a12d7b5dfcf0ac");
        assertThat(span.message().getStatus()).isNotEqualTo(2);
        assertThat(span.origin().getServiceVersion()).isEqualTo("1.2.3");
    }

    @Test
    void readsTheAgent() {
        Span agent = recorded.withId("406baca343a9b051");
        assertThat(agent.kind()).isEqualTo(SpanKind.AGENT);
        assertThat(agent.parentId()).isEmpty();
        assertThat(agent.marks()).containsExactly("usage_of_children");
        assertThat(agent.message().getSessionId()).isEqualTo("sess-7");
        assertThat(agent.body().getInput()).isEqualTo("weather in Berlin?");
        assertThat(agent.body().getOutput()).isEqualTo("done");
    }

    @ParameterizedTest
    @CsvSource({"d265587a18807f2e", "09ef939f7d705f2d", "9f1c102cd68d378c"})
    void takesTheTokensOfOpenAiApart(String id) {
        assertThat(recorded.withId(id).usage()).isEqualTo(OPENAI);
        assertThat(recorded.withId(id).marks()).isEmpty();
    }

    /** The outer two are OpenInference's, the inner two what Anthropic's SDK says of itself: the same two calls. */
    @ParameterizedTest
    @CsvSource({
        "3eb81fdd5cdc98c9, 406baca343a9b051",
        "672b720a762c8a9b, 3eb81fdd5cdc98c9",
        "17926dea482dcf96, 406baca343a9b051",
        "bea5adc20c907bf4, 17926dea482dcf96"
    })
    void takesTheTokensOfAnthropicApart(String id, String parent) {
        Span span = recorded.withId(id);
        assertThat(span.usage()).isEqualTo(ANTHROPIC);
        assertThat(span.kind()).isEqualTo(SpanKind.LLM);
        assertThat(span.parentId()).isEqualTo(parent);
        assertThat(span.message().getServiceTier()).isEmpty();
    }

    /** The instrumentation reports no usage for answers that are streamed, and none for embeddings. */
    @ParameterizedTest
    @CsvSource({"ca805bfddfc4d2b8", "aae05aef06e34d3a"})
    void usageThatTheClientNeverSentIsUnknown(String id) {
        assertThat(recorded.withId(id).message().hasUsage()).isFalse();
    }

    @Test
    void readsWhoAskedAndFromWhichPrompt() {
        Span chat = recorded.withId("d265587a18807f2e");
        assertThat(chat.message().getSessionId()).isEqualTo("sess-7");
        assertThat(chat.message().getUserId()).isEqualTo("user-42");
        assertThat(chat.message().getTagsList()).containsExactly("prod", "beta");
        assertThat(chat.message().getPromptVersion()).isEqualTo("v3");
        assertThat(chat.body().getFinishReasonsList()).containsExactly("tool_calls");
        assertThat(chat.body().getStreaming()).isFalse();
        assertThat(chat.attribute("metadata").getStringValue()).isEqualTo("{\"tenant\":\"acme\"}");
        assertThat(chat.attribute("llm.prompt_template.template").getStringValue())
                .isEqualTo("weather in {city}?");
        assertThat(chat.attributes())
                .containsKeys("llm.invocation_parameters", "llm.tools.0.tool.json_schema", "openinference.span.kind")
                .doesNotContainKeys("tag.tags", "llm.token_count.prompt", "llm.model_name", "input.value");
        assertThat(recorded.withId("ca805bfddfc4d2b8").body().getStreaming()).isTrue();
        assertThat(recorded.withId("3eb81fdd5cdc98c9").body().getFinishReasonsList())
                .containsExactly("tool_use");
    }

    @Test
    void theRequestAsItWasSentIsTheInputAndTheExcerptStays() {
        Span chat = recorded.withId("d265587a18807f2e");
        assertThat(chat.body().getInput()).startsWith("{\"model\":\"gpt-4o-mini\",\"temperature\":0.2,\"messages\":[");
        assertThat(chat.body().getOutput()).startsWith("{\"id\":\"chatcmpl-fake1\"");
        assertThat(chat.attribute("llm.input_messages.1.message.content").getStringValue())
                .isEqualTo("weather in Berlin?");
        assertThat(chat.attribute("llm.output_messages.0.message.tool_calls.0.tool_call.function.name")
                        .getStringValue())
                .isEqualTo("get_weather");
    }

    @Test
    void messagesAreBetterThanTheBareTextOfAStream() {
        Span stream = recorded.withId("ca805bfddfc4d2b8");
        assertThat(stream.body().getOutput())
                .isEqualTo("[{\"content\":\"It is 18°C and sunny.\",\"role\":\"assistant\"}]");
        assertThat(stream.attribute("output.value").getStringValue()).isEqualTo("It is 18°C and sunny.");
        assertThat(stream.attributes()).doesNotContainKey("llm.output_messages.0.message.content");
    }

    @Test
    void retrievedDocumentsAreTheOutput() {
        Span retrieval = recorded.withId("20e4822c6c89acec");
        assertThat(retrieval.body().getInput()).isEqualTo("q");
        assertThat(retrieval.body().getOutput())
                .isEqualTo("[{\"id\":\"d1\",\"content\":\"Berlin is sunny\",\"score\":0.9}]");
        Span tool = recorded.withId("2402340de200b7f8");
        assertThat(tool.body().getInput()).isEqualTo("{\"city\":\"Berlin\"}");
        assertThat(tool.body().getOutput()).isEqualTo("{\"temp\":18}");
        assertThat(tool.attribute("tool.name").getStringValue()).isEqualTo("get_weather");
    }

    @Test
    void theInnerSpanKnowsTheTimeOfTheFirstToken() {
        assertThat(recorded.withId("bea5adc20c907bf4").message().getTimeToFirstTokenNanos())
                .isEqualTo(48_000_000);
        assertThat(recorded.withId("bea5adc20c907bf4").body().getFinishReasonsList())
                .containsExactly("end_turn");
    }

    @ParameterizedTest
    @CsvSource({
        "LLM, LLM, ''",
        "EMBEDDING, EMBEDDING, ''",
        "RETRIEVER, RETRIEVER, ''",
        "RERANKER, RERANKER, ''",
        "TOOL, TOOL, ''",
        "AGENT, AGENT, usage_of_children",
        "CHAIN, CHAIN, usage_of_children",
        "PROMPT, CHAIN, ''",
        "GUARDRAIL, GUARDRAIL, ''",
        "EVALUATOR, EVALUATOR, ''",
        "llm, LLM, ''",
        "UNKNOWN, SPAN, ''",
    })
    void theKindIsNamed(String name, SpanKind kind, String marks) {
        Span span = decode(text("openinference.span.kind", name), text("gen_ai.operation.name", "new"));
        assertThat(span.kind()).isEqualTo(kind);
        assertThat(String.join(",", span.marks())).isEqualTo(marks);
        assertThat(span.attribute("openinference.span.kind").getStringValue()).isEqualTo(name);
    }

    @Test
    void flatMessagesAloneBecomeOneArray() {
        Span span = decode(
                text("llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments", "{}"),
                text("llm.input_messages.1.message.tool_calls.0.tool_call.id", "c"),
                text("llm.input_messages.1.message.contents.1.message_content.text", "b"),
                text("llm.input_messages.1.message.contents.0.message_content.text", "a"),
                text("llm.input_messages.10.message.role", "user"),
                text("llm.input_messages.2.message.role", "tool"));
        assertThat(span.body().getInput())
                .isEqualTo("[{\"tool_calls\":[{\"function\":{\"arguments\":\"{}\"},\"id\":\"c\"}],"
                        + "\"contents\":[{\"text\":\"a\"},{\"text\":\"b\"}]},{\"role\":\"tool\"},{\"role\":\"user\"}]");
        assertThat(span.attributes()).isEmpty();
    }

    @Test
    void whatHasNoPlaceInAListStaysAnAttribute() {
        Span span = decode(
                text("llm.input_messages.0.message.content", "text"),
                text("llm.input_messages.0.message.content.0.type", "image"),
                text("llm.input_messages.x", "no index"),
                text("llm.input_messages.0", "no name"));
        assertThat(span.body().getInput()).isEqualTo("[{\"content\":\"text\"}]");
        assertThat(span.attributes())
                .containsOnlyKeys(
                        "llm.input_messages.0.message.content.0.type", "llm.input_messages.x", "llm.input_messages.0");
    }

    @Test
    void keysThatNoSdkWritesStayAttributes() {
        String deep = "llm.input_messages.0" + ".a".repeat(20);
        String wide = "llm.input_messages.0." + "a".repeat(1000);
        Span span = decode(text("llm.input_messages.0.message.role", "user"), text(deep, "1"), text(wide, "2"));
        assertThat(span.body().getInput()).isEqualTo("[{\"role\":\"user\"}]");
        assertThat(span.attributes()).containsOnlyKeys(deep, wide);
    }

    @Test
    void aPayloadInTheParametersIsNoModel() {
        String payload = "m".repeat(20_000);
        Span span = decode(
                text("llm.invocation_parameters", "{\\\"model\\\":\\\"" + payload + "\\\",\\\"stream\\\":true}"));
        assertThat(span.message().getRequestModel()).isEmpty();
        assertThat(span.body().getStreaming()).isTrue();
    }

    @Test
    void itsNamesWinOverThoseOfTheGeneralConventionsInAnyOrder() {
        for (String[] order : new String[][] {
            {text("llm.model_name", "a"), text("gen_ai.response.model", "b")},
            {text("gen_ai.response.model", "b"), text("llm.model_name", "a")}
        }) {
            Span span = decode(order);
            assertThat(span.message().getResponseModel()).isEqualTo("a");
            assertThat(span.attributes()).containsOnlyKeys("gen_ai.response.model");
        }
    }

    @Test
    void parametersThatAreNoJsonSayNothing() {
        for (String parameters : new String[] {"", "{", "[1]", "{\\\"model\\\":", "{\\\"model\\\":7e999999999}", "x"}) {
            Span span = decode(text("llm.invocation_parameters", parameters), text("openinference.span.kind", "LLM"));
            assertThat(span.attribute("llm.invocation_parameters").hasStringValue())
                    .isTrue();
            assertThat(span.kind()).isEqualTo(SpanKind.LLM);
        }
        assertThat(decode(text("llm.invocation_parameters", "{\\\"model\\\":\\\"m\\\",\\\"top_p\\\":"))
                        .message()
                        .getRequestModel())
                .isEqualTo("m");
    }

    @Test
    void costsAndTokensOfSound() {
        Span span = decode(
                attribute("llm.cost.total", "{\"doubleValue\":0.0021}"),
                number("llm.token_count.prompt", 100),
                number("llm.token_count.completion", 20),
                number("llm.token_count.prompt_details.audio", 30),
                number("llm.token_count.completion_details.audio", 5));
        assertThat(span.message().getReportedCostUsd()).isEqualTo("0.0021");
        assertThat(span.usage()).isEqualTo(Map.of("input", 70L, "input_audio", 30L, "output", 15L, "output_audio", 5L));
    }

    @Test
    void costsOfBothSidesAddUpWhereNobodySaysTheTotal() {
        Span span = decode(
                attribute("llm.cost.prompt", "{\"doubleValue\":0.0015}"),
                attribute("llm.cost.completion", "{\"doubleValue\":0.0006}"),
                attribute("llm.cost.prompt_details.cache_read", "{\"doubleValue\":0.0005}"));
        assertThat(span.message().getReportedCostUsd()).isEqualTo("0.0021");
        assertThat(span.attributes())
                .containsOnlyKeys("llm.cost.prompt", "llm.cost.completion", "llm.cost.prompt_details.cache_read");
    }

    @Test
    void anEventTellsWhenTheFirstTokenCame() {
        Span span = Capture.decode(
                        request(span(
                                "s",
                                "\"events\":[{\"name\":\"First Token Stream Event\",\"timeUnixNano\":"
                                        + "\"1795211985359250000\"}]",
                                attributes(text("openinference.span.kind", "LLM")))),
                        OtlpEncoding.JSON)
                .only();
        assertThat(span.message().getTimeToFirstTokenNanos()).isEqualTo(250_000);
    }

    /** It would be half a century after 1970. */
    @Test
    void withoutAStartAnEventDoesNotTell() {
        String unsaid = "{" + OtlpJsonText.IDS + ",\"name\":\"s\",\"endTimeUnixNano\":\"1795211985360000000\","
                + "\"events\":[{\"name\":\"First Token Stream Event\",\"timeUnixNano\":\"1795211985359250000\"}],"
                + attributes(text("openinference.span.kind", "LLM")) + "}";
        Span span = Capture.decode(request(unsaid), OtlpEncoding.JSON).only();
        assertThat(span.message().getTimeToFirstTokenNanos()).isZero();
        String told = "{" + OtlpJsonText.IDS + ",\"name\":\"s\",\"endTimeUnixNano\":\"1795211985360000000\","
                + attributes(text("langfuse.observation.completion_start_time", "2026-11-20T21:59:45.359Z")) + "}";
        span = Capture.decode(request(told), OtlpEncoding.JSON).only();
        assertThat(span.message().getTimeToFirstTokenNanos()).isZero();
        assertThat(span.attributes()).containsKey("langfuse.observation.completion_start_time");
    }

    private static Span decode(String... attributes) {
        return Capture.decode(request(span("s", attributes(attributes))), OtlpEncoding.JSON)
                .only();
    }
}
