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
 * The recorded program asked OpenAI for a chat, for another one that was streamed, and for one that failed; a call took 120
 * tokens, 64 of them cached, and gave 42, 16 of them reasoning. By hand it reported an embedding of 8 tokens, a call to
 * Anthropic (56 in, 32 written to the cache, 64 read there, 42 out), and a span of every type.
 */
final class LangfuseMappingTest {
    private static final Map<String, Long> OPENAI =
            Map.of("input", 56L, "input_cache_read", 64L, "output", 26L, "output_reasoning", 16L);

    private final DecodedRequest recorded = Capture.decode("langfuse-v5/001.bin", OtlpEncoding.JSON);

    @ParameterizedTest
    @CsvSource({
        "c90e7590093c4ad3, OpenAI.chat, LLM, gpt-4o-mini-2024-07-18, 0",
        "d72f092f81d5fa3e, OpenAI.chat, LLM, gpt-4o-mini, 0",
        "92d9d771b702b31c, OpenAI.chat, LLM, gpt-4o-mini, 2",
        "cdb2ab11fbe4fbd6, evt, EVENT, '', 0",
        "e70eaf720e6d1963, failing, SPAN, '', 2",
        "1269b6358fff6ba8, embed, EMBEDDING, text-embedding-3-small, 0",
        "d082f29aa9c3b7ed, x-agent, AGENT, '', 0",
        "176450dc5cc283c4, x-chain, CHAIN, '', 0",
        "c1e70314fa327cce, x-evaluator, EVALUATOR, '', 0",
        "9805e947dd2d4d7e, x-guardrail, GUARDRAIL, '', 0",
        "f528a7de55744e1a, get_weather, TOOL, '', 0",
        "412b53c249fee0bb, vector-search, RETRIEVER, '', 0",
        "0680d86158cc814b, manual-gen, LLM, claude-sonnet-4, 0",
    })
    void readsWhatLiesBelowTheAgent(String id, String name, SpanKind kind, String model, int status) {
        Span span = recorded.withId(id);
        assertThat(span.parentId()).isEqualTo("0721c81b7fbeeee4");
        assertThat(span.message().getResponseModel()).isEqualTo(model);
        isSpan(span, name, kind, status);
    }

    @Test
    void readsTheRootOfTheApplication() {
        Span root = recorded.withId("0721c81b7fbeeee4");
        isSpan(root, "agent-root", SpanKind.AGENT, 0);
        assertThat(root.parentId()).isEmpty();
        assertThat(root.marks()).containsExactly("app_root");
        assertThat(root.body().getInput()).isEqualTo("{\"q\":\"weather in Berlin?\"}");
        assertThat(root.body().getOutput()).isEqualTo("done");
        assertThat(root.attribute("langfuse.trace.input").getStringValue()).isEqualTo("{\"q\":1}");
        assertThat(root.attribute("langfuse.trace.name").getStringValue()).isEqualTo("chat-request");
        assertThat(root.attribute("langfuse.trace.metadata.tenant").getStringValue())
                .isEqualTo("acme");
    }

    private static void isSpan(Span span, String name, SpanKind kind, int status) {
        assertThat(span.traceId()).isEqualTo("40b3207065b268b5a890831ba9cbb8c9");
        assertThat(span.message().getName()).isEqualTo(name);
        assertThat(span.kind()).isEqualTo(kind);
        assertThat(span.message().getStatus()).isEqualTo(status);
        assertThat(span.message().getSessionId()).isEqualTo("sess-7");
        assertThat(span.message().getUserId()).isEqualTo("user-42");
        assertThat(span.message().getTagsList()).containsExactly("prod", "beta");
        assertThat(span.message().getEnvironment()).isEqualTo("staging");
        assertThat(span.message().getRelease()).isEqualTo("rel-1.2.3");
        assertThat(span.attribute("langfuse.version").getStringValue()).isEqualTo("v9");
    }

    @ParameterizedTest
    @CsvSource({"c90e7590093c4ad3", "d72f092f81d5fa3e"})
    void countsStandBesideEachOther(String id) {
        assertThat(recorded.withId(id).usage()).isEqualTo(OPENAI);
        assertThat(recorded.withId(id).marks()).isEmpty();
    }

    @Test
    void countsCostsAndThePromptOfWhatWasReportedByHand() {
        Span call = recorded.withId("0680d86158cc814b");
        assertThat(call.usage())
                .isEqualTo(Map.of("input", 56L, "input_cache_read", 64L, "input_cache_write_5m", 32L, "output", 42L));
        assertThat(call.message().getReportedCostUsd()).isEqualTo("0.003");
        assertThat(call.message().getPromptName()).isEqualTo("p1");
        assertThat(call.message().getPromptVersion()).isEqualTo("2");
        assertThat(call.body().getInput()).isEqualTo("[{\"role\":\"user\",\"content\":\"hi\"}]");
        assertThat(call.body().getOutput()).isEqualTo("hello");
        assertThat(call.attributes()).containsKeys("langfuse.observation.model.parameters");
        assertThat(recorded.withId("1269b6358fff6ba8").usage()).isEqualTo(Map.of("input", 8L));
    }

