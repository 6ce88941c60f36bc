package io.millrace.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.privacy.Masking.Attributes;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.SpanLimits;
import io.millrace.ingest.span.WordMasking;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span.Event;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the events of a span that are each one message of its conversation. */
final class SpanMessagesTest {
    private static final String CALLS = "[{\"id\":\"call_1\",\"type\":\"function\","
            + "\"function\":{\"name\":\"get_weather\",\"arguments\":\"{\\\"city\\\":\\\"Berlin\\\"}\"}}]";

    private static final Event[] CONVERSATION = {
        event("gen_ai.system.message", "gen_ai.system", "openai", "content", "be nice"),
        event("gen_ai.user.message", "gen_ai.system", "openai", "content", "weather in \"Berlin\"?"),
        event("gen_ai.assistant.message", "gen_ai.system", "openai", "tool_calls", CALLS),
        event("gen_ai.tool.message", "id", "call_1", "content", "{\"temp\":18}"),
        event("gen_ai.choice", "finish_reason", "stop", "message", "{\"role\":\"assistant\",\"content\":\"18°C\"}")
                .toBuilder()
                .addAttributes(
                        0,
                        KeyValue.newBuilder()
                                .setKey("index")
                                .setValue(AnyValue.newBuilder().setIntValue(0)))
                .build()
    };

    @ParameterizedTest
    @EnumSource(OtlpEncoding.class)
    void messagesOfAConversationAreInputAndOutputInTheirOrder(OtlpEncoding encoding) throws MalformedEnvelope {
        ExportTraceServiceRequest request = request(CONVERSATION);
        byte[] body = encoding == OtlpEncoding.PROTOBUF
                ? request.toByteArray()
                : OtlpJsonPrinter.print(request).getBytes(StandardCharsets.UTF_8);

        Span span = decode(encoding, body, Masking.NONE);

        assertThat(span.body().getInput())
                .isEqualTo("[{\"role\":\"system\",\"content\":\"be nice\"},"
                        + "{\"role\":\"user\",\"content\":\"weather in \\\"Berlin\\\"?\"},"
                        + "{\"role\":\"assistant\",\"tool_calls\":" + CALLS + "},"
                        + "{\"role\":\"tool\",\"id\":\"call_1\",\"content\":\"{\\\"temp\\\":18}\"}]");
        assertThat(span.body().getOutput())
                .isEqualTo("[{\"role\":\"assistant\",\"index\":0,\"finish_reason\":\"stop\",\"content\":\"18°C\"}]");
        assertThat(span.body().getEventsCount()).isEqualTo(5);
        assertThat(span.marks()).isEmpty();
    }

