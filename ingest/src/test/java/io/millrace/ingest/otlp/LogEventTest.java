package io.millrace.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.ingest.Trials;
import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.privacy.Masking.Attributes;
import io.millrace.ingest.span.BodySampling;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.RequestSpans;
import io.millrace.ingest.span.SpanLimits;
import io.millrace.ingest.span.WordMasking;
import io.millrace.schema.span.PartialOrder;
import io.millrace.schema.wire.Event;
import io.millrace.schema.wire.SpanBody;
import io.millrace.schema.wire.SpanMessage;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of log records that say something of a span. */
class LogEventTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final long NOON = 1_795_176_000_000_000_000L;

    private static final String ASKED = "[{\"role\":\"user\",\"content\":\"weather in Berlin?\"}]";
    private static final String TOLD = "[{\"role\":\"system\",\"content\":\"be nice\"}]";
    private static final String CALL = "\"tool_calls\":[{\"id\":\"call_abc123\",\"type\":\"function\",\"function\":"
            + "{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Berlin\\\"}\"}}]}]";
    private static final String ANSWER =
            "[{\"role\":\"assistant\",\"finish_reason\":\"stop\",\"index\":0,\"content\":\"It is 18°C and sunny.\"}]";

    /** Recorded from an instrumentation that puts prompts and answers into logs, and nowhere else. */
    @ParameterizedTest
    @EnumSource(OtlpEncoding.class)
    void whatARecordedProgramAskedAndWasAnsweredIsKeptWithItsSpans(OtlpEncoding encoding) {
        String file = encoding == OtlpEncoding.PROTOBUF ? "otel-genai/002.bin" : "otel-genai/002.json";
        DecodedRequest request = decode(Capture.bytes(file), encoding);

        assertThat(request.request().ignoredByReason()).isEmpty();
        assertThat(request.spans()).allSatisfy(note -> {
            assertThat(note.traceId()).isEqualTo("10229ea24df8056eeb0c956d831b464b");
            assertThat(note.message().getPartial().getNote()).isTrue();
            assertThat(saysOfItsSpan(note)).isEqualTo(SpanMessage.getDefaultInstance());
        });
        Map<String, List<SpanBody>> said = bySpan(request);
        assertThat(said)
                .containsOnlyKeys("894ba9c25c62b4ac", "8f5736cbff927d8c", "73f05b499b9f8981", "3e427d13ca9849b1");
        assertThat(said.get("894ba9c25c62b4ac"))
                .containsExactly(
                        asked(TOLD),
                        asked(ASKED),
                        answered("[{\"role\":\"assistant\",\"finish_reason\":\"tool_calls\",\"index\":0," + CALL));
        assertThat(said.get("8f5736cbff927d8c"))
                .containsExactly(
                        asked(TOLD),
                        asked(ASKED),
                        asked("[{\"role\":\"assistant\"," + CALL),
                        asked("[{\"role\":\"tool\",\"id\":\"call_abc123\",\"content\":\"{\\\"temp\\\":18}\"}]"),
                        answered(ANSWER));
        assertThat(said.get("73f05b499b9f8981")).containsExactly(asked(TOLD), asked(ASKED), answered(ANSWER));
        assertThat(said.get("3e427d13ca9849b1")).containsExactly(asked("[{\"role\":\"user\",\"content\":\"FAIL\"}]"));
    }

    @Test
    void ofAllDetailsOnlyWhatWentInAndOutIsKept() {
        AnyValue question = map("role", text("user"), "parts", list(map("type", text("text"), "n", integer(7))));
        Span note = only(event("gen_ai.client.inference.operation.details")
                .addAttributes(attribute("gen_ai.request.model", text("gpt-4o")))
                .addAttributes(attribute("gen_ai.usage.input_tokens", integer(120)))
                .addAttributes(attribute("gen_ai.input.messages", list(question)))
                .addAttributes(attribute("gen_ai.output.messages", text("[{\"role\":\"assistant\"}]")))
                .addAttributes(attribute("gen_ai.system_instructions", list(text("be nice")))));

        assertThat(saysOfItsSpan(note)).isEqualTo(SpanMessage.getDefaultInstance());
        assertThat(note.body().getInput()).isEqualTo("[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"n\":7}]}]");
        assertThat(note.body().getOutput()).isEqualTo("[{\"role\":\"assistant\"}]");
        assertThat(note.attributes()).containsOnlyKeys("gen_ai.system_instructions");
    }

    @Test
    void detailsMayStandInTheBody() {
        Span note = only(event("gen_ai.client.inference.operation.details")
                .setBody(map(
                        "gen_ai.input.messages", text("[1]"),
                        "gen_ai.output.messages", list(text("a")),
                        "gen_ai.tool.definitions", text("[]"))));

        assertThat(note.body().getInput()).isEqualTo("[1]");
        assertThat(note.body().getOutput()).isEqualTo("[\"a\"]");
        assertThat(note.attributes()).containsOnlyKeys("gen_ai.tool.definitions");
    }

    @Test
    void theEarliestFormIsUnderstood() {
        assertThat(only(event("gen_ai.content.prompt").addAttributes(attribute("gen_ai.prompt", text("why?"))))
                        .body()
                        .getInput())
                .isEqualTo("why?");
        assertThat(only(event("gen_ai.content.completion")
                                .addAttributes(attribute("gen_ai.completion", text("because"))))
                        .body()
                        .getOutput())
                .isEqualTo("because");
    }

    @Test
    void anEvaluationIsAScoreOfItsSpan() {
        Span note = only(event("gen_ai.evaluation.result")
                .addAttributes(attribute("event.name", text("gen_ai.evaluation.result")))
                .addAttributes(attribute("gen_ai.evaluation.name", text("relevance")))
                .addAttributes(attribute("gen_ai.evaluation.score.value", decimal(0.75)))
                .addAttributes(attribute("gen_ai.evaluation.score.label", text("relevant")))
                .addAttributes(attribute("gen_ai.evaluation.explanation", text("it answers")))
                .addAttributes(attribute("gen_ai.response.id", text("r1")))
                .addAttributes(attribute("nan", decimal(Double.NaN))));

        assertThat(note.body().getEventsList()).hasSize(1);
        Event score = note.body().getEvents(0);
        assertThat(score.getName()).isEqualTo("score");
        assertThat(score.getTimeUnixNano()).isEqualTo(NOON);
        Map<String, String> members = new HashMap<>();
        score.getAttributesList()
                .forEach(member -> members.put(
                        member.getKey(),
                        member.getValue().hasDoubleValue()
                                ? Double.toString(member.getValue().getDoubleValue())
                                : member.getValue().getStringValue()));
        assertThat(members)
                .isEqualTo(Map.of(
                        "name", "relevance",
                        "value", "0.75",
                        "label", "relevant",
                        "comment", "it answers",
                        "gen_ai.response.id", "r1"));
        assertThat(note.body().toBuilder().clearEvents().build()).isEqualTo(SpanBody.getDefaultInstance());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hello | [{\"role\":\"user\",\"content\":\"hello\"}]",
                "{\"content\":\"hi\"} | [{\"role\":\"user\",\"content\":\"hi\"}]",
                "{\"role\":\"developer\",\"content\":1} | [{\"role\":\"developer\",\"content\":1}]",
                "{} | [{\"role\":\"user\"}]",
                "{\"a\":1} x | [{\"role\":\"user\",\"content\":\"{\\\"a\\\":1} x\"}]",
                "{\"a\": | [{\"role\":\"user\",\"content\":\"{\\\"a\\\":\"}]",
                "[1] | [{\"role\":\"user\",\"content\":\"[1]\"}]",
            })
    void aBodyOfTextIsAMessageOrWhatWasSaid(String body, String input) {
        assertThat(only(event("gen_ai.user.message").setBody(text(body))).body().getInput())
                .isEqualTo(input);
    }

    @Test
    void aBodyThatIsAMapSaysWhoseMessageItIsOrNot() {
        assertThat(only(event("gen_ai.user.message").setBody(map("content", text("a\nb"), "role", text("developer"))))
                        .body()
                        .getInput())
                .isEqualTo("[{\"role\":\"developer\",\"content\":\"a\\nb\"}]");
        assertThat(only(event("gen_ai.choice")
                                .setBody(map(
                                        "index",
                                        integer(1),
                                        "message",
                                        map("role", text("bot"), "content", text("b")))))
                        .body()
                        .getOutput())
                .isEqualTo("[{\"role\":\"bot\",\"index\":1,\"content\":\"b\"}]");
        assertThat(only(event("gen_ai.tool.message").setBody(list(integer(1), decimal(0.5))))
                        .body()
                        .getInput())
                .isEqualTo("[{\"role\":\"tool\",\"content\":[1,0.5]}]");
    }

    /** Instrumentations that were told to keep contents to themselves send events all the same. */
    @Test
    void anEventWithoutAMessageSaysNothing() {
        List<LogRecord.Builder> silent = List.of(
                event("gen_ai.user.message"),
                event("gen_ai.user.message").setBody(map()),
                event("gen_ai.user.message").setBody(text(" ")),
                event("gen_ai.user.message").setBody(map("role", text("user"))),
                event("gen_ai.client.inference.operation.details"));
        DecodedRequest request = decode(request(silent.toArray(LogRecord.Builder[]::new)), OtlpEncoding.PROTOBUF);

        assertThat(request.spans())
                .hasSize(5)
                .allSatisfy(note -> assertThat(note.body()).isEqualTo(SpanBody.getDefaultInstance()));
    }

    @Test
    void messagesOfOneTimeStandInTheOrderInWhichTheyWereSent() {
        LogRecord.Builder other = event("gen_ai.user.message").setSpanId(bytes("00000000000000ff"));
        List<LogRecord.Builder> sent = new ArrayList<>();
        List<SpanBody> expected = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String content = Integer.toString(i % 3);
            sent.add(event("gen_ai.user.message").setBody(map("content", text(content))));
            sent.add(other.clone().setBody(map("content", text("other"))));
            expected.add(asked("[{\"role\":\"user\",\"content\":\"" + content + "\"}]"));
        }
        sent.add(event("gen_ai.user.message").setTimeUnixNano(NOON - 1).setBody(map("content", text("first"))));
        expected.add(0, asked("[{\"role\":\"user\",\"content\":\"first\"}]"));
        byte[] body = request(sent.toArray(LogRecord.Builder[]::new));

        assertThat(bySpan(decode(body, OtlpEncoding.PROTOBUF)).get(SPAN)).isEqualTo(expected);
        assertThat(decode(body, OtlpEncoding.PROTOBUF).spans())
                .extracting(note -> List.of(
                        note.spanId(),
                        note.message().getPartial().getId(),
                        note.message().getContentHash()))
                .doesNotHaveDuplicates();
    }

    @Test
    void sentAgainTheyAreTheSame() {
        byte[] body = Capture.bytes("otel-genai/002.bin");
        List<SpanMessage> once = messages(decode(body, OtlpEncoding.PROTOBUF));

        assertThat(messages(decode(body, OtlpEncoding.PROTOBUF))).isEqualTo(once);
    }

    @Test
    void theTimeIsWhenItHappenedElseWhenItWasSeen() {
        LogRecord.Builder seen =
                event("gen_ai.user.message").clearTimeUnixNano().setObservedTimeUnixNano(5);

        assertThat(only(seen).message().getPartial().getAtNanos()).isEqualTo(5);
        assertThat(only(seen.setTimeUnixNano(3)).message().getPartial().getAtNanos())
                .isEqualTo(3);
        assertThat(only(event("x").setEventName("").addAttributes(attribute("event.name", text("gen_ai.user.message"))))
                        .message()
                        .getPartial()
                        .getAtNanos())
                .isEqualTo(NOON);
    }

    @Test
    void whatNamesNoSpanIsNotJoined() {
        String known = "gen_ai.choice";
        RequestSpans request = decode(
                        request(
                                event(known).clearSpanId(),
                                event(known).clearTraceId(),
                                event(known).setSpanId(bytes("0000000000000000")),
                                event(known).setTraceId(bytes("0af7651916cd43dd")),
                                event(known).setSpanId(bytes("b7ad6b71")),
                                event("gen_ai.tool.started"),
                                event("exception"),
                                event(known)),
                        OtlpEncoding.PROTOBUF)
                .request();

        assertThat(request.accepted()).isOne();
        assertThat(request.ignoredByReason()).isEqualTo(Map.of("logs_not_joined", 6, "not_a_span", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"zz\"", "\"0\"", "\"0a\"", "\"\"", "[{}]", "7", "null"})
    void anIdInJsonThatIsNoneIsNone(String id) {
        DecodedRequest request = decode(
                ("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[{\"eventName\":\"gen_ai.choice\",\"traceId\":"
                                + id + ",\"spanId\":\"" + SPAN + "\"},{\"traceId\":" + id + "}]}]}]}")
                        .getBytes(StandardCharsets.UTF_8),
                OtlpEncoding.JSON);

        assertThat(request.spans()).isEmpty();
        assertThat(request.request().ignoredByReason()).isEqualTo(Map.of("logs_not_joined", 1, "not_a_span", 1));
    }

    @Test
    void oneThatCannotBeTakenIsRefusedAndItsNeighboursAreKept() throws Exception {
        AnyValue deep = text("x");
        for (int i = 0; i < 40; i++) {
            deep = list(deep);
        }
        RequestSpans request = decode(
                        request(
                                event("gen_ai.user.message").setBody(text("a")),
                                event("gen_ai.user.message").setBody(map("content", deep)),
                                event("gen_ai.choice").setBody(text("b"))),
                        OtlpEncoding.PROTOBUF)
                .request();

        assertThat(request.accepted()).isEqualTo(2);
        assertThat(request.refusedByReason()).isEqualTo(Map.of(RefusalReason.TOO_DEEP, 1));
        var answer = ExportLogsServiceResponse.parseFrom(OtlpEncoding.PROTOBUF.answerToLogs(request))
                .getPartialSuccess();
        assertThat(answer.getRejectedLogRecords()).isOne();
        assertThat(answer.getErrorMessage())
                .isEqualTo("1 of 3 log records refused: 1 too_deep; log record 1 (" + TRACE + "/" + SPAN
                        + ") too_deep: values are nested too deep");
        assertThat(new String(OtlpEncoding.JSON.answerToLogs(request), StandardCharsets.UTF_8))
                .startsWith("{\"partialSuccess\":{\"rejectedLogRecords\":\"1\",\"errorMessage\":\"1 of 3");
    }

    @Test
    void inJsonWhatIsOfAnotherShapeIsRefusedAndItsNeighboursAreKept() {
        String head =
                "{\"eventName\":\"gen_ai.user.message\",\"traceId\":\"%s\",\"spanId\":\"%s\",".formatted(TRACE, SPAN);
        DecodedRequest request = decode(
                ("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":["
                                + head + "\"body\":{\"stringValue\":\"a\"}},"
                                + head + "\"body\":{\"stringValue\":{\"x\":[1]}},\"more\":{}},"
                                + head + "\"attributes\":[{\"key\":\"a\",\"value\":7}]},"
                                + "{\"attributes\":7,\"eventName\":\"gen_ai.user.message\"},"
                                + head + "\"body\":{\"stringValue\":\"b\"}}]}]}]}")
                        .getBytes(StandardCharsets.UTF_8),
                OtlpEncoding.JSON);

        assertThat(request.spans()).hasSize(2);
        assertThat(request.request().refusedByReason()).isEqualTo(Map.of(RefusalReason.MALFORMED, 2));
        assertThat(request.request().ignoredByReason()).isEqualTo(Map.of("logs_not_joined", 1));
    }

    /** Exporters put the ids last. */
    @Test
    void inJsonWhatIsOfAnotherShapeIsRefusedWhereverTheIdsStand() {
        String tail = "\"eventName\":\"gen_ai.choice\",\"traceId\":\"%s\",\"spanId\":\"%s\"}".formatted(TRACE, SPAN);
        DecodedRequest request = decode(
                ("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":["
                                + "{\"body\":{\"kvlistValue\":{\"values\":[{\"key\":[[{}]]}]},\"more\":{}}," + tail
                                + ",{\"attributes\":{\"a\":[{}]},\"timeUnixNano\":[\"7\"]," + tail
                                + ",{\"timeUnixNano\":\"soon\"," + tail
                                + ",{\"body\":{\"stringValue\":\"b\"}," + tail
                                + "]}]}]}")
                        .getBytes(StandardCharsets.UTF_8),
                OtlpEncoding.JSON);

        assertThat(request.only().body()).isEqualTo(answered("[{\"role\":\"assistant\",\"content\":\"b\"}]"));
        assertThat(request.request().refusedByReason()).isEqualTo(Map.of(RefusalReason.MALFORMED, 3));
        assertThat(request.request().refusals())
                .allSatisfy(refusal -> assertThat(refusal.spanId()).isEqualTo(SPAN));
        assertThat(request.request().ignoredByReason()).isEmpty();
    }

    @Test
    void aLongMessageIsCutAndSaysSo() {
        Span note = only(event("gen_ai.user.message").setBody(text("x".repeat(3 << 20))));

        assertThat(note.body().getInput()).hasSizeBetween(1 << 19, 1 << 20);
        assertThat(note.attributes()).containsOnlyKeys("millrace.truncated.input");
    }

    /** It would be cut in any case, and is not taken apart first. */
    @Test
    void aTextThatIsTooLongToBeAMessageIsWhatWasSaid() {
        Span note = only(event("gen_ai.user.message").setBody(text("{\"content\":\"" + "x".repeat(3 << 20) + "\"}")));

        assertThat(note.body().getInput()).startsWith("[{\"role\":\"user\",\"content\":\"{\\\"content\\\":\\\"x");
        assertThat(note.attributes()).containsOnlyKeys("millrace.truncated.input");
    }

    /** They say no error, for which they could be kept. */
    @Test
    void ofATraceOutOfTheSampleMessagesAreNotKeptAndEvaluationsAre() throws MalformedEnvelope {
        byte[] body = request(
                event("gen_ai.user.message").setBody(map("content", text("said"))),
                event("gen_ai.client.inference.operation.details")
                        .addAttributes(attribute("gen_ai.output.messages", text("said")))
                        .addAttributes(attribute("gen_ai.system_instructions", text("said"))),
                event("gen_ai.evaluation.result")
                        .addAttributes(attribute("gen_ai.evaluation.name", text("relevance"))));
        RequestContext context = DecodedRequest.context(SpanLimits.DEFAULT, Masking.NONE, new BodySampling(0, true));

        List<Span> notes =
                new DecodedRequest(LogRecords.decode(OtlpEncoding.PROTOBUF, body, body.length, context)).spans();

        assertThat(notes).hasSize(3);
        for (Span note : notes.subList(0, 2)) {
            assertThat(note.body()).isEqualTo(SpanBody.getDefaultInstance());
            assertThat(note.marks()).contains("sampled_out");
            assertThat(note.message().getPartial().getNote()).isTrue();
        }
        assertThat(notes.get(2).body().getEventsList()).hasSize(1);
        assertThat(notes.get(2).marks()).doesNotContain("sampled_out");
    }

    @Test
    void textsAreMaskedAndWhatIsDeniedIsLeftOut() throws MalformedEnvelope {
        Masking masking = new WordMasking(Map.of(
                "gen_ai.system.message", Attributes.DENIED,
                "gen_ai.output.messages", Attributes.DENIED,
                "gen_ai.evaluation.explanation", Attributes.DENIED,
                "gen_ai.tool.message", Attributes.ALLOWED));
        AnyValue said = map("content", text("said hunter2"));
        byte[] body = request(
                event("gen_ai.user.message").setBody(said),
                event("gen_ai.system.message").setBody(said),
                event("gen_ai.tool.message").setBody(said),
                event("gen_ai.client.inference.operation.details")
                        .addAttributes(attribute("gen_ai.input.messages", list(text("hunter2"))))
                        .addAttributes(attribute("gen_ai.output.messages", text("hunter2"))),
                event("gen_ai.evaluation.result")
                        .addAttributes(attribute("gen_ai.evaluation.name", text("of hunter2")))
                        .addAttributes(attribute("gen_ai.evaluation.explanation", text("hunter2"))));
        RequestContext context = DecodedRequest.context(SpanLimits.DEFAULT, masking);
        List<Span> notes =
                new DecodedRequest(LogRecords.decode(OtlpEncoding.PROTOBUF, body, body.length, context)).spans();

        assertThat(notes.get(0).body()).isEqualTo(asked("[{\"role\":\"user\",\"content\":\"said ***\"}]"));
        assertThat(notes.get(1).body()).isEqualTo(SpanBody.getDefaultInstance());
        assertThat(notes.get(2).body().getInput()).contains("said hunter2");
        assertThat(notes.get(3).body()).isEqualTo(asked("[\"***\"]"));
        Event score = notes.get(4).body().getEvents(0);
        assertThat(score.getAttributesList())
                .extracting(member -> member.getValue().getStringValue())
                .containsExactly("of ***");
    }

    @Test
    void bothEncodingsMeanTheSame() {
        Trials.run(300, random -> {
            LogRecord.Builder[] records = new LogRecord.Builder[1 + random.nextInt(4)];
            Arrays.setAll(records, i -> anything(random));
            ExportLogsServiceRequest request = message(records);
            DecodedRequest protobuf = decode(request.toByteArray(), OtlpEncoding.PROTOBUF);
            DecodedRequest json =
                    decode(OtlpJsonPrinter.print(request).getBytes(StandardCharsets.UTF_8), OtlpEncoding.JSON);

            assertThat(json.request().ignoredByReason())
                    .isEqualTo(protobuf.request().ignoredByReason());
            assertThat(json.spans().stream().map(Span::body).toList())
                    .isEqualTo(protobuf.spans().stream().map(Span::body).toList());
            assertThat(json.spans().stream()
                            .map(note -> note.message().getPartial().getAtNanos())
                            .toList())
                    .isEqualTo(protobuf.spans().stream()
                            .map(note -> note.message().getPartial().getAtNanos())
                            .toList());
        });
    }

    private static LogRecord.Builder anything(Random random) {
        String name = Trials.oneOf(
                random,
                "gen_ai.user.message",
                "gen_ai.choice",
                "gen_ai.evaluation.result",
                "gen_ai.client.inference.operation.details",
                "gen_ai.other",
                "other");
        LogRecord.Builder record =
                event(name).setTimeUnixNano(random.nextInt(3)).setObservedTimeUnixNano(7);
        if (random.nextInt(5) == 0) {
            record.clearSpanId();
        }
        if (random.nextInt(4) > 0) {
            record.setBody(value(random, 0));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            String key = Trials.oneOf(
                    random, "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.evaluation.name", "more");
            record.addAttributes(attribute(key, value(random, 0)));
        }
        return record;
    }

    private static AnyValue value(Random random, int depth) {
        return switch (random.nextInt(depth > 2 ? 4 : 6)) {
            case 0 ->
                text(Trials.oneOf(random, "", "plain", "{\"role\":\"x\"}", "{\"a\":[1]}", "ü \"\n\u0001", "[{}]"));
            case 1 -> integer(random.nextInt(5));
            case 2 -> decimal(random.nextInt(5) / 2.0);
            case 3 -> AnyValue.newBuilder().setBoolValue(random.nextBoolean()).build();
            case 4 -> list(value(random, depth + 1), value(random, depth + 1));
            default ->
                map(
                        Trials.oneOf(random, "content", "role", "message", "index"),
                        value(random, depth + 1),
                        "more",
                        value(random, depth + 1));
        };
    }

    // -- reading

    private static DecodedRequest decode(byte[] body, OtlpEncoding encoding) {
        try {
            return new DecodedRequest(LogRecords.decode(encoding, body, body.length, DecodedRequest.CONTEXT));
        } catch (MalformedEnvelope malformed) {
            throw new AssertionError("a body that should be read", malformed);
        }
    }

    private static Span only(LogRecord.Builder record) {
        return decode(request(record), OtlpEncoding.PROTOBUF).only();
    }

    private static List<SpanMessage> messages(DecodedRequest request) {
        return request.spans().stream().map(Span::message).toList();
    }

    private static SpanMessage saysOfItsSpan(Span note) {
        return note.message().toBuilder()
                .clearTraceId()
                .clearSpanId()
                .clearPartial()
                .clearContentHash()
                .clearBody()
                .build();
    }

    /** In the order in which notes are read. */
    private static Map<String, List<SpanBody>> bySpan(DecodedRequest request) {
        Map<String, List<SpanBody>> said = new HashMap<>();
        request.spans().stream()
                .sorted((one, other) -> PartialOrder.compare(
                        one.message().getPartial(),
                        one.message().getContentHash(),
                        other.message().getPartial(),
                        other.message().getContentHash()))
                .forEach(note -> said.computeIfAbsent(note.spanId(), absent -> new ArrayList<>())
                        .add(note.body()));
        return said;
    }

    private static SpanBody asked(String input) {
        return SpanBody.newBuilder().setInput(input).build();
    }

    private static SpanBody answered(String output) {
        return SpanBody.newBuilder().setOutput(output).build();
    }

    // -- writing

    private static LogRecord.Builder event(String name) {
        return LogRecord.newBuilder()
                .setEventName(name)
                .setTimeUnixNano(NOON)
                .setTraceId(bytes(TRACE))
                .setSpanId(bytes(SPAN));
    }

    private static byte[] request(LogRecord.Builder... records) {
        return message(records).toByteArray();
    }

    private static ExportLogsServiceRequest message(LogRecord.Builder... records) {
        ScopeLogs.Builder scope = ScopeLogs.newBuilder();
        for (LogRecord.Builder record : records) {
            scope.addLogRecords(record);
        }
        return ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder().addScopeLogs(scope))
                .build();
    }

    private static ByteString bytes(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    private static KeyValue attribute(String key, AnyValue value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    private static AnyValue text(String value) {
        return AnyValue.newBuilder().setStringValue(value).build();
    }

    private static AnyValue integer(long value) {
        return AnyValue.newBuilder().setIntValue(value).build();
    }

    private static AnyValue decimal(double value) {
        return AnyValue.newBuilder().setDoubleValue(value).build();
    }

    private static AnyValue list(AnyValue... values) {
        return AnyValue.newBuilder()
                .setArrayValue(ArrayValue.newBuilder().addAllValues(List.of(values)))
                .build();
    }

    /** Keys and values by turns. */
    private static AnyValue map(Object... members) {
        KeyValueList.Builder map = KeyValueList.newBuilder();
        for (int i = 0; i < members.length; i += 2) {
            map.addValues(attribute((String) members[i], (AnyValue) members[i + 1]));
        }
        return AnyValue.newBuilder().setKvlistValue(map).build();
    }
}