    /** 297 ms after a second, of a span that began 277 ms after it. The other one's was at the very start. */
    @Test
    void theFirstTokenIsToldAsAnInstant() {
        assertThat(recorded.withId("d72f092f81d5fa3e").message().getTimeToFirstTokenNanos())
                .isEqualTo(20_000_000);
        Span atOnce = recorded.withId("0680d86158cc814b");
        assertThat(atOnce.message().getTimeToFirstTokenNanos()).isZero();
        assertThat(atOnce.attribute("langfuse.observation.completion_start_time")
                        .getStringValue())
                .isEqualTo("\"2026-11-20T21:57:59.437Z\"");
    }

    @Test
    void theLevelMakesAnErrorAndNothingWasPaidForIt() {
        Span failed = recorded.withId("92d9d771b702b31c");
        assertThat(failed.body().getLevel()).isEqualTo("ERROR");
        assertThat(failed.body().getStatusMessage()).isEqualTo("Error: 400 Invalid value for FAIL");
        assertThat(failed.message().getReportedCostUsd()).isEmpty();
        assertThat(failed.message().hasUsage()).isFalse();
        assertThat(failed.attribute("langfuse.observation.cost_details").getStringValue())
                .isEqualTo("{\"input\":0,\"output\":0,\"total\":0}");
        Span warning = recorded.withId("cdb2ab11fbe4fbd6");
        assertThat(warning.body().getLevel()).isEqualTo("WARNING");
        assertThat(warning.body().getStatusMessage()).isEqualTo("careful");
        assertThat(recorded.withId("e70eaf720e6d1963").body().getStatusMessage())
                .isEqualTo("boom");
    }

    @Test
    void aFreeCallThatWorkedWasFree() {
        assertThat(decode(text("langfuse.observation.cost_details", "{\\\"total\\\":0}"))
                        .message()
                        .getReportedCostUsd())
                .isEqualTo("0");
    }

    @Test
    void costsWithoutATotalAddUp() {
        assertThat(decode(text("langfuse.observation.cost_details", "{\\\"input\\\":0.1,\\\"output\\\":\\\"0.25\\\"}"))
                        .message()
                        .getReportedCostUsd())
                .isEqualTo("0.35");
    }

