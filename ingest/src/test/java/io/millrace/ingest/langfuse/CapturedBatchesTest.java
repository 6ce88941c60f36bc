package io.millrace.ingest.langfuse;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.ingest.langfuse.Batch.Whole;
import io.millrace.ingest.otlp.Capture;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.wire.AnyValue;
import io.millrace.schema.wire.Event;
import io.millrace.schema.wire.KeyValue;
import io.millrace.schema.wire.SpanMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The recorded program made one trace of seven observations, one of which failed. It reported the same call to OpenAI twice,
 * in Langfuse's counts and in OpenAI's (120 tokens in, 64 of them cached, 42 out, 16 of them reasoning), and one in the first
 * form of usage (10 in, 5 out). Its SDK sent all of it in two requests at once.
 */
final class CapturedBatchesTest {
    private static final String TRACE = "51eef633d6a74f43b4817e64d1d5355d";
    private static final String AGENT = "d106781ea4bd4b468d2ee19f2a79de0b";
    private static final String CALL = "03635c8fa0a2411684853fda8b0b4d33";
    private static final String OPENAI = "{input=56, input_cache_read=64, output=26, output_reasoning=16}";

    private final Map<String, Whole> recorded = Batch.fold(requests());

    private static Stream<RequestSpans> requests() {
        return Stream.of("langfuse-v3/001.bin", "langfuse-v3/002.bin").map(CapturedBatchesTest::decode);
    }

