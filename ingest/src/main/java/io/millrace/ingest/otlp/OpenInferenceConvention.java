package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.KindNames.are;

import io.millrace.ingest.otlp.AttributeRule.Role;
import io.millrace.ingest.otlp.KindNames.Trait;
import io.millrace.ingest.span.TextField;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.ReportedCount;
import java.util.List;

/** OpenInference, the conventions of Arize's instrumentations. Input contains what is cached, output what is reasoning. */
final class OpenInferenceConvention {
    private static final int RANK = 16;
    private static final int KIND_RANK = 1;

    /** The values of {@code openinference.span.kind}. */
    private static final KindNames KINDS = new KindNames(
            are(SpanKind.LLM, "llm"),
            are(SpanKind.EMBEDDING, "embedding"),
            are(SpanKind.RETRIEVER, "retriever"),
            are(SpanKind.RERANKER, "reranker"),
            are(SpanKind.TOOL, "tool"),
            are(SpanKind.AGENT, Trait.SUMS_UP_CHILDREN, "agent"),
            are(SpanKind.CHAIN, Trait.SUMS_UP_CHILDREN, "chain"),
            are(SpanKind.CHAIN, "prompt"),
            are(SpanKind.GUARDRAIL, "guardrail"),
            are(SpanKind.EVALUATOR, "evaluator"));

    private OpenInferenceConvention() {}

    /** What {@code input.value} and {@code output.value} say in one text. */
    static FlatList list(String prefix, TextField field, JsonRendering json) {
        return new FlatList(prefix, field, RANK + 1, RANK, json);
    }

    static List<AttributeRule> rules() {
        return List.of(
                AttributeRule.kind(KIND_RANK, "openinference.span.kind", KINDS),
                AttributeRule.text(Role.PROVIDER, TextField.PROVIDER, RANK, "llm.provider"),
                AttributeRule.text(Role.PROVIDER, TextField.PROVIDER, RANK + 1, "llm.system"),
                AttributeRule.text(Role.MODEL, TextField.RESPONSE_MODEL, RANK, "llm.response.model_name"),
                AttributeRule.text(Role.MODEL, TextField.RESPONSE_MODEL, RANK + 1, "llm.model_name"),
                AttributeRule.text(Role.MODEL, TextField.RESPONSE_MODEL, RANK + 2, "embedding.model_name"),
                AttributeRule.text(Role.MODEL, TextField.RESPONSE_MODEL, RANK + 3, "reranker.model_name"),
                AttributeRule.text(Role.MODEL, TextField.REQUEST_MODEL, RANK, "llm.request.model_name"),
                AttributeRule.structure("llm.invocation_parameters"),
                AttributeRule.text(Role.MODEL, TextField.REQUEST_MODEL, RANK + 1, "llm.invocation_parameters/model"),
                AttributeRule.streaming(RANK, "llm.invocation_parameters/stream"),
                AttributeRule.structure("embedding.invocation_parameters"),
                AttributeRule.text(
                        Role.MODEL, TextField.REQUEST_MODEL, RANK + 2, "embedding.invocation_parameters/model"),
                AttributeRule.count(ReportedCount.INPUT, RANK, "llm.token_count.prompt"),
                AttributeRule.count(ReportedCount.OUTPUT, RANK, "llm.token_count.completion"),
                AttributeRule.count(ReportedCount.TOTAL, RANK, "llm.token_count.total"),
                AttributeRule.count(ReportedCount.CACHE_READ, RANK, "llm.token_count.prompt_details.cache_read"),
                AttributeRule.count(ReportedCount.CACHE_WRITE, RANK, "llm.token_count.prompt_details.cache_write"),
                AttributeRule.count(ReportedCount.INPUT_AUDIO, RANK, "llm.token_count.prompt_details.audio"),
                AttributeRule.count(ReportedCount.REASONING, RANK, "llm.token_count.completion_details.reasoning"),
                AttributeRule.count(ReportedCount.OUTPUT_AUDIO, RANK, "llm.token_count.completion_details.audio"),
                AttributeRule.text(Role.COST, TextField.REPORTED_COST_USD, RANK, "llm.cost.total"),
                AttributeRule.inputCost(RANK, "llm.cost.prompt"),
                AttributeRule.outputCost(RANK, "llm.cost.completion"),
                AttributeRule.finishReasons(RANK, "llm.finish_reason"),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK, "input.value"),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK + 2, "reranker.query"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK, "output.value"),
                AttributeRule.tags(RANK, "tag.tags"),
                AttributeRule.text(TextField.PROMPT_NAME, RANK, "prompt.id"),
                AttributeRule.text(TextField.PROMPT_VERSION, RANK, "llm.prompt_template.version"));
    }
}
