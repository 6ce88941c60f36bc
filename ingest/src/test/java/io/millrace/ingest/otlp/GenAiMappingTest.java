package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.OtlpJsonText.attribute;
import static io.millrace.ingest.otlp.OtlpJsonText.attributes;
import static io.millrace.ingest.otlp.OtlpJsonText.number;
import static io.millrace.ingest.otlp.OtlpJsonText.request;
import static io.millrace.ingest.otlp.OtlpJsonText.span;
import static io.millrace.ingest.otlp.OtlpJsonText.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.schema.span.SpanKind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GenAiMappingTest {
    @ParameterizedTest
    @CsvSource({
        "chat, LLM, ''",
        "text_completion, LLM, ''",
        "generate_content, LLM, ''",
        "completion, LLM, ''",
        "embeddings, EMBEDDING, ''",
        "execute_tool, TOOL, ''",
        "retrieval, RETRIEVER, ''",
        "invoke_agent, AGENT, usage_of_children",
        "create_agent, AGENT, usage_of_children",
        "invoke_workflow, CHAIN, usage_of_children",
        "agent_step, CHAIN, usage_of_children",
        "something_new, SPAN, ''"
    })
    void theOperationSaysTheKind(String operation, SpanKind kind, String marks) {
        Span span = decode(text("gen_ai.operation.name", operation), text("gen_ai.tool.name", ""));
        assertThat(span.kind()).isEqualTo(kind);
        assertThat(span.message().getOperation()).isEqualTo(operation);
        assertThat(String.join(",", span.marks())).isEqualTo(marks);
    }

    @Test
    void withoutAnOperationAToolAnAgentOrAModelSaysIt() {
        assertThat(decode(text("gen_ai.tool.call.id", "c"), text("gen_ai.request.model", "m"))
                        .kind())
                .isEqualTo(SpanKind.TOOL);
        assertThat(decode(text("gen_ai.agent.name", "a"), number("gen_ai.usage.input_tokens", 3))
                        .kind())
                .isEqualTo(SpanKind.AGENT);
        assertThat(decode(text("gen_ai.request.model", "m")).kind()).isEqualTo(SpanKind.LLM);
        assertThat(decode(number("gen_ai.usage.completion_tokens", 3)).kind()).isEqualTo(SpanKind.LLM);
        assertThat(decode(text("gen_ai.system", "openai")).kind()).isEqualTo(SpanKind.SPAN);
    }

    @Test
    void everySpellingOfUsage() {
        assertThat(decode(
                                number("gen_ai.usage.input_tokens", 152),
                                number("gen_ai.usage.output_tokens", 42),
                                number("gen_ai.usage.cache_read.input_tokens", 64),
                                number("gen_ai.usage.cache_write.input_tokens", 32),
                                number("gen_ai.usage.reasoning.output_tokens", 16))
                        .usage())
                .isEqualTo(Map.of(
                        "input", 56L,
                        "input_cache_read", 64L,
                        "input_cache_write_5m", 32L,
                        "output", 26L,
                        "output_reasoning", 16L));
        assertThat(decode(
                                number("gen_ai.usage.prompt_tokens", 152),
                                number("gen_ai.usage.completion_tokens", 42),
                                number("gen_ai.usage.cache_read_input_tokens", 64),
                                number("gen_ai.usage.cache_creation_input_tokens", 32),
                                number("gen_ai.usage.reasoning_tokens", 16))
                        .usage())
                .isEqualTo(Map.of(
                        "input", 56L,
                        "input_cache_read", 64L,
                        "input_cache_write_5m", 32L,
                        "output", 26L,
                        "output_reasoning", 16L));
    }

    /** Traceloop's Anthropic instrumentation: exclusive numbers under the inclusive name. */
    @Test
    void exclusiveNumbersAreRecognised() {
        assertThat(decode(
                                number("gen_ai.usage.input_tokens", 56),
                                number("gen_ai.usage.output_tokens", 42),
                                number("gen_ai.usage.cache_read.input_tokens", 64),
                                number("gen_ai.usage.cache_creation.input_tokens", 32))
                        .usage())
                .isEqualTo(Map.of("input", 56L, "input_cache_read", 64L, "input_cache_write_5m", 32L, "output", 42L));
    }

    @Test
    void theCurrentSpellingWinsInAnyOrderAndTheOtherStays() {
        for (String[] order : new String[][] {
            {text("gen_ai.system", "old"), text("gen_ai.provider.name", "new")},
            {text("gen_ai.provider.name", "new"), text("gen_ai.system", "old")}
        }) {
            Span span = decode(order);
            assertThat(span.message().getProvider()).isEqualTo("new");
            assertThat(span.attributes()).containsOnlyKeys("gen_ai.system");
            assertThat(span.attribute("gen_ai.system").getStringValue()).isEqualTo("old");
        }
    }

    @Test
    void tokensMayBeDoublesOrText() {
        assertThat(decode(
                                attribute("gen_ai.usage.input_tokens", "{\"doubleValue\":12.0}"),
                                text("gen_ai.usage.output_tokens", "7"))
                        .usage())
                .isEqualTo(Map.of("input", 12L, "output", 7L));
    }

    @Test
    void zeroTokensAreUsageAndNoneIsNot() {
        Span zero = decode(number("gen_ai.usage.input_tokens", 0));
        assertThat(zero.message().hasUsage()).isTrue();
        assertThat(zero.usage()).isEmpty();
        assertThat(decode(number("gen_ai.usage.input_tokens", -1)).message().hasUsage())
                .isFalse();
    }

    @Test
    void whatContradictsItselfIsMarkedAndKeptAsSent() {
        Span span = decode(
                number("gen_ai.usage.input_tokens", 10),
                number("gen_ai.usage.output_tokens", 5),
                number("gen_ai.usage.total_tokens", 99));
        assertThat(span.marks()).containsExactly("usage_suspect");
        assertThat(span.attribute("gen_ai.usage.total_tokens").getIntValue()).isEqualTo(99);
        assertThat(span.attribute("gen_ai.usage.input_tokens").getIntValue()).isEqualTo(10);
    }

    @Test
    void timesCostTierPromptAndStreaming() {
        Span span = decode(
                attribute("gen_ai.response.time_to_first_chunk", "{\"doubleValue\":0.25}"),
                attribute("gen_ai.request.stream", "{\"boolValue\":true}"),
                attribute("gen_ai.usage.cost", "{\"doubleValue\":0.00012}"),
                text("openai.response.service_tier", "flex"),
                text("gen_ai.prompt.name", "greeting"),
                number("gen_ai.prompt.version", 7));
        assertThat(span.message().getTimeToFirstTokenNanos()).isEqualTo(250_000_000L);
        assertThat(span.body().getStreaming()).isTrue();
        assertThat(span.message().getReportedCostUsd()).isEqualTo("0.00012");
        assertThat(span.message().getServiceTier()).isEqualTo("flex");
        assertThat(span.message().getPromptName()).isEqualTo("greeting");
        assertThat(span.message().getPromptVersion()).isEqualTo("7");
        assertThat(span.attributes()).isEmpty();
    }

    @Test
    void theOrdinaryTierIsNone() {
        Span span = decode(text("openai.response.service_tier", "default"));
        assertThat(span.message().getServiceTier()).isEmpty();
        assertThat(span.attributes()).containsOnlyKeys("openai.response.service_tier");
    }

    @Test
    void aSpanMayNameItsOwnEnvironmentReleaseAndUser() {
        Span span =
                decode(text("deployment.environment", "canary"), text("service.version", "9"), text("enduser.id", "u"));
        assertThat(span.message().getEnvironment()).isEqualTo("canary");
        assertThat(span.message().getRelease()).isEqualTo("9");
        assertThat(span.message().getUserId()).isEqualTo("u");
    }

    @Test
    void structuredMessagesBecomeJson() {
        Span span = decode(attribute("gen_ai.input.messages", """
                {"arrayValue":{"values":[{"kvlistValue":{"values":[
                  {"key":"role","value":{"stringValue":"user"}},
                  {"key":"parts","value":{"arrayValue":{"values":[
                    {"kvlistValue":{"values":[{"key":"content","value":{"stringValue":"say \\"hi\\"\\n"}}]}},
                    {"intValue":"7"},{"doubleValue":1.5},{"boolValue":true},{"bytesValue":"AQI="},{}]}}}]}}]}}
                """));
        assertThat(span.body().getInput())
                .isEqualTo(
                        "[{\"role\":\"user\",\"parts\":[{\"content\":\"say \\\"hi\\\"\\n\"},7,1.5,true,\"AQI=\",null]}]");
    }

    @Test
    void flatMessagesBecomeJsonInTheirOrder() {
        Span span = decode(
                text("gen_ai.prompt.1.role", "user"),
                text("gen_ai.prompt.0.role", "system"),
                text("gen_ai.prompt.0.content", "be kind"),
                text("gen_ai.prompt.1.content", "hi"),
                text("gen_ai.completion.0.content", "hello"));
        assertThat(span.body().getInput())
                .isEqualTo("[{\"role\":\"system\",\"content\":\"be kind\"},{\"role\":\"user\",\"content\":\"hi\"}]");
        assertThat(span.body().getOutput()).isEqualTo("[{\"content\":\"hello\"}]");
        assertThat(span.attributes()).isEmpty();
    }

    @Test
    void flatMessagesStayAttributesBesideTheCurrentSpelling() {
        Span span = decode(text("gen_ai.prompt.0.content", "old"), text("gen_ai.input.messages", "new"));
        assertThat(span.body().getInput()).isEqualTo("new");
        assertThat(span.attributes()).containsOnlyKeys("gen_ai.prompt.0.content");
    }

    @Test
    void eventsGiveThePayloadsThatAttributesDoNot() {
        String event = "{\"name\":\"gen_ai.client.inference.operation.details\",\"attributes\":["
                + text("gen_ai.input.messages", "[in]") + "," + text("gen_ai.output.messages", "[out]") + "]}";
        Span span = Capture.decode(
                        request(span(
                                "s",
                                "\"events\":[" + event + "]",
                                attributes(text("gen_ai.output.messages", "[attribute]")))),
                        OtlpEncoding.JSON)
                .only();
        assertThat(span.body().getInput()).isEqualTo("[in]");
        assertThat(span.body().getOutput()).isEqualTo("[attribute]");
        assertThat(span.body().getEventsCount()).isEqualTo(1);
    }

    @Test
    void anErrorIsAStatusOrAnErrorType() {
        assertThat(decode(text("error.type", "rate_limit")).message().getStatus())
                .isEqualTo(2);
        Span handled = Capture.decode(
                        request(span(
                                "s",
                                "\"events\":[{\"name\":\"exception\",\"attributes\":[" + text("exception.type", "Retry")
                                        + "]}]")),
                        OtlpEncoding.JSON)
                .only();
        assertThat(handled.message().getStatus()).isZero();
        assertThat(handled.message().getErrorType()).isEmpty();
    }

    @Test
    void finishReasonsMayBeABareText() {
        assertThat(decode(text("gen_ai.response.finish_reasons", "stop")).body().getFinishReasonsList())
                .containsExactly("stop");
    }

    private static Span decode(String... attributes) {
        return Capture.decode(request(span("s", attributes(attributes))), OtlpEncoding.JSON)
                .only();
    }
}
