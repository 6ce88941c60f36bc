package io.millrace.ingest.langsmith;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.wire.Event;
import io.millrace.schema.wire.SpanMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What single members of a run mean, where the recordings do not show it. */
final class RunMappingTest {
    private static final String ID = "01a1faf6-9d6a-7000-8000-028b02767493";
    private static final String ROOT = "01a1faf6-9d66-7000-8000-0391b876550c";
    private static final String PARENT = "01a1faf6-9d67-7000-8000-0391b876550c";
    private static final String HEX = ID.replace("-", "");
    private static final String ROOT_HEX = ROOT.replace("-", "");

    private static DecodedRequest decode(String run) {
        byte[] bytes = run.getBytes(StandardCharsets.UTF_8);
        try {
            return new DecodedRequest(RunJson.run(bytes, 0, bytes.length, DecodedRequest.CONTEXT));
        } catch (MalformedEnvelope malformed) {
            throw new AssertionError(malformed);
        }
    }

    private static DecodedRequest update(String run) {
        byte[] bytes = run.getBytes(StandardCharsets.UTF_8);
        try {
            return new DecodedRequest(RunJson.update(ID, bytes, 0, bytes.length, DecodedRequest.CONTEXT));
        } catch (MalformedEnvelope malformed) {
            throw new AssertionError(malformed);
        }
    }

    /** @param members in place of which a single quotation mark is a double one */
    private static Span run(String members) {
        return decode(("{'id': '" + ID + "', " + members + "}").replace('\'', '"'))
                .only();
    }

    @Test
    void traceAndParentStandInTheDottedOrderToo() {
        String order =
                "20261120T215708582001Z" + ROOT + ".20261120T215708583001Z" + PARENT + ".20261120T215708586002Z" + ID;

        Span run = run("'run_type': 'tool', 'dotted_order': '" + order + "'");

        assertThat(run.traceId()).isEqualTo(ROOT_HEX);
        assertThat(run.parentId()).isEqualTo(PARENT.replace("-", ""));
        assertThat(run.marks()).isEmpty();
        Span root = run("'run_type': 'tool', 'dotted_order': '20261120T215708582001Z" + ID + "'");
        assertThat(root.traceId()).isEqualTo(HEX);
        assertThat(root.parentId()).isEmpty();
    }

    @Test
    void whatIsSaidInWordsWins() {
        Span run = run("'trace_id': '" + ROOT + "', 'parent_run_id': '" + PARENT
                + "', 'dotted_order': '20261120T215708582001Z" + ID + "'");

        assertThat(run.traceId()).isEqualTo(ROOT_HEX);
        assertThat(run.parentId()).isEqualTo(PARENT.replace("-", ""));
    }

    @Test
    void aTraceThatNobodyNamesIsMarkedUnlessTheRunIsItsRoot() {
        assertThat(run("'parent_run_id': null").marks()).isEmpty();
        Span child = run("'parent_run_id': '" + PARENT + "'");
        assertThat(child.marks()).containsExactly("trace_unresolved");
        assertThat(child.traceId()).isEqualTo(HEX);
        assertThat(child.parentId()).isEqualTo(PARENT.replace("-", ""));
        assertThat(update("{}").only().marks()).containsExactly("trace_unresolved");
        assertThat(update("{\"trace_id\": \"" + ROOT + "\"}").only().marks()).isEmpty();
    }

