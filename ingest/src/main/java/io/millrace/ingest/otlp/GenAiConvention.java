package io.millrace.ingest.otlp;

import io.millrace.ingest.otlp.AttributeRule.Role;
import io.millrace.ingest.span.TextField;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.ReportedCount;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry's semantic conventions for generative AI: current names first, then the spellings of earlier versions
 * and of the libraries that follow them loosely.
 */
final class GenAiConvention {
    /** Ranks of this family begin here, so that families which win over it fit before. */
    private static final int RANK = 32;

    /** What the value of {@code gen_ai.operation.name} says of a span. */
    enum Operation {
        CHAT("chat", SpanKind.LLM),
        TEXT_COMPLETION("text_completion", SpanKind.LLM),
        GENERATE_CONTENT("generate_content", SpanKind.LLM),
        COMPLETION("completion", SpanKind.LLM),
        GENERATE("generate", SpanKind.LLM),
        EMBEDDINGS("embeddings", SpanKind.EMBEDDING),
        EXECUTE_TOOL("execute_tool", SpanKind.TOOL),
        RETRIEVAL("retrieval", SpanKind.RETRIEVER),
        RERANK("rerank", SpanKind.RERANKER),
        INVOKE_AGENT("invoke_agent", SpanKind.AGENT),
        CREATE_AGENT("create_agent", SpanKind.AGENT),
        PLAN("plan", SpanKind.AGENT),
        INVOKE_WORKFLOW("invoke_workflow", SpanKind.CHAIN),
        AGENT_STEP("agent_step", SpanKind.CHAIN);

        private static final Operation[] ALL = values();

        private final byte[] name;
        private final SpanKind kind;

        Operation(String name, SpanKind kind) {
            this.name = name.getBytes(StandardCharsets.US_ASCII);
            this.kind = kind;
        }

        SpanKind kind() {
            return kind;
        }

        /** Whether such a span sums up what the calls below it report. */
        boolean sumsUpChildren() {
            return this == INVOKE_AGENT || this == CREATE_AGENT || this == INVOKE_WORKFLOW || this == AGENT_STEP;
        }

        /** The operation of that name; null for one that the conventions do not know. */
        static @Nullable Operation of(byte[] bytes, int from, int length) {
            for (Operation operation : ALL) {
                byte[] name = operation.name;
                if (name.length == length && Arrays.equals(name, 0, length, bytes, from, from + length)) {
                    return operation;
                }
            }
            return null;
        }
    }

    private GenAiConvention() {}

