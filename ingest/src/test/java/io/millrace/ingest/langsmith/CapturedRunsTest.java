package io.millrace.ingest.langsmith;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.span.SpanStatus;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.Event;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The recorded program ran an agent for user-42 in session sess-7, tagged prod and beta: a retriever, a call to OpenAI, a
 * tool, a call that is streamed, one that is refused, a stream of its own, a step that fails. A second trace was made by hand:
 * a root with a call to Anthropic (56 tokens in, 32 written to and 64 read from the cache, 42 out, of which it says 16 are
 * reasoning; 0.003 dollars). Each call to OpenAI took 120 in, of which 64 cached, and gave 42 out, 16 of them reasoning.
 */
final class CapturedRunsTest {
    private static final Map<String, Long> OPENAI =
            Map.of("input", 56L, "input_cache_read", 64L, "output", 26L, "output_reasoning", 16L);
    private static final Map<String, Long> ANTHROPIC = Map.of(
            "input", 56L, "input_cache_read", 64L, "input_cache_write_5m", 32L, "output", 26L, "output_reasoning", 16L);

    private static List<Span> messages(String capture) {
        int[] requests = switch (capture) {
            case "langsmith-batch" -> new int[] {2, 3};
            case "langsmith-multipart" -> new int[] {2};
            default -> IntStream.rangeClosed(1, 20).toArray();
        };
        List<Span> messages = new ArrayList<>();
        for (int request : requests) {
            DecodedRequest decoded =
                    Recording.of("%s/%03d".formatted(capture, request)).decode();
            assertThat(decoded.request().refusals()).isEmpty();
            messages.addAll(decoded.spans());
        }
        return messages;
    }

    @ParameterizedTest
    @ValueSource(strings = {"langsmith-batch", "langsmith-multipart", "langsmith-single"})
    void whatTheMessagesSayTogetherIsWhatTheProgramDid(String capture) {
        List<Span> runs = FoldedRun.all(messages(capture));

        assertThat(runs)
                .extracting(run -> run.message().getName())
                .containsExactly(
                        "agent-root",
                        "vector-search",
                        "ChatOpenAI",
                        "get_weather",
                        "ChatOpenAI",
                        "ChatOpenAI",
                        "streamer",
                        "failing",
                        "manual-root",
                        "manual-llm");
        assertThat(runs)
                .extracting(Span::kind)
                .containsExactly(
                        SpanKind.CHAIN,
                        SpanKind.RETRIEVER,
                        SpanKind.LLM,
                        SpanKind.TOOL,
                        SpanKind.LLM,
                        SpanKind.LLM,
                        SpanKind.CHAIN,
                        SpanKind.CHAIN,
                        SpanKind.CHAIN,
                        SpanKind.LLM);
        Span agent = runs.get(0);
        Span manual = runs.get(8);
        assertThat(runs.subList(0, 8)).allSatisfy(run -> {
            assertThat(run.traceId()).isEqualTo(agent.spanId());
            assertThat(run.parentId()).isEqualTo(run == agent ? "" : agent.spanId());
            assertThat(run.message().getSessionId()).isEqualTo("sess-7");
            assertThat(run.message().getUserId()).isEqualTo("user-42");
            assertThat(run.attribute("langsmith.metadata.tenant").getStringValue())
                    .isEqualTo("acme");
        });
        assertThat(runs.subList(8, 10)).allSatisfy(run -> {
            assertThat(run.traceId()).isEqualTo(manual.spanId());
            assertThat(run.parentId()).isEqualTo(run == manual ? "" : manual.spanId());
            assertThat(run.message().getSessionId()).isEmpty();
            assertThat(run.attribute("langsmith.metadata.ls_k").getStringValue())
                    .isEqualTo("v");
        });
        assertThat(runs).allSatisfy(run -> {
            assertThat(run.marks()).isEmpty();
            assertThat(run.message().getEndNanos())
                    .isGreaterThanOrEqualTo(run.message().getStartNanos());
            assertThat(run.attribute("langsmith.trace.session_name").getStringValue())
                    .isEqualTo("my-project");
            assertThat(run.attributes()).doesNotContainKey("langsmith.metadata.LANGSMITH_TRACING");
            assertThat(run.message().hasPartial()).isTrue();
        });
        assertThat(agent.message().getTagsList()).containsExactly("prod", "beta");
        assertThat(manual.message().getTagsList()).containsExactly("x");
        assertThat(agent.body().getInput()).isEqualTo("{\"q\":\"weather in Berlin?\"}");
        assertThat(agent.body().getOutput()).isEqualTo("{\"answer\":\"done\"}");
        assertThat(runs.get(1).body().getOutput()).contains("\"page_content\":\"Berlin is sunny\"");
        assertThat(runs.get(6).body().getInput()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"langsmith-batch", "langsmith-multipart", "langsmith-single"})
    void tokensAreThoseOfTheCalls(String capture) {
        List<Span> runs = FoldedRun.all(messages(capture));

        assertThat(runs)
                .extracting(Span::usage)
                .containsExactly(
                        Map.of(), Map.of(), OPENAI, Map.of(), OPENAI, Map.of(), Map.of(), Map.of(), Map.of(),
                        ANTHROPIC);
        assertThat(runs.stream()
                        .filter(run -> run.kind().callsModel())
                        .mapToLong(run -> Usage.of(run.message().getUsage()).inputTokens()))
                .containsExactly(120L, 120L, 0L, 152L);
        assertThat(runs.stream()
                        .mapToLong(run -> Usage.of(run.message().getUsage()).outputTokens())
                        .sum())
                .isEqualTo(3 * 42);
        Span call = runs.get(2);
        isCall(call, "openai", "gpt-4o-mini", "gpt-4o-mini-2024-07-18");
        assertThat(call.body().getFinishReasonsList()).contains("tool_calls");
        assertThat(call.message().getServiceTier()).isEmpty();
        assertThat(call.message().getOperation()).isEqualTo("chat");
        assertThat(call.attribute("gen_ai.response.id").getStringValue()).isEqualTo("chatcmpl-fake1");
        assertThat(call.attribute("gen_ai.request.temperature").getDoubleValue())
                .isEqualTo(0.2);
        isCall(runs.get(9), "anthropic", "claude-sonnet-4", "");
        assertThat(runs.get(9).message().getReportedCostUsd()).isEqualTo("0.003");
    }

