package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.KindNames.are;

import io.millrace.ingest.otlp.AttributeRule.Role;
import io.millrace.ingest.otlp.KindNames.Trait;
import io.millrace.ingest.span.TextField;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.ReportedCount;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Attributes of the Vercel AI SDK, versions 4 to 6; version 7 uses those of {@link GenAiConvention}. Its outer spans repeat
 * the usage of the calls below them, or that of the last one.
 */
final class VercelConvention {
    /** The name of every span of a tool. */
    static final byte[] TOOL_CALL = "ai.toolCall".getBytes(StandardCharsets.US_ASCII);

    private static final int RANK = 64;
    private static final int KIND_RANK = 4;

    /** The values of {@code ai.operationId}. */
    private static final KindNames OPERATIONS = new KindNames(
            are(SpanKind.LLM, "ai.generateText.doGenerate", "ai.generateObject.doGenerate"),
            are(SpanKind.LLM, Trait.STREAMED, "ai.streamText.doStream", "ai.streamObject.doStream"),
            are(SpanKind.EMBEDDING, "ai.embed.doEmbed", "ai.embedMany.doEmbed"),
            are(SpanKind.RERANKER, "ai.rerank.doRerank"),
            are(SpanKind.TOOL, "ai.toolCall"),
            are(
                    SpanKind.CHAIN,
                    Trait.SUMS_UP_CHILDREN,
                    "ai.generateText",
                    "ai.streamText",
                    "ai.generateObject",
                    "ai.streamObject",
                    "ai.embed",
                    "ai.embedMany",
                    "ai.rerank"));

    private VercelConvention() {}

    static List<AttributeRule> rules() {
        return List.of(
                AttributeRule.kind(KIND_RANK, "ai.operationId", OPERATIONS),
                // "ai.generateText weather": the operation and, if it has one, the name of the function.
                AttributeRule.text(Role.LATE_TEXT, TextField.NAME, RANK + 1, "operation.name")
                        .telling(KIND_RANK + 1, OPERATIONS),
                AttributeRule.text(Role.LATE_TEXT, TextField.NAME, RANK, "ai.toolCall.name"),
                AttributeRule.text(Role.PROVIDER, TextField.PROVIDER, RANK, "ai.model.provider"),
                AttributeRule.text(Role.MODEL, TextField.REQUEST_MODEL, RANK, "ai.model.id"),
                AttributeRule.text(Role.MODEL, TextField.RESPONSE_MODEL, RANK, "ai.response.model"),
                AttributeRule.count(ReportedCount.INPUT, RANK, "ai.usage.inputTokens"),
                AttributeRule.count(ReportedCount.INPUT, RANK + 1, "ai.usage.promptTokens"),
                AttributeRule.count(ReportedCount.INPUT, RANK + 2, "ai.usage.tokens"),
                AttributeRule.count(ReportedCount.OUTPUT, RANK, "ai.usage.outputTokens"),
                AttributeRule.count(ReportedCount.OUTPUT, RANK + 1, "ai.usage.completionTokens"),
                AttributeRule.count(ReportedCount.TOTAL, RANK, "ai.usage.totalTokens"),
                AttributeRule.count(ReportedCount.CACHE_READ, RANK, "ai.usage.inputTokenDetails.cacheReadTokens"),
                AttributeRule.count(ReportedCount.CACHE_READ, RANK + 1, "ai.usage.cachedInputTokens"),
                AttributeRule.count(ReportedCount.CACHE_WRITE, RANK, "ai.usage.inputTokenDetails.cacheWriteTokens"),
                AttributeRule.count(ReportedCount.REASONING, RANK, "ai.usage.outputTokenDetails.reasoningTokens"),
                AttributeRule.count(ReportedCount.REASONING, RANK + 1, "ai.usage.reasoningTokens"),
                AttributeRule.structure("ai.response.providerMetadata"),
                AttributeRule.count(
                        ReportedCount.CACHE_READ, RANK + 2, "ai.response.providerMetadata/openai/cachedPromptTokens"),
                AttributeRule.count(
                        ReportedCount.CACHE_READ,
                        RANK + 3,
                        "ai.response.providerMetadata/anthropic/usage/cache_read_input_tokens"),
                AttributeRule.count(
                        ReportedCount.CACHE_READ,
                        RANK + 4,
                        "ai.response.providerMetadata/anthropic/cacheReadInputTokens"),
                AttributeRule.count(
                        ReportedCount.CACHE_READ,
                        RANK + 5,
                        "ai.response.providerMetadata/bedrock/usage/cacheReadInputTokens"),
                AttributeRule.count(
                        ReportedCount.CACHE_WRITE,
                        RANK + 1,
                        "ai.response.providerMetadata/anthropic/usage/cache_creation_input_tokens"),
                AttributeRule.count(
                        ReportedCount.CACHE_WRITE,
                        RANK + 2,
                        "ai.response.providerMetadata/anthropic/cacheCreationInputTokens"),
                AttributeRule.count(
                        ReportedCount.CACHE_WRITE,
                        RANK + 3,
                        "ai.response.providerMetadata/bedrock/usage/cacheWriteInputTokens"),
                AttributeRule.count(
                        ReportedCount.REASONING, RANK + 2, "ai.response.providerMetadata/openai/reasoningTokens"),
                AttributeRule.firstToken(Role.FIRST_TOKEN_MILLIS, RANK, "ai.response.msToFirstChunk"),
                AttributeRule.firstToken(Role.FIRST_TOKEN_MILLIS, RANK + 1, "ai.stream.msToFirstChunk"),
                AttributeRule.finishReasons(RANK, "ai.response.finishReason"),
                AttributeRule.finishReasons(RANK + 1, "ai.finishReason"),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK, "ai.prompt.messages"),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK + 1, "ai.prompt"),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK + 2, "ai.toolCall.args"),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK + 3, "ai.values"),
                AttributeRule.text(Role.PAYLOAD, TextField.INPUT, RANK + 4, "ai.value"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK, "ai.response.object"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK + 1, "ai.response.text"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK + 2, "ai.response.toolCalls"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK + 3, "ai.response.reasoning"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK + 4, "ai.result.object"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK + 5, "ai.result.text"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK + 6, "ai.result.toolCalls"),
                AttributeRule.text(Role.PAYLOAD, TextField.OUTPUT, RANK + 7, "ai.toolCall.result"),
                AttributeRule.text(TextField.SESSION_ID, RANK, "ai.telemetry.metadata.sessionId"),
                AttributeRule.text(TextField.USER_ID, RANK, "ai.telemetry.metadata.userId"),
                AttributeRule.tags(RANK, "ai.telemetry.metadata.tags"),
                AttributeRule.structure("ai.telemetry.metadata.langfusePrompt"),
                AttributeRule.text(TextField.PROMPT_NAME, RANK, "ai.telemetry.metadata.langfusePrompt/name"),
                AttributeRule.text(TextField.PROMPT_VERSION, RANK, "ai.telemetry.metadata.langfusePrompt/version"));
    }
}
