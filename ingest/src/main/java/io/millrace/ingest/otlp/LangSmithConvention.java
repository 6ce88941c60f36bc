package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.KindNames.are;

import io.millrace.ingest.otlp.AttributeRule.Role;
import io.millrace.ingest.span.TextField;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.ReportedCount;
import java.util.List;

/**
 * Attributes of LangSmith's SDKs when they export through OpenTelemetry. Most of a run is in the names of
 * {@link GenAiConvention}; these are the rest.
 */
final class LangSmithConvention {
    private static final int RANK = 80;

    /**
     * Before {@code gen_ai.operation.name}, which the same SDK writes: there a retriever is called {@code embeddings}, and a
     * prompt {@code chat}.
     */
    private static final int KIND_RANK = 2;

    /** The values of {@code langsmith.span.kind}. */
    private static final KindNames RUN_TYPES = new KindNames(
            are(SpanKind.LLM, "llm"),
            are(SpanKind.EMBEDDING, "embedding"),
            are(SpanKind.RETRIEVER, "retriever"),
            are(SpanKind.TOOL, "tool"),
            are(SpanKind.CHAIN, "chain", "prompt", "parser"));

    private LangSmithConvention() {}

    static List<AttributeRule> rules() {
        return List.of(
                AttributeRule.kind(KIND_RANK, "langsmith.span.kind", RUN_TYPES),
                AttributeRule.text(Role.PROVIDER, TextField.PROVIDER, RANK, "langsmith.metadata.ls_provider"),
                AttributeRule.text(Role.MODEL, TextField.REQUEST_MODEL, RANK, "langsmith.metadata.ls_model_name"),
                AttributeRule.structure("gen_ai.usage.input_token_details"),
                AttributeRule.count(ReportedCount.CACHE_READ, RANK, "gen_ai.usage.input_token_details/cache_read"),
                AttributeRule.count(ReportedCount.CACHE_WRITE, RANK, "gen_ai.usage.input_token_details/cache_creation"),
                AttributeRule.count(
                        ReportedCount.CACHE_WRITE_5M,
                        RANK,
                        "gen_ai.usage.input_token_details/ephemeral_5m_input_tokens"),
                AttributeRule.count(
                        ReportedCount.CACHE_WRITE_1H,
                        RANK,
                        "gen_ai.usage.input_token_details/ephemeral_1h_input_tokens"),
                AttributeRule.count(ReportedCount.INPUT_AUDIO, RANK, "gen_ai.usage.input_token_details/audio"),
                AttributeRule.structure("gen_ai.usage.output_token_details"),
                AttributeRule.count(ReportedCount.REASONING, RANK, "gen_ai.usage.output_token_details/reasoning"),
                AttributeRule.count(ReportedCount.OUTPUT_AUDIO, RANK, "gen_ai.usage.output_token_details/audio"),
                AttributeRule.structure("langsmith.usage_metadata"),
                AttributeRule.count(ReportedCount.INPUT, RANK, "langsmith.usage_metadata/input_tokens"),
                AttributeRule.count(ReportedCount.OUTPUT, RANK, "langsmith.usage_metadata/output_tokens"),
                AttributeRule.count(ReportedCount.TOTAL, RANK, "langsmith.usage_metadata/total_tokens"),
                AttributeRule.count(
                        ReportedCount.CACHE_READ, RANK + 1, "langsmith.usage_metadata/input_token_details/cache_read"),
                AttributeRule.count(
                        ReportedCount.CACHE_WRITE,
                        RANK + 1,
                        "langsmith.usage_metadata/input_token_details/cache_creation"),
                AttributeRule.count(
                        ReportedCount.CACHE_WRITE_5M,
                        RANK + 1,
                        "langsmith.usage_metadata/input_token_details/ephemeral_5m_input_tokens"),
                AttributeRule.count(
                        ReportedCount.CACHE_WRITE_1H,
                        RANK + 1,
                        "langsmith.usage_metadata/input_token_details/ephemeral_1h_input_tokens"),
                AttributeRule.count(
                        ReportedCount.INPUT_AUDIO, RANK + 1, "langsmith.usage_metadata/input_token_details/audio"),
                AttributeRule.count(
                        ReportedCount.REASONING, RANK + 1, "langsmith.usage_metadata/output_token_details/reasoning"),
                AttributeRule.count(
                        ReportedCount.OUTPUT_AUDIO, RANK + 1, "langsmith.usage_metadata/output_token_details/audio"),
                AttributeRule.text(Role.COST, TextField.REPORTED_COST_USD, RANK, "langsmith.usage_metadata/total_cost"),
                AttributeRule.streaming(RANK, "langsmith.request.streaming"),
                AttributeRule.text(TextField.SESSION_ID, RANK, "langsmith.metadata.session_id"),
                AttributeRule.text(TextField.SESSION_ID, RANK + 1, "langsmith.metadata.thread_id"),
                AttributeRule.text(TextField.SESSION_ID, RANK + 2, "langsmith.metadata.conversation_id"),
                AttributeRule.text(TextField.USER_ID, RANK, "langsmith.metadata.user_id"),
                AttributeRule.tags(RANK, "langsmith.span.tags"),
                AttributeRule.text(TextField.ENVIRONMENT, RANK, "langsmith.metadata.environment"),
                AttributeRule.text(TextField.RELEASE, RANK, "langsmith.metadata.revision_id"),
                AttributeRule.text(TextField.PROMPT_NAME, RANK, "langsmith.metadata.lc_hub_repo"),
                AttributeRule.text(TextField.PROMPT_VERSION, RANK, "langsmith.metadata.lc_hub_commit_hash"));
    }
}