    static List<AttributeRule> rules() {
        return List.of(
                AttributeRule.text(Role.OPERATION, TextField.OPERATION, RANK, "gen_ai.operation.name"),
                AttributeRule.text(TextField.PROVIDER, RANK, "gen_ai.provider.name"),
                AttributeRule.text(TextField.PROVIDER, RANK + 1, "gen_ai.system"),
                AttributeRule.text(Role.MODEL, TextField.REQUEST_MODEL, RANK, "gen_ai.request.model"),
                AttributeRule.text(Role.MODEL, TextField.RESPONSE_MODEL, RANK, "gen_ai.response.model"),
                AttributeRule.count(ReportedCount.INPUT, RANK, "gen_ai.usage.input_tokens"),
                AttributeRule.count(ReportedCount.INPUT, RANK + 1, "gen_ai.usage.prompt_tokens"),
                AttributeRule.count(ReportedCount.OUTPUT, RANK, "gen_ai.usage.output_tokens"),
                AttributeRule.count(ReportedCount.OUTPUT, RANK + 1, "gen_ai.usage.completion_tokens"),
                AttributeRule.count(ReportedCount.TOTAL, RANK, "gen_ai.usage.total_tokens"),
                AttributeRule.count(ReportedCount.CACHE_READ, RANK, "gen_ai.usage.cache_read.input_tokens"),
                AttributeRule.count(ReportedCount.CACHE_READ, RANK + 1, "gen_ai.usage.cache_read_input_tokens"),
                AttributeRule.count(ReportedCount.CACHE_READ, RANK + 2, "gen_ai.usage.details.cache_read_tokens"),
                AttributeRule.count(ReportedCount.CACHE_WRITE, RANK, "gen_ai.usage.cache_write.input_tokens"),
                AttributeRule.count(ReportedCount.CACHE_WRITE, RANK + 1, "gen_ai.usage.cache_creation.input_tokens"),
                AttributeRule.count(ReportedCount.CACHE_WRITE, RANK + 2, "gen_ai.usage.cache_creation_input_tokens"),
                AttributeRule.count(ReportedCount.CACHE_WRITE, RANK + 3, "gen_ai.usage.details.cache_write_tokens"),
                AttributeRule.count(
                        ReportedCount.CACHE_WRITE_5M, RANK, "anthropic.usage.cache_creation.ephemeral_5m_input_tokens"),
                AttributeRule.count(
                        ReportedCount.CACHE_WRITE_1H, RANK, "anthropic.usage.cache_creation.ephemeral_1h_input_tokens"),
                AttributeRule.count(ReportedCount.REASONING, RANK, "gen_ai.usage.reasoning.output_tokens"),
                AttributeRule.count(ReportedCount.REASONING, RANK + 1, "gen_ai.usage.reasoning_tokens"),
                AttributeRule.count(ReportedCount.REASONING, RANK + 2, "gen_ai.usage.details.reasoning_tokens"),
                AttributeRule.count(ReportedCount.INPUT_AUDIO, RANK, "gen_ai.usage.details.input_audio_tokens"),
                AttributeRule.count(ReportedCount.OUTPUT_AUDIO, RANK, "gen_ai.usage.details.output_audio_tokens"),
                AttributeRule.text(Role.COST, TextField.REPORTED_COST_USD, RANK, "gen_ai.usage.cost"),
                AttributeRule.firstTokenSeconds(RANK, "gen_ai.response.time_to_first_chunk"),
                AttributeRule.firstTokenSeconds(RANK + 1, "gen_ai.client.operation.time_to_first_chunk"),
                AttributeRule.firstTokenSeconds(RANK + 2, "gen_ai.server.time_to_first_token"),
                AttributeRule.streaming(RANK, "gen_ai.request.stream"),
                AttributeRule.finishReasons(RANK, "gen_ai.response.finish_reasons"),
                AttributeRule.finishReasons(RANK + 1, "gen_ai.response.finish_reason"),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK, "gen_ai.input.messages"),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK + 1, "gen_ai.prompt"),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK + 2, "gen_ai.tool.call.arguments"),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK + 3, "gen_ai.retrieval.query.text"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK, "gen_ai.output.messages"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK + 1, "gen_ai.completion"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK + 2, "gen_ai.tool.call.result"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK + 3, "gen_ai.retrieval.documents"),
                AttributeRule.text(TextField.PROMPT_NAME, RANK, "gen_ai.prompt.name"),
                AttributeRule.text(TextField.PROMPT_VERSION, RANK, "gen_ai.prompt.version"),
                AttributeRule.text(TextField.SESSION_ID, RANK, "gen_ai.conversation.id"),
                AttributeRule.text(Role.SERVICE_TIER, TextField.SERVICE_TIER, RANK, "openai.response.service_tier"),
                AttributeRule.text(
                        Role.SERVICE_TIER, TextField.SERVICE_TIER, RANK + 1, "gen_ai.openai.response.service_tier"),
                AttributeRule.text(Role.SERVICE_TIER, TextField.SERVICE_TIER, RANK + 2, "openai.request.service_tier"),
                AttributeRule.text(
                        Role.SERVICE_TIER, TextField.SERVICE_TIER, RANK + 3, "gen_ai.openai.request.service_tier"),
                AttributeRule.mark(Role.TOOL_MARK, "gen_ai.tool.name"),
                AttributeRule.mark(Role.TOOL_MARK, "gen_ai.tool.call.id"),
                AttributeRule.mark(Role.AGENT_MARK, "gen_ai.agent.name"),
                AttributeRule.mark(Role.AGENT_MARK, "gen_ai.agent.id"));
    }
}