    @Test
    void whatTheSpanSaysItselfWins() throws MalformedEnvelope {
        ExportTraceServiceRequest.Builder request = request(CONVERSATION).toBuilder();
        request.getResourceSpansBuilder(0)
                .getScopeSpansBuilder(0)
                .getSpansBuilder(0)
                .addAttributes(text("gen_ai.input.messages", "[\"said\"]"));

        Span span = decode(OtlpEncoding.PROTOBUF, request.build().toByteArray(), Masking.NONE);

        assertThat(span.body().getInput()).isEqualTo("[\"said\"]");
        assertThat(span.body().getOutput()).contains("18°C");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // Whose it is, said by the message itself.
                "role|developer|content|hi|[{\"role\":\"developer\",\"content\":\"hi\"}]",
                // What is a text is what was said.
                "message|hi|index|x|[{\"role\":\"user\",\"content\":\"hi\",\"index\":\"x\"}]",
                "message|[{\"text\":\"hi\"}]|index|x|[{\"role\":\"user\",\"content\":\"[{\\\"text\\\":\\\"hi\\\"}]\",\"index\":\"x\"}]",
                "message|{\"content\":\"h|index|x|[{\"role\":\"user\",\"content\":\"{\\\"content\\\":\\\"h\",\"index\":\"x\"}]",
                "tool_calls|[{|id|1|[{\"role\":\"user\",\"tool_calls\":\"[{\",\"id\":\"1\"}]",
                // Of several models' libraries: all of it in one text.
                "gen_ai.system|az|gen_ai.event.content|{\"content\":\"hi\"}|[{\"role\":\"user\",\"content\":\"hi\"}]",
                "gen_ai.event.content|{\"role\":\"tool\",\"content\":\"hi\"}|id|1|[{\"role\":\"tool\",\"content\":\"hi\"}]",
                "gen_ai.event.content|hi|id|1|[{\"role\":\"user\",\"content\":\"hi\"}]",
                // Libraries that keep contents to themselves.
                "gen_ai.system|openai|event.name|gen_ai.user.message|``",
                "role|user|gen_ai.system|openai|``"
            })
    void oneMessage(String key, String value, String otherKey, String otherValue, String input)
            throws MalformedEnvelope {
        Event event = event("gen_ai.user.message", key, value, otherKey, otherValue);

        assertThat(decode(OtlpEncoding.PROTOBUF, request(event).toByteArray(), Masking.NONE)
                        .body()
                        .getInput())
                .isEqualTo(input);
    }

    /** A double has no room for some of them, and none for how they are written. */
    @Test
    void numbersOfAMessageStayAsTheyAreWritten() throws MalformedEnvelope {
        String numbers = "\"a\":12345678901234567.89,\"b\":1.10,\"c\":1e400,\"d\":[-0.0,{\"e\":1E+2}],"
                + "\"f\":123456789012345678901234567890";
        Event event = event("gen_ai.choice", "message", "{\"role\":\"assistant\"," + numbers + "}");

        Span span = decode(OtlpEncoding.PROTOBUF, request(event).toByteArray(), Masking.NONE);

        assertThat(span.body().getOutput()).isEqualTo("[{\"role\":\"assistant\"," + numbers + "}]");
    }

    /** They are cut in any case, and then no JSON. */
    @ParameterizedTest
    @ValueSource(strings = {"message", "gen_ai.event.content"})
    void aLongMessageIsCut(String key) throws MalformedEnvelope {
        String said = "{\"role\":\"tool\",\"content\":\"" + "x".repeat(2_000_000) + "\"}";

        Span span = decode(
                OtlpEncoding.PROTOBUF,
                request(event("gen_ai.user.message", key, said)).toByteArray(),
                Masking.NONE);

        assertThat(span.body().getInput())
                .startsWith("[{\"role\":\"user\",\"content\":\"{\\\"role\\\":\\\"tool\\\"")
                .hasSize(1 << 20);
        assertThat(span.attribute("millrace.truncated.input").getIntValue()).isGreaterThan(2_000_000);
        assertThat(span.marks()).containsExactly("truncated");
    }

    @Test
    void messagesAreMaskedAndLeftOutAsAProjectWantsIt() throws MalformedEnvelope {
        byte[] body = request(
                        event("gen_ai.system.message", "content", "hunter2 of the system"),
                        event("gen_ai.user.message", "content", "said hunter2", "password", "hunter2"),
                        event("gen_ai.choice", "content", "hunter2"))
                .toByteArray();

        Span span = decode(
                OtlpEncoding.PROTOBUF,
                body,
                new WordMasking(Map.of(
                        "password",
                        Attributes.DENIED,
                        "gen_ai.system.message",
                        Attributes.DENIED,
                        "gen_ai.choice",
                        Attributes.ALLOWED)));

        assertThat(span.body().getInput()).isEqualTo("[{\"role\":\"user\",\"content\":\"said ***\"}]");
        assertThat(span.body().getOutput()).isEqualTo("[{\"role\":\"assistant\",\"content\":\"hunter2\"}]");
        assertThat(span.body().getEventsList())
                .extracting(io.millrace.schema.wire.Event::getName)
                .containsExactly("gen_ai.user.message", "gen_ai.choice");
        assertThat(span.marks()).containsExactly("masked");
    }

    /** One text cannot be masked in part. */
    @Test
    void whatIsAllowedIsMaskedBesideWhatIsNot() throws MalformedEnvelope {
        byte[] body = request(
                        event("gen_ai.user.message", "content", "said hunter2"),
                        event("gen_ai.system.message", "content", "hunter2"))
                .toByteArray();

        assertThat(decode(
                                OtlpEncoding.PROTOBUF,
                                body,
                                new WordMasking(Map.of("gen_ai.system.message", Attributes.ALLOWED)))
                        .body()
                        .getInput())
                .isEqualTo("[{\"role\":\"user\",\"content\":\"said ***\"},{\"role\":\"system\",\"content\":\"***\"}]");
        assertThat(decode(
                                OtlpEncoding.PROTOBUF,
                                body,
                                new WordMasking(Map.of(
                                        "gen_ai.system.message",
                                        Attributes.ALLOWED,
                                        "gen_ai.user.message",
                                        Attributes.ALLOWED)))
                        .body()
                        .getInput())
                .contains("said hunter2");
    }

    private static Span decode(OtlpEncoding encoding, byte[] body, Masking masking) throws MalformedEnvelope {
        return new DecodedRequest(
                        encoding.decode(body, 0, body.length, DecodedRequest.context(SpanLimits.DEFAULT, masking)))
                .only();
    }

    private static ExportTraceServiceRequest request(Event... events) {
        io.opentelemetry.proto.trace.v1.Span.Builder span = io.opentelemetry.proto.trace.v1.Span.newBuilder()
                .setTraceId(ByteString.fromHex("0af7651916cd43dd8448eb211c80319c"))
                .setSpanId(ByteString.fromHex("b7ad6b7169203331"))
                .setName("chat")
                .setStartTimeUnixNano(1795211985359000000L)
                .setEndTimeUnixNano(1795211985360000000L);
        for (Event event : events) {
            span.addEvents(event);
        }
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
                .build();
    }

    /** Keys and texts by turns. */
    private static Event event(String name, String... attributes) {
        Event.Builder event = Event.newBuilder().setName(name).setTimeUnixNano(1795211985359500000L);
        for (int i = 0; i < attributes.length; i += 2) {
            event.addAttributes(text(attributes[i], attributes[i + 1]));
        }
        return event.build();
    }

    private static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }
}
