package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.OtlpJsonText.attributes;
import static io.millrace.ingest.otlp.OtlpJsonText.number;
import static io.millrace.ingest.otlp.OtlpJsonText.request;
import static io.millrace.ingest.otlp.OtlpJsonText.span;
import static io.millrace.ingest.otlp.OtlpJsonText.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.schema.span.SpanKind;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** There is no recording of these SDKs; the attributes are those of their documentation and sources. */
final class TraceloopMappingTest {
    @ParameterizedTest
    @CsvSource({"workflow, CHAIN", "task, CHAIN", "agent, AGENT", "tool, TOOL", "unknown, SPAN"})
    void theKindOfAStepIsNamed(String name, SpanKind kind) {
        assertThat(decode("s", text("traceloop.span.kind", name)).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({"chat, LLM", "completion, LLM", "embedding, EMBEDDING", "rerank, RERANKER", "unknown, SPAN"})
    void theKindOfACallIsNamed(String name, SpanKind kind) {
        assertThat(decode("s", text("llm.request.type", name)).kind()).isEqualTo(kind);
    }

    @Test
    void readsAStep() {
        Span step = decode(
                "answer.workflow",
                text("traceloop.span.kind", "workflow"),
                text("traceloop.entity.name", "answer"),
                text("traceloop.workflow.name", "answer"),
                text("traceloop.entity.input", "{\\\"args\\\":[1],\\\"kwargs\\\":{}}"),
                text("traceloop.entity.output", "2"),
                text("traceloop.association.properties.session_id", "sess-7"),
                text("traceloop.association.properties.user_id", "user-42"),
                text("traceloop.association.properties.tenant", "acme"));
        assertThat(step.message().getName()).isEqualTo("answer");
        assertThat(step.kind()).isEqualTo(SpanKind.CHAIN);
        assertThat(step.body().getInput()).isEqualTo("{\"args\":[1],\"kwargs\":{}}");
        assertThat(step.body().getOutput()).isEqualTo("2");
        assertThat(step.message().getSessionId()).isEqualTo("sess-7");
        assertThat(step.message().getUserId()).isEqualTo("user-42");
        assertThat(step.attributes())
                .containsOnlyKeys(
                        "traceloop.span.kind", "traceloop.workflow.name", "traceloop.association.properties.tenant");
    }

    @Test
    void aNameOfSomethingElseIsNotTaken() {
        Span call = decode("openai.chat", text("traceloop.entity.name", "answer"));
        assertThat(call.message().getName()).isEqualTo("openai.chat");
        assertThat(call.attribute("traceloop.entity.name").getStringValue()).isEqualTo("answer");
    }

    @Test
    void readsACallOfTheEarlierVersions() {
        Span call = decode(
                "openai.chat",
                text("llm.request.type", "chat"),
                text("gen_ai.system", "OpenAI"),
                text("gen_ai.request.model", "gpt-4o-mini"),
                text("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
                number("gen_ai.usage.prompt_tokens", 120),
                number("gen_ai.usage.completion_tokens", 42),
                number("llm.usage.total_tokens", 162),
                number("gen_ai.usage.cache_read_input_tokens", 64),
                text("gen_ai.prompt.0.role", "user"),
                text("gen_ai.prompt.0.content", "hi"),
                text("gen_ai.completion.0.tool_calls.0.name", "get_weather"),
                text("gen_ai.completion.0.finish_reason", "tool_calls"),
                text("traceloop.prompt.key", "greeting"),
                number("traceloop.prompt.version", 3),
                OtlpJsonText.attribute("llm.is_streaming", "{\"boolValue\":true}"),
                text("llm.user", "user-42"));
        assertThat(call.kind()).isEqualTo(SpanKind.LLM);
        assertThat(call.message().getProvider()).isEqualTo("openai");
        assertThat(call.usage()).isEqualTo(Map.of("input", 56L, "input_cache_read", 64L, "output", 42L));
        assertThat(call.body().getInput()).isEqualTo("[{\"role\":\"user\",\"content\":\"hi\"}]");
        assertThat(call.body().getOutput())
                .isEqualTo("[{\"tool_calls\":[{\"name\":\"get_weather\"}],\"finish_reason\":\"tool_calls\"}]");
        assertThat(call.message().getPromptName()).isEqualTo("greeting");
        assertThat(call.message().getPromptVersion()).isEqualTo("3");
        assertThat(call.message().getUserId()).isEqualTo("user-42");
        assertThat(call.body().getStreaming()).isTrue();
        assertThat(call.attributes()).containsOnlyKeys("llm.request.type", "gen_ai.system");
    }

    /**
     * For Node the numbers of Anthropic's API are passed on as they are, the cached tokens beside the input. That shows by
     * itself while the cached ones are more; it is known from the scope in any case. In Python they are added up.
     */
    @ParameterizedTest
    @CsvSource({
        "@traceloop/instrumentation-anthropic, 56, 56",
        "@traceloop/instrumentation-anthropic, 500, 500",
        "opentelemetry.instrumentation.anthropic, 56, 56",
        "opentelemetry.instrumentation.anthropic, 152, 56",
    })
    void anthropicsCountsAreReadAsTheyAreMeant(String scope, long sent, long input) {
        String call = span(
                "anthropic.chat",
                attributes(
                        number("gen_ai.usage.input_tokens", sent),
                        number("gen_ai.usage.output_tokens", 42),
                        number("gen_ai.usage.cache_read.input_tokens", 64),
                        number("gen_ai.usage.cache_creation.input_tokens", 32),
                        number("gen_ai.usage.total_tokens", sent + 42)));
        String body = new String(request(call), StandardCharsets.UTF_8)
                .replace("\"scope\":{}", "\"scope\":{\"name\":\"" + scope + "\"}");
        Span span = Capture.decode(body.getBytes(StandardCharsets.UTF_8), OtlpEncoding.JSON)
                .only();
        assertThat(span.usage())
                .isEqualTo(Map.of("input", input, "input_cache_read", 64L, "input_cache_write_5m", 32L, "output", 42L));
        assertThat(span.marks()).isEmpty();
    }

    private static Span decode(String name, String... attributes) {
        return Capture.decode(request(span(name, attributes(attributes))), OtlpEncoding.JSON)
                .only();
    }
}