    @Test
    void idsThatAreNoUuidsAreKept() {
        Span run = decode("{\"id\": \"my run\", \"trace_id\": \"my trace\"}").only();

        assertThat(run.body().getExternalId()).isEqualTo("my run");
        assertThat(run.message().getExternalTraceId()).isEqualTo("my trace");
        assertThat(run.message().getSpanId().size()).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource({
        "llm, LLM",
        "chain, CHAIN",
        "tool, TOOL",
        "retriever, RETRIEVER",
        "embedding, EMBEDDING",
        "prompt, CHAIN",
        "parser, CHAIN",
        "LLM, LLM",
        "other, SPAN"
    })
    void theTypeOfARunIsItsKind(String type, SpanKind kind) {
        Span run = run("'run_type': '" + type + "'");

        assertThat(run.kind()).isEqualTo(kind);
        assertThat(run.attribute("langsmith.span.kind").getStringValue()).isEqualTo(type);
    }

    /** An update that has usage may be of anything: its run's type stands in another message. */
    @Test
    void anUpdateWithoutATypeSaysNoKind() {
        String usage = "{\"outputs\": {\"usage_metadata\": {\"input_tokens\": 3, \"output_tokens\": 4}}}";

        assertThat(update(usage).only().message().getKind()).isZero();
        assertThat(update(usage).only().usage()).isEqualTo(Map.of("input", 3L, "output", 4L));
        assertThat(update("{\"run_type\": \"embedding\"}").only().kind()).isEqualTo(SpanKind.EMBEDDING);
    }

    /** As LangChain's tracers in Python and JavaScript send an answer. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'generations': [[{'text': 'x', 'generation_info': {'finish_reason': 'stop', 'model_name': 'gpt-x-1'},"
                        + " 'message': {'lc': 1, 'type': 'constructor', 'id': ['a'], 'kwargs': {'content': 'x',"
                        + " 'usage_metadata': {'input_tokens': 7, 'output_tokens': 5, 'total_tokens': 12,"
                        + " 'input_token_details': {'cache_read': 2}},"
                        + " 'response_metadata': {'finish_reason': 'stop', 'model_name': 'gpt-x-1'}}}}]], 'llm_output': null}",
                "{'generations': [[{'text': 'x', 'generationInfo': {'finishReason': 'stop'}}]],"
                        + " 'llmOutput': {'model_name': 'gpt-x-1', 'tokenUsage': {'promptTokens': 7,"
                        + " 'completionTokens': 5, 'totalTokens': 12, 'prompt_tokens_details': {'cached_tokens': 2}}}}",
                "{'llm_output': {'token_usage': {'prompt_tokens': 7, 'completion_tokens': 5, 'total_tokens': 12,"
                        + " 'prompt_tokens_details': {'audio_tokens': 0, 'cached_tokens': 2},"
                        + " 'completion_tokens_details': {'reasoning_tokens': 0}}, 'model_name': 'gpt-x-1'},"
                        + " 'choices': [{'finish_reason': 'stop'}]}",
                "{'model': 'gpt-x-1', 'stop_reason': 'stop', 'usage_metadata': {'input_tokens': 7, 'output_tokens': 5,"
                        + " 'input_token_details': {'cache_read': 2}}}"
            })
    void readsAnswersInEveryShape(String outputs) {
        Span run = run("'run_type': 'llm', 'outputs': " + outputs);

        assertThat(run.usage()).isEqualTo(Map.of("input", 5L, "input_cache_read", 2L, "output", 5L));
        assertThat(run.message().getResponseModel()).isEqualTo("gpt-x-1");
        assertThat(run.body().getFinishReasonsList()).containsExactly("stop");
        assertThat(run.body().getOutput()).isEqualTo(outputs.replace('\'', '"'));
        assertThat(run.marks()).isEmpty();
    }

    /** LangChain.js without a usage of its own in the message, as of older models. */
    @Test
    void readsTheSummaryThatJavaScriptWrites() {
        Span run = run("'run_type': 'llm', 'outputs': {'generations': [[{'text': 'x',"
                + " 'generationInfo': {'finishReason': 'stop'}}]], 'llmOutput': {'tokenUsage': {'promptTokens': 12,"
                + " 'completionTokens': 13, 'totalTokens': 25}}}");

        assertThat(run.usage()).isEqualTo(Map.of("input", 12L, "output", 13L));
        assertThat(run.body().getFinishReasonsList()).containsExactly("stop");
        assertThat(run.marks()).isEmpty();
    }

    @Test
    void whatAnApplicationCallsModelIsNone() {
        Span run = run(
                "'run_type': 'chain', 'inputs': {'model': 'T', 'stream': true}, 'outputs': {'model': 'Ford', 'id': 'x'}");

        assertThat(run.message().getResponseModel()).isEmpty();
        assertThat(run.message().getRequestModel()).isEmpty();
        assertThat(run.body().getStreaming()).isFalse();
        assertThat(run.kind()).isEqualTo(SpanKind.CHAIN);
    }

    @Test
    void costsOfBothSidesAddUpWhereNobodySaysTheTotal() {
        Span run = run("'run_type': 'llm', 'outputs': {'usage_metadata': {'input_tokens': 152, 'output_tokens': 42,"
                + " 'input_cost': 0.001, 'output_cost': 0.002}}");

        assertThat(run.message().getReportedCostUsd()).isEqualTo("0.003");
        assertThat(run.usage()).isEqualTo(Map.of("input", 152L, "output", 42L));
    }

    @Test
    void exportsOfTheServerTellSums() {
        Span run = run("'run_type': 'llm', 'status': 'success', 'prompt_tokens': 10, 'completion_tokens': 4,"
                + " 'total_tokens': 14, 'total_cost': '0.00012', 'first_token_time': '2026-11-20T21:57:06.615Z',"
                + " 'start_time': '2026-11-20T21:57:06.000Z', 'feedback_stats': {'a': 1}");

        assertThat(run.usage()).isEqualTo(Map.of("input", 10L, "output", 4L));
        assertThat(run.message().getReportedCostUsd()).isEqualTo("0.00012");
        assertThat(run.message().getStatus()).isEqualTo(1);
        assertThat(run.message().getPartial().getFirstTokenAtNanos()).isEqualTo(1795211826615000000L);
        assertThat(run.attribute("langsmith.feedback_stats").getStringValue()).isEqualTo("{\"a\": 1}");
    }

    @Test
    void metadataFillFieldsOrStay() {
        Span run = run(
                "'run_type': 'llm', 'extra': {'metadata': {'thread_id': 't-1', 'user_id': 42, 'revision_id': 'r9',"
                        + " 'environment': 'staging', 'lc_hub_repo': 'greeting', 'lc_hub_commit_hash': 'abc', 'lc_hub_owner': 'me',"
                        + " 'LANGCHAIN_PROJECT': 'leaks', 'LANGSMITH_API_URL': 'leaks', 'plan': {'a': [1, null]}, 'n': 1.5, 'no': false,"
                        + " 'nothing': null, 'ls_provider': 'OpenAI', 'ls_model_name': 'gpt-x', 'ls_model_type': 'llm',"
                        + " 'ls_max_tokens': 256, 'ls_stop': ['a'], 'ls_method': 'traceable'}, 'batch_size': 3,"
                        + " 'invocation_params': {'model': 'gpt-y', 'temperature': 0.5, 'max_tokens': 1, 'n': 2, 'stream': true}}");

        SpanMessage message = run.message();
        assertThat(message.getSessionId()).isEqualTo("t-1");
        assertThat(message.getUserId()).isEqualTo("42");
        assertThat(message.getRelease()).isEqualTo("r9");
        assertThat(message.getEnvironment()).isEqualTo("staging");
        assertThat(message.getPromptName()).isEqualTo("greeting");
        assertThat(message.getPromptVersion()).isEqualTo("abc");
        assertThat(message.getProvider()).isEqualTo("openai");
        assertThat(message.getRequestModel()).isEqualTo("gpt-x");
        assertThat(message.getOperation()).isEqualTo("text_completion");
        assertThat(run.body().getStreaming()).isTrue();
        assertThat(run.attribute("langsmith.metadata.plan").getStringValue()).isEqualTo("{\"a\": [1, null]}");
        assertThat(run.attribute("langsmith.metadata.n").getDoubleValue()).isEqualTo(1.5);
        assertThat(run.attribute("langsmith.extra.batch_size").getIntValue()).isEqualTo(3);
        assertThat(run.attribute("gen_ai.request.temperature").getDoubleValue()).isEqualTo(0.5);
        assertThat(run.attribute("gen_ai.request.max_tokens").getIntValue()).isEqualTo(256);
        assertThat(run.attribute("gen_ai.request.stop_sequences").getStringValue())
                .isEqualTo("[\"a\"]");
        assertThat(run.attribute("gen_ai.request.choice.count").getIntValue()).isEqualTo(2);
        assertThat(run.attributes())
                .containsKeys(
                        "langsmith.metadata.lc_hub_owner",
                        "langsmith.metadata.ls_method",
                        "langsmith.metadata.no",
                        "langsmith.invocation_params")
                .doesNotContainKeys(
                        "langsmith.metadata.nothing",
                        "langsmith.metadata.LANGCHAIN_PROJECT",
                        "langsmith.metadata.LANGSMITH_API_URL");
    }

    @Test
    void whatHasNoFieldStays() {
        Span run = run(
                "'serialized': {'kwargs': {'x': 1}}, 'reference_example_id': 'e1', 'session_id': 'p1', 'new': [1, 2],"
                        + " 'manifest_id': null, 'child_runs': [{'id': 'x'}], 'tags': ['a', null, 'b']");

        assertThat(run.attribute("langsmith.serialized").getStringValue()).isEqualTo("{\"kwargs\": {\"x\": 1}}");
        assertThat(run.attribute("langsmith.reference_example_id").getStringValue())
                .isEqualTo("e1");
        assertThat(run.attribute("langsmith.session_id").getStringValue()).isEqualTo("p1");
        assertThat(run.attribute("langsmith.new").getStringValue()).isEqualTo("[1, 2]");
        assertThat(run.attributes()).hasSize(4);
        assertThat(run.message().getSessionId()).isEmpty();
        assertThat(run.message().getTagsList()).containsExactly("a", "b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'Error: boom: timeout' | Error: boom: timeout | Error",
                "'ValueError(\\\"no\\\")Traceback ...' | ValueError(\"no\")Traceback ... | ValueError",
                "'openai.RateLimitError: slow' | openai.RateLimitError: slow | openai.RateLimitError",
                "'boom: timeout' | boom: timeout | ``",
                "'An Error happened' | An Error happened | ``",
                "{'code': 5} | {\"code\": 5} | ``"
            })
    void anErrorIsAFailure(String error, String message, String type) {
        Span run = run("'run_type': 'tool', 'error': " + error);

        assertThat(run.message().getStatus()).isEqualTo(2);
        assertThat(run.body().getStatusMessage()).isEqualTo(message);
        assertThat(run.message().getErrorType()).isEqualTo(type);
    }

    @Test
    void noErrorIsNone() {
        assertThat(run("'error': null").message().getStatus()).isZero();
        assertThat(run("'error': ''").message().getStatus()).isZero();
    }

    @Test
    void anEmptyObjectIsNoPayload() {
        assertThat(run("'inputs': {}, 'outputs': null").body().getInput()).isEmpty();
        assertThat(run("'inputs': 'text', 'outputs': [1]").body().getInput()).isEqualTo("text");
        assertThat(run("'inputs': 'text', 'outputs': [1]").body().getOutput()).isEqualTo("[1]");
    }

    @Test
    void theSameSaidAgainHasTheSameId() {
        Span once = run("'name': 'a'");

        assertThat(run("'name': 'a'").message()).isEqualTo(once.message());
        assertThat(once.message().getPartial().getId().size()).isEqualTo(16);
        assertThat(run("'name': 'b'").message().getPartial().getId())
                .isNotEqualTo(once.message().getPartial().getId());
        String text = "{\"id\": \"" + ID + "\", \"name\": \"a\"}";
        assertThat(update(text).only().message().getPartial().getId())
                .isNotEqualTo(decode(text).only().message().getPartial().getId());
    }

    @Test
    void anUpdateIsSaidWhenTheLatestIsThatItTells() {
        Span update = update("{\"start_time\": 1795211826000, \"end_time\": 1795211827000,"
                        + " \"events\": [{\"name\": \"end\", \"time\": 1795211828000}]}")
                .only();

        assertThat(update.message().getPartial().getAtNanos()).isEqualTo(1795211828000000000L);
        assertThat(update.message().getPartial().getUpdate()).isTrue();
        assertThat(run("'start_time': 1795211826000").message().getPartial().getAtNanos())
                .isZero();
    }

    @Test
    void eventsKeepWhatTheyHold() {
        Span run = run(
                "'events': [{'name': 'new_token', 'time': 1795211828000, 'kwargs': {'token': 'x', 'chunk': {'a': 1}}},"
                        + " {'name': 'retry', 'attempt': 2}, null]");

        assertThat(run.body().getEventsList()).hasSize(2);
        assertThat(run.body().getEvents(0).getAttributesList())
                .extracting(attribute ->
                        attribute.getKey() + "=" + attribute.getValue().getStringValue())
                .containsExactly("token=x", "chunk={\"a\": 1}");
        assertThat(run.body().getEvents(0).getTimeUnixNano()).isEqualTo(1795211828000000000L);
        assertThat(run.body().getEvents(1).getAttributes(0).getValue().getIntValue())
                .isEqualTo(2);
    }

    /** A start numbers the runs of a millisecond by its microseconds; an end has none. */
    @Test
    void anEndWithinTheMillisecondOfTheStartIsNoEarlier() {
        Span same = run("'start_time': '2026-11-20T21:57:06.592004Z', 'end_time': 1795211826592");
        assertThat(same.message().getEndNanos()).isEqualTo(same.message().getStartNanos());
        assertThat(same.marks()).isEmpty();
        Span earlier = run("'start_time': '2026-11-20T21:57:06.592004Z', 'end_time': 1795211826591");
        assertThat(earlier.marks()).containsExactly("end_before_start");
    }

    /** All of them would be longer than a span may be, and the outputs would be lost with them. */
    @Test
    void manyTokensAreCutAndStillTellTheirTimes() {
        String tokens = IntStream.range(0, 9_000)
                .mapToObj(i -> "{'name': 'new_token', 'time': '2026-11-20T21:57:0%d.%03dZ', 'kwargs': {'token': '%s'}}"
                        .formatted(6 - i / 8_999, 999 - i % 1_000, "t".repeat(1_000)))
                .collect(Collectors.joining(", "));

        Span run = run("'run_type': 'llm', 'start_time': '2026-11-20T21:57:00Z', 'events': [{'name': 'start'}, "
                + tokens + ", {'name': 'end', 'time': '2026-11-20T21:57:08Z'}], 'outputs': {'answer': 42}");

        assertThat(run.body().getOutput()).isEqualTo("{\"answer\": 42}");
        assertThat(run.marks()).containsExactly("truncated");
        assertThat(run.message().getPartial().getFirstTokenAtNanos())
                .isEqualTo(Instant.parse("2026-11-20T21:57:05Z").getEpochSecond() * 1_000_000_000);
        assertThat(run.body().getEventsList())
                .extracting(Event::getName)
                .startsWith("start", "new_token")
                .endsWith("new_token", "end");
        assertThat(run.body().getEventsList().stream()
                        .mapToInt(Event::getSerializedSize)
                        .sum())
                .isBetween((1 << 20) - 2_000, (1 << 20) + 2_000);
    }
}
