package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.KindNames.are;

import io.millrace.ingest.otlp.AttributeRule.Role;
import io.millrace.ingest.otlp.KindNames.Trait;
import io.millrace.ingest.span.TextField;
import io.millrace.schema.span.SpanKind;
import java.util.List;

/** Attributes of Langfuse's SDKs that are built on OpenTelemetry: Python from version 3 on, JavaScript from 4 on. */
final class LangfuseConvention {
    /** Before all others: who writes these means them for a platform like this one. */
    private static final int RANK = 0;

    private static final int KIND_RANK = 0;

    /** The values of {@code langfuse.observation.type}. Early versions in Python call everything a span. */
    private static final KindNames TYPES = new KindNames(
            are(SpanKind.LLM, "generation"),
            are(SpanKind.SPAN, Trait.UNLESS_CALL, "span"),
            are(SpanKind.EVENT, "event"),
            are(SpanKind.EMBEDDING, "embedding"),
            are(SpanKind.AGENT, "agent"),
            are(SpanKind.TOOL, "tool"),
            are(SpanKind.CHAIN, "chain"),
            are(SpanKind.RETRIEVER, "retriever"),
            are(SpanKind.GUARDRAIL, "guardrail"),
            are(SpanKind.EVALUATOR, "evaluator"));

    private LangfuseConvention() {}

    static List<AttributeRule> rules() {
        return List.of(
                AttributeRule.kind(KIND_RANK, LangfuseKeys.TYPE, TYPES),
                AttributeRule.text(Role.MODEL, TextField.RESPONSE_MODEL, RANK, LangfuseKeys.MODEL),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK, LangfuseKeys.INPUT),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK, LangfuseKeys.OUTPUT),
                AttributeRule.mark(Role.USAGE_DETAILS, LangfuseKeys.USAGE_DETAILS),
                AttributeRule.text(Role.COST_DETAILS, TextField.REPORTED_COST_USD, RANK, LangfuseKeys.COST_DETAILS),
                AttributeRule.firstToken(Role.FIRST_TOKEN_AT, RANK, "langfuse.observation.completion_start_time"),
                AttributeRule.text(Role.LEVEL, TextField.LEVEL, RANK, LangfuseKeys.LEVEL),
                AttributeRule.text(Role.LATE_TEXT, TextField.STATUS_MESSAGE, RANK, LangfuseKeys.STATUS_MESSAGE),
                AttributeRule.text(TextField.PROMPT_NAME, RANK, LangfuseKeys.PROMPT_NAME),
                AttributeRule.text(TextField.PROMPT_NAME, RANK + 1, "langfuse.prompt.name"),
                AttributeRule.text(TextField.PROMPT_VERSION, RANK, LangfuseKeys.PROMPT_VERSION),
                AttributeRule.text(TextField.PROMPT_VERSION, RANK + 1, "langfuse.prompt.version"),
                AttributeRule.text(TextField.SESSION_ID, RANK, LangfuseKeys.SESSION_ID),
                AttributeRule.text(TextField.USER_ID, RANK, LangfuseKeys.USER_ID),
                AttributeRule.tags(RANK, LangfuseKeys.TAGS),
                AttributeRule.tags(RANK + 1, "langfuse.tags"),
                AttributeRule.text(TextField.ENVIRONMENT, RANK, LangfuseKeys.ENVIRONMENT),
                AttributeRule.text(TextField.RELEASE, RANK, LangfuseKeys.RELEASE),
                AttributeRule.text(TextField.RELEASE, RANK + 1, LangfuseKeys.VERSION),
                AttributeRule.mark(Role.APP_ROOT, "langfuse.internal.is_app_root"));
    }
}
