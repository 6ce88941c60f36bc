package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.KindNames.are;

import io.millrace.ingest.otlp.AttributeRule.Role;
import io.millrace.ingest.span.TextField;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.ReportedCount;
import java.util.List;
import java.util.stream.Stream;

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
        return Stream.of(plain(), tier(RANK + 2, "flex_"), tier(RANK + 4, "priority_"))
                .flatMap(List::stream)
                .toList();
    }

    /** The SDKs put the tier of OpenAI's service before the names of its details, which stay parts of the same counts. */
    private static List<AttributeRule> tier(int rank, String prefix) {
        return List.of(
                count(ReportedCount.CACHE_READ, rank, "input", prefix + "cache_read"),
                count(ReportedCount.CACHE_WRITE, rank, "input", prefix + "cache_creation"),
                count(ReportedCount.REASONING, rank, "output", prefix + "reasoning"),
                metadata(ReportedCount.CACHE_READ, rank, "input", prefix + "cache_read"),
                metadata(ReportedCount.CACHE_WRITE, rank, "input", prefix + "cache_creation"),
                metadata(ReportedCount.REASONING, rank, "output", prefix + "reasoning"));
    }

    private static AttributeRule count(ReportedCount count, int rank, String side, String detail) {
        return AttributeRule.count(count, rank, "gen_ai.usage." + side + "_token_details/" + detail);
    }

    private static AttributeRule metadata(ReportedCount count, int rank, String side, String detail) {
        return AttributeRule.count(count, rank + 1, "langsmith.usage_metadata/" + side + "_token_details/" + detail);
    }

    private static List<AttributeRule> plain() {
        return List.of(
                AttributeRule.kind(KIND_RANK, "langsmith.span.kind", RUN_TYPES),
                AttributeRule.text(Role.PROVIDER, TextField.PROVIDER, RANK, "langsmith.metadata.ls_provider"),
                AttributeRule.text(Role.MODEL, TextField.REQUEST_MODEL, RANK, "langsmith.metadata.ls_model_name"),
                AttributeRule.structure("gen_ai.usage.input_token_details"),
                count(ReportedCount.CACHE_READ, RANK, "input", "cache_read"),
                count(ReportedCount.CACHE_WRITE, RANK, "input", "cache_creation"),
                count(ReportedCount.CACHE_WRITE_5M, RANK, "input", "ephemeral_5m_input_tokens"),
                count(ReportedCount.CACHE_WRITE_1H, RANK, "input", "ephemeral_1h_input_tokens"),
                count(ReportedCount.INPUT_AUDIO, RANK, "input", "audio"),
                AttributeRule.structure("gen_ai.usage.output_token_details"),
                count(ReportedCount.REASONING, RANK, "output", "reasoning"),
                count(ReportedCount.OUTPUT_AUDIO, RANK, "output", "audio"),
                AttributeRule.structure("langsmith.usage_metadata"),
                AttributeRule.count(ReportedCount.INPUT, RANK, "langsmith.usage_metadata/input_tokens"),
                AttributeRule.count(ReportedCount.OUTPUT, RANK, "langsmith.usage_metadata/output_tokens"),
                AttributeRule.count(ReportedCount.TOTAL, RANK, "langsmith.usage_metadata/total_tokens"),
                metadata(ReportedCount.CACHE_READ, RANK, "input", "cache_read"),
                metadata(ReportedCount.CACHE_WRITE, RANK, "input", "cache_creation"),
                metadata(ReportedCount.CACHE_WRITE_5M, RANK, "input", "ephemeral_5m_input_tokens"),
                metadata(ReportedCount.CACHE_WRITE_1H, RANK, "input", "ephemeral_1h_input_tokens"),
                metadata(ReportedCount.INPUT_AUDIO, RANK, "input", "audio"),
                metadata(ReportedCount.REASONING, RANK, "output", "reasoning"),
                metadata(ReportedCount.OUTPUT_AUDIO, RANK, "output", "audio"),
                AttributeRule.text(Role.COST, TextField.REPORTED_COST_USD, RANK, "langsmith.usage_metadata/total_cost"),
                AttributeRule.inputCost(RANK, "langsmith.usage_metadata/input_cost"),
                AttributeRule.outputCost(RANK, "langsmith.usage_metadata/output_cost"),
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
