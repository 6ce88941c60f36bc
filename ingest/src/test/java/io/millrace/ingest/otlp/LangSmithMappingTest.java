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
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The recorded program ran a chain with one call to OpenAI (120 in of which 64 cached, 42 out of which 16 reasoning) and a
 * tool that failed, exported through OpenTelemetry.
 */
final class LangSmithMappingTest {
    private final DecodedRequest recorded = Capture.decode("langsmith-otel/001.bin", OtlpEncoding.PROTOBUF);

    @Test
    void readsTheRun() {
        Span root = recorded.withId("db87e2eec5648372");
        isRun(root, "", "agent-root", SpanKind.CHAIN, 1);
        assertThat(root.message().getTagsList()).containsExactly("prod");
        assertThat(root.message().getProvider()).isEmpty();
        assertThat(root.attribute("gen_ai.system").getStringValue()).isEqualTo("langchain");
        assertThat(root.body().getInput()).isEqualTo("{\"q\":\"weather in Berlin?\"}");
        assertThat(root.body().getOutput()).isEqualTo("{\"answer\":\"done\"}");
    }

    @Test
    void readsTheCall() {
        Span call = recorded.withId("92d5167b601e4ee6");
        isRun(call, "db87e2eec5648372", "ChatOpenAI", SpanKind.LLM, 1);
        assertThat(call.usage())
                .isEqualTo(Map.of("input", 56L, "input_cache_read", 64L, "output", 26L, "output_reasoning", 16L));
        assertThat(call.marks()).isEmpty();
        assertThat(call.message().getProvider()).isEqualTo("openai");
        assertThat(call.message().getRequestModel()).isEqualTo("gpt-4o-mini");
        assertThat(call.message().getResponseModel()).isEqualTo("gpt-4o-mini-2024-07-18");
        assertThat(call.message().getServiceTier()).isEmpty();
        assertThat(call.message().getTagsList()).isEmpty();
        assertThat(call.body().getFinishReasonsList()).containsExactly("stop");
        assertThat(call.body().getInput()).startsWith("{\"model\":\"gpt-4o-mini\"");
        assertThat(call.attributes())
                .containsKeys(
                        "langsmith.usage_metadata",
                        "langsmith.metadata.ls_temperature",
                        "langsmith.trace.session_name",
                        "langsmith.metadata.LANGSMITH_TRACING")
                .doesNotContainKeys("langsmith.metadata.session_id", "langsmith.metadata.user_id");
    }

    /** It says OK of a run that failed, and adds an exception. */
    @Test
    void readsTheFailure() {
        Span tool = recorded.withId("f2efbff963175dff");
        isRun(tool, "db87e2eec5648372", "failing", SpanKind.TOOL, 2);
        assertThat(tool.message().getErrorType()).isEqualTo("Error");
        assertThat(tool.body().getStatusMessage()).isEqualTo("Error: boom: timeout");
        assertThat(tool.message().hasUsage()).isFalse();
    }

    private static void isRun(Span span, String parent, String name, SpanKind kind, int status) {
        assertThat(span.traceId()).isEqualTo("5fb0de8282ff92302ece6fe781ae185b");
        assertThat(span.parentId()).isEqualTo(parent);
        assertThat(span.message().getName()).isEqualTo(name);
        assertThat(span.kind()).isEqualTo(kind);
        assertThat(span.message().getStatus()).isEqualTo(status);
        assertThat(span.message().getSessionId()).isEqualTo("sess-7");
        assertThat(span.message().getUserId()).isEqualTo("user-42");
    }

    /** The SDK in Python calls a retriever's operation "embeddings" and a prompt's "chat". */
    @ParameterizedTest
    @CsvSource({
        "llm, chat, LLM",
        "retriever, embeddings, RETRIEVER",
        "embedding, embeddings, EMBEDDING",
        "prompt, chat, CHAIN",
        "parser, parser, CHAIN",
        "tool, execute_tool, TOOL",
    })
    void theTypeOfTheRunIsMoreExactThanItsOperation(String type, String operation, SpanKind kind) {
        assertThat(decode(text("gen_ai.operation.name", operation), text("langsmith.span.kind", type))
                        .kind())
                .isEqualTo(kind);
    }