    private static void isCall(Span call, String provider, String asked, String answered) {
        assertThat(call.message().getProvider()).isEqualTo(provider);
        assertThat(call.message().getRequestModel()).isEqualTo(asked);
        assertThat(call.message().getResponseModel()).isEqualTo(answered);
    }

    @ParameterizedTest
    @ValueSource(strings = {"langsmith-batch", "langsmith-multipart", "langsmith-single"})
    void failuresAreThoseOfTheProgram(String capture) {
        List<Span> runs = FoldedRun.all(messages(capture));

        assertThat(runs.stream().map(run -> SpanStatus.of(run.message().getStatus())))
                .containsExactly(
                        SpanStatus.UNSET,
                        SpanStatus.UNSET,
                        SpanStatus.UNSET,
                        SpanStatus.UNSET,
                        SpanStatus.UNSET,
                        SpanStatus.ERROR,
                        SpanStatus.UNSET,
                        SpanStatus.ERROR,
                        SpanStatus.UNSET,
                        SpanStatus.UNSET);
        assertThat(runs.get(5).body().getStatusMessage()).isEqualTo("Error: 400 Invalid value for FAIL");
        assertThat(runs.get(7).body().getStatusMessage()).isEqualTo("Error: boom: timeout");
        assertThat(runs.get(7).message().getErrorType()).isEqualTo("Error");
    }