    private static RequestSpans decode(String path) {
        return Batch.decode(DecodedRequest.CONTEXT, Capture.bytes(path));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                AGENT + "| agent | SPAN | '' | '' | 0 | {}",
                CALL + "| llm-call | LLM | " + AGENT + " | gpt-4o-mini | 0 | " + OPENAI,
                "df5af8da430c489bab47ea048236900b | failing-step | SPAN | " + AGENT + " | '' | 2 | {}",
                "07a8f4113c0d49989a6c27f1b4243f8a | llm-call-legacy-usage | LLM | " + AGENT
                        + " | gpt-4o | 0 | {input=10, output=5}",
                "f0f16066f21844269809024ae3e0a580 | llm-openai-usage | LLM | " + AGENT + " | gpt-4o | 0 | " + OPENAI,
                "b1a42831764b4c5f9cf4b88b0c3ecffd | tool:get_weather | SPAN | " + AGENT + " | '' | 0 | {}",
                "2d785e46388d4241a11fc0eda8538958 | cache-miss | EVENT | " + AGENT + " | '' | 0 | {}",
            })
    void everyObservationIsASpan(
            String id, String name, SpanKind kind, String parent, String model, int status, String usage) {
        SpanMessage span = span(id).message();
        assertThat(span.getName()).isEqualTo(name);
        assertThat(SpanKind.of(span.getKind())).isEqualTo(kind);
        assertThat(Batch.hex(span.getParentSpanId())).isEqualTo(parent);
        assertThat(span.getResponseModel()).isEqualTo(model);
        assertThat(span.getStatus()).isEqualTo(status);
        assertThat(span.hasUsage() ? Usage.of(span.getUsage()).byLabel() : Map.of())
                .hasToString(usage);
        assertThat(span.getEnvironment()).isEqualTo("staging");
        assertThat(span.getEndNanos()).isGreaterThanOrEqualTo(span.getStartNanos());
        assertThat(span.getMarks()).isZero();
    }

    @Test
    void thereAreSevenSpansOfOneTraceAndOneFailed() {
        assertThat(recorded.keySet()).allMatch(id -> id.startsWith(TRACE)).hasSize(1 + 7);
        assertThat(recorded.values())
                .filteredOn(whole -> whole.message().getStatus() == 2)
                .hasSize(1);
    }

    /** 2 x 120 + 10 in, 2 x 42 + 5 out. */
    @Test
    void tokensAreCountedOnce() {
        long in = 0;
        long out = 0;
        for (Whole whole : recorded.values()) {
            Map<String, Long> usage = Usage.of(whole.message().getUsage()).byLabel();
            for (Map.Entry<String, Long> bucket : usage.entrySet()) {
                in += bucket.getKey().startsWith("input") ? bucket.getValue() : 0;
                out += bucket.getKey().startsWith("output") ? bucket.getValue() : 0;
            }
        }
        assertThat(in).isEqualTo(250);
        assertThat(out).isEqualTo(89);
    }

    @Test
    void aCallThatCameInTwoRequestsIsWhole() {
        Whole call = span(CALL);
        assertThat(call.message().getStartNanos()).isEqualTo(nanos("2026-11-20T21:56:02.487Z"));
        assertThat(call.message().getEndNanos()).isEqualTo(nanos("2026-11-20T21:56:02.510Z"));
        assertThat(call.message().getPartial().getFirstTokenAtNanos()).isEqualTo(nanos("2026-11-20T21:56:02.509Z"));
        assertThat(call.message().getReportedCostUsd()).isEqualTo("0.00005");
        assertThat(call.message().getPromptName()).isEqualTo("weather-prompt");
        assertThat(call.message().getPromptVersion()).isEqualTo("3");
        assertThat(call.body().getInput())
                .isEqualTo("[{\"role\":\"system\",\"content\":\"be nice\"},"
                        + "{\"role\":\"user\",\"content\":\"weather in Berlin?\"}]");
        assertThat(call.body().getOutput()).startsWith("{\"role\":\"assistant\",\"content\":null,\"tool_calls\":");
        assertThat(call.attributes())
                .containsEntry(
                        "langfuse.observation.model.parameters",
                        "{\"temperature\":0.2,\"max_tokens\":256,\"stop\":[\"\\n\"]}")
                .containsEntry("langfuse.observation.type", "generation");
    }

    @Test
    void whatElseWasSaid() {
        assertThat(span(AGENT).body().getInput()).isEqualTo("{\"step\":1}");
        assertThat(span(AGENT).body().getOutput()).isEqualTo("done");
        assertThat(span(AGENT).attributes()).containsEntry("langfuse.observation.metadata.k", "v");
        Whole failed = span("df5af8da430c489bab47ea048236900b");
        assertThat(failed.body().getStatusMessage()).isEqualTo("boom: timeout");
        assertThat(failed.body().getLevel()).isEqualTo("ERROR");
        assertThat(failed.body().getOutput()).isEmpty();
        Whole event = span("2d785e46388d4241a11fc0eda8538958");
        assertThat(event.body().getLevel()).isEqualTo("WARNING");
        assertThat(event.message().getEndNanos())
                .isEqualTo(event.message().getStartNanos())
                .isEqualTo(nanos("2026-11-20T21:56:02.511Z"));
    }

    @Test
    void theTraceIsToldOfByItself() {
        Whole trace = span("");
        SpanMessage message = trace.message();
        assertThat(message.getName()).isEqualTo("chat-request");
        assertThat(message.getUserId()).isEqualTo("user-42");
        assertThat(message.getSessionId()).isEqualTo("sess-7");
        assertThat(message.getTagsList()).containsExactly("prod", "beta");
        assertThat(message.getEnvironment()).isEqualTo("staging");
        assertThat(message.getRelease()).isEqualTo("rel-1.2.3");
        assertThat(message.getStartNanos()).isEqualTo(nanos("2026-11-20T21:56:02.486Z"));
        assertThat(message.getEndNanos()).isZero();
        assertThat(message.hasUsage()).isFalse();
        assertThat(trace.body().getInput()).isEqualTo("{\"q\":\"weather in Berlin?\"}");
        assertThat(trace.body().getOutput()).isEqualTo("{\"a\":\"It is 18°C\"}");
        assertThat(trace.attributes())
                .isEqualTo(Map.of("langfuse.trace.metadata.tenant", "acme", "langfuse.version", "v9"));
    }

    @Test
    void scoresAreKeptWithTheTrace() {
        List<Event> scores = span("").body().getEventsList();
        assertThat(scores).extracting(Event::getName).containsExactly("score", "score");
        Map<String, Map<String, AnyValue>> byName = new TreeMap<>();
        for (Event score : scores) {
            Map<String, AnyValue> members = new TreeMap<>();
            for (KeyValue member : score.getAttributesList()) {
                members.put(member.getKey(), member.getValue());
            }
            assertThat(score.getTimeUnixNano()).isEqualTo(nanos("2026-11-20T21:56:02.518Z"));
            byName.put(members.get("name").getStringValue(), members);
        }
        assertThat(byName.get("helpfulness").get("value").getDoubleValue()).isEqualTo(0.9);
        assertThat(byName.get("helpfulness").get("comment").getStringValue()).isEqualTo("good");
        assertThat(byName.get("helpfulness")).doesNotContainKeys("observationId", "traceId");
        assertThat(byName.get("tone").get("value").getStringValue()).isEqualTo("polite");
        assertThat(byName.get("tone").get("dataType").getStringValue()).isEqualTo("CATEGORICAL");
        assertThat(byName.get("tone").get("observationId").getStringValue())
                .isEqualTo("03635c8f-a0a2-4116-8485-3fda8b0b4d33");
    }

    /** Of version 5, whose spans come over OTLP. */
    @Test
    void aScoreOfANewerSdkIsKeptToo() {
        SpanMessage message =
                new DecodedRequest(decode("langfuse-v5/002.bin")).only().message();
        assertThat(Batch.hex(message.getTraceId())).isEqualTo("0123456789abcdef0123456789abcdef");
        assertThat(message.getSpanId()).isEqualTo(ByteString.EMPTY);
        assertThat(Batch.hex(message.getPartial().getId())).isEqualTo("3161be15f9104fa39f1f59797494adfa");
        assertThat(message.getKind()).isZero();
        assertThat(message.getStartNanos()).isZero();
    }

    @Test
    void everyEventIsAnsweredInItsOrder() {
        assertThat(new String(decode("langfuse-v3/002.bin").receipt(), StandardCharsets.UTF_8))
                .isEqualTo("{\"successes\":[{\"id\":\"341db5cf-1c71-4d7b-ba07-fc0491c88e28\",\"status\":201},"
                        + "{\"id\":\"12161136-4722-4583-ab94-88e7a08245d5\",\"status\":201},"
                        + "{\"id\":\"5a69e1b5-8613-4f48-908b-4ed5e65e991a\",\"status\":201}],\"errors\":[]}");
    }

    /** Every message says when, and by which id, so that those that come later can be put in order again. */
    @Test
    void theOrderOfArrivalDoesNotMatter() {
        List<String> events = new ArrayList<>();
        for (String path : List.of("langfuse-v3/001.bin", "langfuse-v3/002.bin")) {
            new JsonObject(Buffer.buffer(Capture.bytes(path)))
                    .getJsonArray("batch")
                    .forEach(event -> events.add(event.toString()));
        }
        Map<String, Object> expected = fields(events);
        Random random = new Random(7);
        for (int round = 0; round < 20; round++) {
            Collections.shuffle(events, random);
            assertThat(fields(events)).isEqualTo(expected);
        }
    }

    private static Map<String, Object> fields(List<String> events) {
        byte[] body = ("{\"batch\":[" + String.join(",", events) + "]}").getBytes(StandardCharsets.UTF_8);
        Map<String, Object> fields = new TreeMap<>();
        Batch.fold(Stream.of(Batch.decode(DecodedRequest.CONTEXT, body)))
                .forEach((id, whole) -> fields.put(id, List.of(whole.message(), whole.attributes())));
        return fields;
    }

    private Whole span(String id) {
        Whole found = recorded.get(TRACE + "/" + id);
        assertThat(found).as(id).isNotNull();
        return found;
    }

    private static long nanos(String instant) {
        Instant time = Instant.parse(instant);
        return time.getEpochSecond() * 1_000_000_000L + time.getNano();
    }
}