    /** The SDK in Python writes the details as Python does, not as JSON. */
    @Test
    void detailsMayHaveSingleQuotes() {
        Span span = decode(
                number("gen_ai.usage.input_tokens", 152),
                number("gen_ai.usage.output_tokens", 42),
                text(
                        "gen_ai.usage.input_token_details",
                        "{'cache_creation': 32, 'cache_read': 64, 'ephemeral_5m_input_tokens': 32}"),
                text("gen_ai.usage.output_token_details", "{'reasoning': 16, 'audio': None}"));
        assertThat(span.usage())
                .isEqualTo(Map.of(
                        "input", 56L,
                        "input_cache_read", 64L,
                        "input_cache_write_5m", 32L,
                        "output", 26L,
                        "output_reasoning", 16L));
    }

    @Test
    void usageMayBeInTheMetadataAlone() {
        Span span = decode(text(
                "langsmith.usage_metadata",
                ("{'input_tokens':152,'output_tokens':42,'total_tokens':194,'total_cost':0.0009,"
                                + "'input_token_details':{'cache_read':64,'ephemeral_1h_input_tokens':32}}")
                        .replace("'", "\\\"")));
        assertThat(span.usage())
                .isEqualTo(Map.of("input", 56L, "input_cache_read", 64L, "input_cache_write_1h", 32L, "output", 42L));
        assertThat(span.message().getReportedCostUsd()).isEqualTo("0.0009");
        assertThat(span.kind()).isEqualTo(SpanKind.LLM);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'input_cost':0.001,'output_cost':0.002 | 0.003",
                "'input_cost':'0.10','output_cost':'0.25' | 0.35",
                "'output_cost':0.002,'total_cost':0.004,'input_cost':0.001 | 0.004",
                "'input_cost':0.001 | 0.001",
                "'input_cost':0.001,'output_cost':null,'input_cost_details':{'cache_read':0.0005} | 0.001",
                "'input_cost':0,'output_cost':0 | 0",
                "'input_cost':-1,'output_cost':0.002 | 0.002"
            })
    void costsOfBothSidesAddUpWhereNobodySaysTheTotal(String costs, String reported) {
        Span span = decode(text("langsmith.usage_metadata", ("{" + costs + "}").replace("'", "\\\"")));
        assertThat(span.message().getReportedCostUsd()).isEqualTo(reported);
    }

    /** What two conventions say of one call is not two costs. */
    @Test
    void aCostThatIsSaidTwiceCountsOnce() {
        Span span = decode(
                text("langsmith.usage_metadata", "{\\\"input_cost\\\":0.001,\\\"output_cost\\\":0.002}"),
                text("llm.cost.prompt", "0.0011"),
                text("llm.cost.completion", "0.0022"));
        assertThat(span.message().getReportedCostUsd()).isEqualTo("0.0033");
    }

    /** As the wrappers of OpenAI's clients name them, and LangChain's. */
    @ParameterizedTest
    @ValueSource(strings = {"flex", "priority"})
    void detailsOfATierAreDetails(String tier) {
        Span span = decode(text(
                "langsmith.usage_metadata",
                ("{'input_tokens':1000,'output_tokens':200,'total_tokens':1200,"
                                + "'input_token_details':{'T_cache_read':900,'T':100},"
                                + "'output_token_details':{'T_reasoning':150,'T':50}}")
                        .replace("T", tier)
                        .replace("'", "\\\"")));
        assertThat(span.usage())
                .isEqualTo(Map.of("input", 100L, "input_cache_read", 900L, "output", 50L, "output_reasoning", 150L));
    }

    /** Anybody else's exceptions may have been handled. */
    @Test
    void anExceptionIsAFailureInItsOwnScopeOnly() {
        String failing = span(
                "s",
                "\"status\":{\"code\":1}",
                "\"events\":[{\"name\":\"exception\",\"attributes\":[" + text("exception.message", "boom") + "]}]");
        assertThat(statusUnder("langsmith", failing)).isEqualTo(2);
        assertThat(statusUnder("app", failing)).isEqualTo(1);
    }

    private static int statusUnder(String scope, String span) {
        String body = new String(request(span), StandardCharsets.UTF_8)
                .replace("\"scope\":{}", "\"scope\":{\"name\":\"" + scope + "\"}");
        return Capture.decode(body.getBytes(StandardCharsets.UTF_8), OtlpEncoding.JSON)
                .only()
                .message()
                .getStatus();
    }

    private static Span decode(String... attributes) {
        return Capture.decode(request(span("s", attributes(attributes))), OtlpEncoding.JSON)
                .only();
    }
}