    @Test
    void theFirstTokenIsTheFirstEventOfOne() {
        Span streamed = FoldedRun.all(messages("langsmith-batch")).get(4);

        assertThat(streamed.message().getPartial().getFirstTokenAtNanos()).isEqualTo(nanos("2026-11-20T21:57:06.615Z"));
        assertThat(streamed.message().getStartNanos()).isEqualTo(nanos("2026-11-20T21:57:06.592005Z"));
        assertThat(streamed.message().getEndNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1795211826751L));
        assertThat(streamed.body().getStreaming()).isTrue();
        assertThat(streamed.body().getFinishReasonsList()).containsExactly("stop");
        assertThat(streamed.body().getEventsList())
                .hasSize(8)
                .extracting(Event::getName)
                .containsOnly("new_token");
    }

    /** They come over several connections at once. */
    @Test
    void theOrderOfRequestsDoesNotMatter() {
        List<Span> messages = messages("langsmith-single");
        List<Span> runs = FoldedRun.all(messages);

        List<Span> shuffled = new ArrayList<>(messages);
        Collections.shuffle(shuffled, new Random(7));
        assertThat(messages.stream()
                        .map(span -> span.message().getPartial().getId())
                        .distinct())
                .hasSize(20);
        assertThat(FoldedRun.all(shuffled)).containsExactlyInAnyOrderElementsOf(runs);
    }

    @Test
    void anUpdateComesAfterTheCreationWhateverTheirTimes() {
        List<Span> messages = messages("langsmith-single");

        assertThat(messages)
                .filteredOn(span -> !span.message().getPartial().getUpdate())
                .hasSize(10)
                .allSatisfy(span ->
                        assertThat(span.message().getPartial().getAtNanos()).isZero());
        assertThat(messages)
                .filteredOn(span -> span.message().getPartial().getUpdate())
                .hasSize(10)
                .allSatisfy(span -> assertThat(span.message().getPartial().getAtNanos())
                        .isEqualTo(span.message().getEndNanos()));
    }

    @Test
    void whereFromIsOfTheRuntime() {
        Span run = FoldedRun.all(messages("langsmith-multipart")).get(0);

        assertThat(run.origin().getScopeName()).isEqualTo("langsmith-js");
        assertThat(run.origin().getScopeVersion()).isEqualTo("0.10.5");
        assertThat(run.origin().getResourceAttributesList())
                .extracting(attribute ->
                        attribute.getKey() + "=" + attribute.getValue().getStringValue())
                .containsExactly("langsmith.runtime.library=langsmith", "langsmith.runtime.runtime=node");
    }

    @Test
    void ofAFileItsNameTypeAndSizeAreKept() {
        DecodedRequest decoded = Recording.of("langsmith-attachments/002").decode();

        Span run = decoded.only();
        assertThat(run.body().getInput()).isEqualTo("{\"t\":\"ünïcode 18°C 😀\"}");
        assertThat(run.body().getOutput()).isEqualTo("{\"ok\":true}");
        assertThat(run.attribute("attachment.img").getKvlistValue().getValuesList())
                .extracting(member -> member.getKey() + "=" + member.getValue().getStringValue()
                        + member.getValue().getIntValue())
                .containsExactly("mime_type=image/png0", "bytes=14");
        assertThat(decoded.request().ignoredByReason()).isEqualTo(Map.of("attachment", 1));
        assertThat(run.marks()).isEmpty();
    }

    @Test
    void aRunWithoutATraceIsItsRoot() {
        Span created = Recording.of("langsmith-attachments/003").decode().only();
        Span updated = Recording.of("langsmith-attachments/004").decode().only();

        assertThat(created.traceId()).isEqualTo("0b0f1f3e7c2f4a3c8a581a9a0c3f0001");
        assertThat(created.spanId()).isEqualTo(created.traceId());
        assertThat(created.parentId()).isEmpty();
        assertThat(created.marks()).isEmpty();
        assertThat(created.kind()).isEqualTo(SpanKind.LLM);
        assertThat(created.message().getStartNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1795212320893L));

        assertThat(updated.traceId()).isEqualTo(created.traceId());
        assertThat(updated.spanId()).isEqualTo(created.spanId());
        assertThat(updated.marks()).containsExactly("trace_unresolved");
        assertThat(updated.message().getKind()).isZero();
        assertThat(updated.message().getEndNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1795212320899L));
        assertThat(updated.body().getOutput()).isEqualTo("{\"b\":2}");
    }

    @Test
    void feedbackIsAnEventOfItsRun() {
        Span feedback = Recording.of("langsmith-single/022").decode().only();

        assertThat(feedback.spanId()).isEqualTo("01a1faf69d66700080000391b876550c");
        assertThat(feedback.marks()).containsExactly("trace_unresolved");
        Event event = feedback.body().getEvents(0);
        assertThat(event.getName()).isEqualTo("feedback");
        assertThat(event.getAttributesList())
                .extracting(attribute ->
                        attribute.getKey() + "=" + attribute.getValue().getStringValue()
                                + attribute.getValue().getDoubleValue())
                .containsExactly(
                        "id=01a1faf6-9d7a-772e-b315-ca15da5ee0a80.0",
                        "key=helpfulness0.0",
                        "score=0.9",
                        "comment=good0.0",
                        "feedback_source={\"type\":\"api\",\"metadata\":{}}0.0");
    }

    /** An SDK of a year before, whose body is read the same. */
    @Test
    void earlierVersionsSendTheSame() {
        List<Span> messages =
                new ArrayList<>(Recording.of("langsmith-old/002").decode().spans());
        messages.addAll(Recording.of("langsmith-old/003").decode().spans());

        List<Span> runs = FoldedRun.all(messages);
        assertThat(runs).hasSize(10);
        assertThat(runs).allSatisfy(run -> assertThat(run.marks()).isEmpty());
        assertThat(runs.stream()
                        .mapToLong(run -> Usage.of(run.message().getUsage()).inputTokens())
                        .sum())
                .isEqualTo(120 + 120 + 152);
        assertThat(new String(Recording.of("langsmith-old/003").body(), StandardCharsets.UTF_8))
                .contains("name=\"patch.");
    }

    private static long nanos(String instant) {
        Instant time = Instant.parse(instant);
        return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
    }
}