    /** The first versions in Python call a generation a span. */
    @Test
    void aSpanThatReportsACallIsOne() {
        String type = text("langfuse.observation.type", "span");
        assertThat(decode(type).kind()).isEqualTo(SpanKind.SPAN);
        assertThat(decode(type, text("langfuse.observation.model.name", "m")).kind())
                .isEqualTo(SpanKind.LLM);
        assertThat(decode(type, text("langfuse.observation.usage_details", "{\\\"input\\\":1}"))
                        .kind())
                .isEqualTo(SpanKind.LLM);
        assertThat(decode(type, text("langfuse.observation.cost_details", "{\\\"total\\\":0.1}"))
                        .kind())
                .isEqualTo(SpanKind.LLM);
        assertThat(decode(type, text("langfuse.observation.prompt.name", "p")).kind())
                .isEqualTo(SpanKind.LLM);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'input':5,'output':7,'total':12} | {input=5, output=7}",
                "{'input':56,'output':42,'cache_read_input_tokens':64,'cache_creation_input_tokens':32}"
                        + " | {input=56, input_cache_read=64, input_cache_write_5m=32, output=42}",
                "{'input':56,'input_cache_read':64,'input_cache_creation':32}"
                        + " | {input=56, input_cache_read=64, input_cache_write_5m=32}",
                "{'input':'5','output':7.0,'output_accepted_prediction_tokens':3} | {input=5, output=10}",
                "{'input':5,'input_text_tokens':2,'input_audio_tokens':3,'output_audio_tokens':4}"
                        + " | {input=7, input_audio=3, output_audio=4}",
                "{'input':5,'output':-1,'else':9,'null':null} | {input=5}",
                // As OpenAI's API has it: the details are contained.
                "{'prompt_tokens':120,'completion_tokens':42,'total_tokens':162,"
                        + "'prompt_tokens_details':{'cached_tokens':64,'audio_tokens':0},"
                        + "'completion_tokens_details':{'reasoning_tokens':16,'accepted_prediction_tokens':2}}"
                        + " | {input=56, input_cache_read=64, output=26, output_reasoning=16}",
                "{'input_tokens':120,'output_tokens':42,'total_tokens':162,"
                        + "'input_tokens_details':{'cached_tokens':64},'output_tokens_details':{'reasoning_tokens':16}}"
                        + " | {input=56, input_cache_read=64, output=26, output_reasoning=16}",
                "{} | {}",
                "[] | {}",
                "{'input': | {}",
                "{'input':4,'output' | {input=4}",
            })
    void usageDetailsHaveFreeNames(String details, String usage) {
        Span span = decode(
                text("langfuse.observation.usage_details", details.replace("'", "\\\"")),
                text("langfuse.observation.type", "generation"));
        assertThat(span.usage()).hasToString(usage);
        assertThat(span.marks()).isEmpty();
        assertThat(span.kind()).isEqualTo(SpanKind.LLM);
    }

    /** Two readings cannot be mixed: the counts of the other convention stay attributes. */
    @Test
    void usageDetailsAreTakenAlone() {
        for (String[] order : new String[][] {
            {number("gen_ai.usage.input_tokens", 120), details()}, {details(), number("gen_ai.usage.input_tokens", 120)}
        }) {
            Span span = decode(order);
            assertThat(span.usage()).isEqualTo(Map.of("input", 56L, "input_cache_read", 64L));
            assertThat(span.attribute("gen_ai.usage.input_tokens").getIntValue())
                    .isEqualTo(120);
        }
    }

    private static String details() {
        return text("langfuse.observation.usage_details", "{\\\"input\\\":56,\\\"input_cached_tokens\\\":64}");
    }

    @Test
    void usageDetailsMayBeAMap() {
        Span span = decode(attribute(
                "langfuse.observation.usage_details",
                "{\"kvlistValue\":{\"values\":[{\"key\":\"input\",\"value\":{\"intValue\":\"3\"}}]}}"));
        assertThat(span.usage()).isEqualTo(Map.of("input", 3L));
    }

    @Test
    void aCountThatIsNoneIsSuspect() {
        Span span = decode(text("langfuse.observation.usage_details", "{\\\"input\\\":1.5,\\\"output\\\":2}"));
        assertThat(span.usage()).isEqualTo(Map.of("output", 2L));
        assertThat(span.marks()).containsExactly("usage_suspect");
    }

    /** Whether counts contain their details is said by each span for itself. */
    @Test
    void detailsThatSayNothingAreForgottenWithTheirSpan() {
        String said = "{'prompt_tokens':-1,'prompt_tokens_details':{'cached_tokens':-1}}";
        String counted = "{'input':200,'output':50,'input_cached_tokens':100}";
        DecodedRequest decoded = Capture.decode(
                request(
                        span("first", attributes(text("langfuse.observation.usage_details", quoted(said)))),
                        span("second", attributes(text("langfuse.observation.usage_details", quoted(counted))))),
                OtlpEncoding.JSON);
        assertThat(decoded.spans().get(1).usage())
                .isEqualTo(Map.of("input", 200L, "input_cache_read", 100L, "output", 50L));
    }

    private static String quoted(String json) {
        return json.replace("'", "\\\"");
    }

    @Test
    void theStatusKeepsItsOwnMessage() {
        Span span = Capture.decode(
                        request(span(
                                "s",
                                attributes(text("langfuse.observation.status_message", "theirs")),
                                "\"status\":{\"code\":2,\"message\":\"own\"}")),
                        OtlpEncoding.JSON)
                .only();
        assertThat(span.body().getStatusMessage()).isEqualTo("own");
        assertThat(span.attribute("langfuse.observation.status_message").getStringValue())
                .isEqualTo("theirs");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"stringValue\":\"a, b,,c \"}', 'a,b,c'",
        "'{\"stringValue\":\"[\\\"a\\\",\\\"b\\\",7]\"}', 'a,b,7'",
        "'{\"stringValue\":\"[not json\"}', '[not json'",
        "'{\"stringValue\":\"[[1]]\"}', '[[1]]'",
        "'{\"arrayValue\":{\"values\":[{\"stringValue\":\"a\"},{\"stringValue\":\"b\"}]}}', 'a,b'",
        "'{\"stringValue\":\"\"}', ''",
        "'{\"arrayValue\":{\"values\":[{\"intValue\":\"1\"}]}}', ''",
    })
    void tagsComeInThreeForms(String value, String tags) {
        Span span = decode(attribute("langfuse.trace.tags", value));
        assertThat(String.join(",", span.message().getTagsList())).isEqualTo(tags);
        assertThat(span.attributes().containsKey("langfuse.trace.tags")).isEqualTo(tags.isEmpty());
    }

    private static Span decode(String... attributes) {
        return Capture.decode(request(span("s", attributes(attributes))), OtlpEncoding.JSON)
                .only();
    }
}
