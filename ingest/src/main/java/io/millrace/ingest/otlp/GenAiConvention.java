package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.KindNames.are;

import io.millrace.ingest.otlp.AttributeRule.Role;
import io.millrace.ingest.otlp.KindNames.Trait;
import io.millrace.ingest.span.TextField;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.ReportedCount;
import java.util.List;

/**
 * OpenTelemetry's semantic conventions for generative AI: current names first, then the spellings of earlier versions
 * and of the libraries that follow them loosely.
 */
final class GenAiConvention {
    /** Ranks of this family begin here, so that families which win over it fit before. */
    private static final int RANK = 32;

    /** Below Langfuse's and OpenInference's own names, and LangSmith's, which are more exact. */
    private static final int KIND_RANK = 3;

    /** The values of {@code gen_ai.operation.name}. */
    private static final KindNames OPERATIONS = new KindNames(
            are(SpanKind.LLM, "chat", "text_completion", "generate_content", "completion", "generate"),
            are(SpanKind.EMBEDDING, "embeddings"),
            are(SpanKind.TOOL, "execute_tool"),
            are(SpanKind.RETRIEVER, "retrieval"),
            are(SpanKind.RERANKER, "rerank"),
            are(SpanKind.AGENT, "plan"),
            are(SpanKind.AGENT, Trait.SUMS_UP_CHILDREN, "invoke_agent", "create_agent"),
            are(SpanKind.CHAIN, Trait.SUMS_UP_CHILDREN, "invoke_workflow", "agent_step"));

    private GenAiConvention() {}

    /** The earlier spelling of messages, beside which there is no other that says the same. */
    static FlatList list(String prefix, TextField field, JsonRendering json) {
        return new FlatList(prefix, field, RANK + 1, FlatList.NO_RANK, json);
    }

    static List<AttributeRule> rules() {
        return List.of(
                AttributeRule.text(TextField.OPERATION, RANK, "gen_ai.operation.name")
                        .telling(KIND_RANK, OPERATIONS),
                AttributeRule.text(Role.PROVIDER, TextField.PROVIDER, RANK, "gen_ai.provider.name"),
                AttributeRule.text(Role.PROVIDER, TextField.PROVIDER, RANK + 1, "gen_ai.system"),
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
                AttributeRule.firstToken(Role.FIRST_TOKEN_SECONDS, RANK, "gen_ai.response.time_to_first_chunk"),
                AttributeRule.firstToken(
                        Role.FIRST_TOKEN_SECONDS, RANK + 1, "gen_ai.client.operation.time_to_first_chunk"),
                AttributeRule.firstToken(Role.FIRST_TOKEN_SECONDS, RANK + 2, "gen_ai.server.time_to_first_token"),
                AttributeRule.streaming(RANK, "gen_ai.request.stream"),
                AttributeRule.finishReasons(RANK, "gen_ai.response.finish_reasons"),
                AttributeRule.finishReasons(RANK + 1, "gen_ai.response.finish_reason"),
                AttributeRule.finishReasons(RANK + 2, "anthropic.message.stop_reason"),
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
                AttributeRule.text(TextField.USER_ID, RANK, "gen_ai.user"),
                AttributeRule.text(Role.SERVICE_TIER, TextField.SERVICE_TIER, RANK, "openai.response.service_tier"),
                AttributeRule.text(
                        Role.SERVICE_TIER, TextField.SERVICE_TIER, RANK + 1, "gen_ai.openai.response.service_tier"),
                AttributeRule.text(Role.SERVICE_TIER, TextField.SERVICE_TIER, RANK + 2, "openai.request.service_tier"),
                AttributeRule.text(
                        Role.SERVICE_TIER, TextField.SERVICE_TIER, RANK + 3, "gen_ai.openai.request.service_tier"),
                AttributeRule.text(
                        Role.SERVICE_TIER, TextField.SERVICE_TIER, RANK + 4, "anthropic.response.service_tier"),
                AttributeRule.text(Role.SERVICE_TIER, TextField.SERVICE_TIER, RANK + 5, "gen_ai.response.service_tier"),
                AttributeRule.mark(Role.TOOL_MARK, "gen_ai.tool.name"),
                AttributeRule.mark(Role.TOOL_MARK, "gen_ai.tool.call.id"),
                AttributeRule.mark(Role.AGENT_MARK, "gen_ai.agent.name"),
                AttributeRule.mark(Role.AGENT_MARK, "gen_ai.agent.id"));
    }
}
