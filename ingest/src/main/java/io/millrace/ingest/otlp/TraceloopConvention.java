package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.KindNames.are;

import io.millrace.ingest.otlp.AttributeRule.Role;
import io.millrace.ingest.span.TextField;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.ReportedCount;
import java.util.List;

/**
 * OpenLLMetry, the conventions of Traceloop's SDKs: those of the steps of an application, and the names of calls from before
 * {@link GenAiConvention} had any.
 */
final class TraceloopConvention {
    private static final int RANK = 96;
    private static final int KIND_RANK = 6;

    /** The values of {@code traceloop.span.kind}. */
    private static final KindNames KINDS = new KindNames(
            are(SpanKind.CHAIN, "workflow", "task"), are(SpanKind.AGENT, "agent"), are(SpanKind.TOOL, "tool"));

    /** The values of {@code llm.request.type}. */
    private static final KindNames REQUEST_TYPES = new KindNames(
            are(SpanKind.LLM, "chat", "completion"),
            are(SpanKind.EMBEDDING, "embedding"),
            are(SpanKind.RERANKER, "rerank"));

    private TraceloopConvention() {}

    static List<AttributeRule> rules() {
        return List.of(
                AttributeRule.kind(KIND_RANK, "traceloop.span.kind", KINDS),
                AttributeRule.kind(KIND_RANK + 1, "llm.request.type", REQUEST_TYPES),
                AttributeRule.text(Role.LATE_TEXT, TextField.NAME, RANK, "traceloop.entity.name"),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK, "traceloop.entity.input"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK, "traceloop.entity.output"),
                AttributeRule.text(Role.MODEL, TextField.REQUEST_MODEL, RANK, "llm.request.model"),
                AttributeRule.text(Role.MODEL, TextField.RESPONSE_MODEL, RANK, "llm.response.model"),
                AttributeRule.count(ReportedCount.INPUT, RANK, "llm.usage.prompt_tokens"),
                AttributeRule.count(ReportedCount.OUTPUT, RANK, "llm.usage.completion_tokens"),
                AttributeRule.count(ReportedCount.TOTAL, RANK, "llm.usage.total_tokens"),
                AttributeRule.count(ReportedCount.CACHE_READ, RANK, "llm.usage.cache_read_input_tokens"),
                AttributeRule.count(ReportedCount.CACHE_WRITE, RANK, "llm.usage.cache_creation_input_tokens"),
                AttributeRule.count(ReportedCount.REASONING, RANK, "llm.usage.reasoning_tokens"),
                AttributeRule.streaming(RANK, "llm.is_streaming"),
                AttributeRule.finishReasons(RANK, "llm.response.finish_reason"),
                AttributeRule.finishReasons(RANK + 1, "llm.response.stop_reason"),
                AttributeRule.text(TextField.SESSION_ID, RANK, "traceloop.association.properties.session_id"),
                AttributeRule.text(TextField.USER_ID, RANK, "traceloop.association.properties.user_id"),
                AttributeRule.text(TextField.USER_ID, RANK + 1, "llm.user"),
                AttributeRule.text(TextField.PROMPT_NAME, RANK, "traceloop.prompt.key"),
                AttributeRule.text(TextField.PROMPT_VERSION, RANK, "traceloop.prompt.version"),
                AttributeRule.text(TextField.PROMPT_VERSION, RANK + 1, "traceloop.prompt.version_name"));
    }
}
