package io.millrace.ingest.otlp;

import static io.millrace.ingest.otlp.OtlpEncoding.JSON;
import static io.millrace.ingest.otlp.OtlpEncoding.PROTOBUF;
import static io.millrace.ingest.otlp.OtlpJsonText.attribute;
import static io.millrace.ingest.otlp.OtlpJsonText.attributes;
import static io.millrace.ingest.otlp.OtlpJsonText.span;
import static io.millrace.ingest.otlp.OtlpJsonText.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.millrace.ingest.span.DecodedRequest;
import io.millrace.ingest.span.DecodedRequest.Span;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.Refusal;
import io.millrace.ingest.span.RefusalReason;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class BadOtlpTest {
    private static final String GOOD = span("good");
    private static final String TIMES = OtlpJsonText.TIMES;
    private static final String TRACE = "\"traceId\":\"0af7651916cd43dd8448eb211c80319c\"";
    private static final String SPAN = "\"spanId\":\"b7ad6b7169203331\"";

    static Stream<Arguments> spansThatAreRefusedAlone() {
        String zeroTrace = "\"traceId\":\"00000000000000000000000000000000\"";
        String zeroSpan = "\"spanId\":\"0000000000000000\"";
        return Stream.of(
                Arguments.of("trace id of zeros", object(zeroTrace, SPAN, TIMES), RefusalReason.MISSING_ID),
                Arguments.of("span id of zeros", object(TRACE, zeroSpan, TIMES), RefusalReason.MISSING_ID),
                Arguments.of("no trace id", object(SPAN, TIMES), RefusalReason.MISSING_ID),
                Arguments.of("no span id", object(TRACE, TIMES), RefusalReason.MISSING_ID),
                Arguments.of("short trace id", object("\"traceId\":\"0af7\"", SPAN, TIMES), RefusalReason.MISSING_ID),
                Arguments.of(
                        "base64 ids",
                        object("\"traceId\":\"CvdlGRbNQ92ESOshHIAxnA==\"", SPAN, TIMES),
                        RefusalReason.MISSING_ID),
                Arguments.of("id a number", object("\"traceId\":17", SPAN, TIMES), RefusalReason.MALFORMED),
                Arguments.of(
                        "attributes an object", span("bad", "\"attributes\":{\"a\":\"b\"}"), RefusalReason.MALFORMED),
                Arguments.of("attribute a string", span("bad", "\"attributes\":[\"a\"]"), RefusalReason.MALFORMED),
                Arguments.of(
                        "value a string",
                        span("bad", "\"attributes\":[{\"key\":\"a\",\"value\":\"b\"}]"),
                        RefusalReason.MALFORMED),
                Arguments.of("name an object", object(TRACE, SPAN, TIMES, "\"name\":{}"), RefusalReason.MALFORMED),
                Arguments.of("status a number", span("bad", "\"status\":2"), RefusalReason.MALFORMED),
                Arguments.of("events an object", span("bad", "\"events\":{\"x\":[{}]}"), RefusalReason.MALFORMED),
                Arguments.of(
                        "time a word", object(TRACE, SPAN, "\"endTimeUnixNano\":\"noon\""), RefusalReason.MALFORMED),
                Arguments.of("no times", object(TRACE, SPAN), RefusalReason.INCOMPLETE_NOT_AVAILABLE),
                Arguments.of("1970", object(TRACE, SPAN, "\"endTimeUnixNano\":\"1000000000\""), RefusalReason.TOO_OLD),
                Arguments.of(
                        "after 2262",
                        object(TRACE, SPAN, "\"endTimeUnixNano\":\"18446744073709551615\""),
                        RefusalReason.MALFORMED),
                Arguments.of(
                        "bytes that are no base64",
                        span("bad", attributes(attribute("a", "{\"bytesValue\":\"***\"}"))),
                        RefusalReason.MALFORMED),
                Arguments.of(
                        "nested too deep",
                        span("bad", attributes(attribute("a", nestedJson(40)))),
                        RefusalReason.TOO_DEEP),
                Arguments.of("no object", "17", RefusalReason.MALFORMED),
                Arguments.of("null", "null", RefusalReason.MALFORMED),
                Arguments.of("an array", "[[{}]]", RefusalReason.MALFORMED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spansThatAreRefusedAlone")
    void aBadSpanIsRefusedAndItsNeighboursAreKept(String what, String bad, RefusalReason reason) {
        DecodedRequest request = Capture.decode(OtlpJsonText.request(GOOD, bad, span("also good")), JSON);

        assertThat(request.spans()).extracting(span -> span.message().getName()).containsExactly("good", "also good");
        assertThat(request.request().refusals()).extracting(Refusal::reason).containsExactly(reason);
        assertThat(request.request().refusals()).extracting(Refusal::index).containsExactly(1);
    }

    @Test
    void aRefusalNamesTheIdsThatCouldBeRead() {
        DecodedRequest request =
                Capture.decode(OtlpJsonText.request(GOOD, span("bad", "\"attributes\":{\"a\":1}")), JSON);

        Refusal refusal = request.request().refusals().get(0);
        assertThat(refusal.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(refusal.spanId()).isEqualTo("b7ad6b7169203331");
    }

    static Stream<Arguments> headsThatAreRefusedAlone() {
        String number = attributes(attribute("a", "{\"intValue\":\"abc\"}"));
        String notWhole = "intValue is no whole number of 64 bits";
        String deep = attributes(attribute("a", nestedJson(31)));
        String tooDeep = "values are nested too deep";
        return Stream.of(
                Arguments.of(number, "", RefusalReason.MALFORMED, notWhole),
                Arguments.of(deep, "", RefusalReason.TOO_DEEP, tooDeep),
                Arguments.of("\"attributes\":{\"a\":1}", "", RefusalReason.MALFORMED, "attributes is no array"),
                Arguments.of("", number, RefusalReason.MALFORMED, notWhole),
                Arguments.of("", deep, RefusalReason.TOO_DEEP, tooDeep),
                Arguments.of("", "\"name\":{}", RefusalReason.MALFORMED, "the scope's name is no string"),
                // What is said of more spans is told first.
                Arguments.of(number, deep, RefusalReason.MALFORMED, notWhole),
                Arguments.of(deep, number, RefusalReason.TOO_DEEP, tooDeep));
    }

    /** The refused spans have the same detail as one with such an attribute of its own. */
    @ParameterizedTest
    @MethodSource("headsThatAreRefusedAlone")
    void aBadResourceOrScopeCondemnsItsOwnSpansOnly(
            String resource, String scope, RefusalReason reason, String detail) {
        String bad = resourceSpans(resource, scopeSpans(scope, span("bad"), span("as bad")));
        String badAndLate = "{\"scopeSpans\":[" + scopeSpans(scope, span("bad")) + "],\"resource\":{" + resource + "}}";
        String good = resourceSpans(attributes(text("service.name", "svc")), scopeSpans("\"name\":\"n\"", GOOD));

        DecodedRequest request = Capture.decode(resources(good, bad, badAndLate, good), JSON);

        assertThat(request.spans())
                .extracting(
                        span -> span.origin().getServiceName() + span.message().getName())
                .containsExactly("svcgood", "svcgood");
        assertThat(request.request().refusals())
                .extracting(Refusal::index, Refusal::spanId, Refusal::reason, Refusal::detail)
                .containsExactly(
                        tuple(1, "b7ad6b7169203331", reason, detail),
                        tuple(2, "b7ad6b7169203331", reason, detail),
                        tuple(3, "b7ad6b7169203331", reason, detail));
    }

    @Test
    void aBadScopeKeepsTheOtherScopesOfItsResource() {
        String bad = scopeSpans(attributes("17"), span("bad"), "17");
        DecodedRequest request = Capture.decode(
                resources(resourceSpans(
                        "", scopeSpans("", span("one")), bad, scopeSpans("\"name\":\"late\"", span("two")))),
                JSON);

        assertThat(request.spans())
                .extracting(span -> span.message().getName() + span.origin().getScopeName())
                .containsExactly("one", "twolate");
        assertThat(request.request().refusals())
                .extracting(Refusal::index, Refusal::detail)
                .containsExactly(tuple(1, "an attribute is no object"), tuple(2, "an attribute is no object"));
    }

    @Test
    void aBadResourceOrScopeInProtobufCondemnsItsOwnSpansOnly() {
        KeyValue deep = KeyValue.newBuilder().setKey("a").setValue(nested(31)).build();
        ScopeSpans good = ScopeSpans.newBuilder().addSpans(goodSpan("good")).build();
        ScopeSpans badScope = good.toBuilder()
                .setScope(InstrumentationScope.newBuilder().addAttributes(deep))
                .build();
        byte[] body = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(good))
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().addAttributes(deep))
                        .addScopeSpans(good)
                        .addScopeSpans(good))
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().setUnknownFields(brokenAttribute()))
                        .addScopeSpans(good))
                .addResourceSpans(
                        ResourceSpans.newBuilder().addScopeSpans(badScope).addScopeSpans(good))
                .build()
                .toByteArray();

        DecodedRequest request = Capture.decode(body, PROTOBUF);

        assertThat(request.spans()).hasSize(2);
        String tooDeep = "values are nested too deep";
        String trace = "0af7651916cd43dd8448eb211c80319c";
        assertThat(request.request().refusals())
                .extracting(Refusal::index, Refusal::traceId, Refusal::reason, Refusal::detail)
                .containsExactly(
                        tuple(1, trace, RefusalReason.TOO_DEEP, tooDeep),
                        tuple(2, trace, RefusalReason.TOO_DEEP, tooDeep),
                        tuple(3, trace, RefusalReason.MALFORMED, "the bytes are no Protobuf message"),
                        tuple(4, trace, RefusalReason.TOO_DEEP, tooDeep));
    }

    /** They have a resource, too, and no id where spans have theirs. */
    @Test
    void logsOfABadResourceAreNamedAsSuch() {
        ExportLogsServiceRequest logs = ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .setResource(Resource.newBuilder().setUnknownFields(brokenAttribute()))
                        .addScopeLogs(ScopeLogs.newBuilder()
                                .addLogRecords(LogRecord.newBuilder().setTimeUnixNano(1795211985359000000L))))
                .build();
        assertThatThrownBy(() -> decode(logs.toByteArray(), PROTOBUF))
                .isInstanceOf(MalformedEnvelope.class)
                .hasMessageContaining("/v1/logs");
    }

    /** The length of its key is more than there is. */
    private static UnknownFieldSet brokenAttribute() {
        return UnknownFieldSet.newBuilder()
                .addField(
                        Resource.ATTRIBUTES_FIELD_NUMBER,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFrom(new byte[] {0x0A, 0x7F, 'a'}))
                                .build())
                .build();
    }

    private static byte[] resources(String... resourceSpans) {
        return utf8("{\"resourceSpans\":[" + String.join(",", resourceSpans) + "]}");
    }

    private static String resourceSpans(String resource, String... scopeSpans) {
        return object("\"resource\":{" + resource + "}", "\"scopeSpans\":[" + String.join(",", scopeSpans) + "]");
    }

    private static String scopeSpans(String scope, String... spans) {
        return object("\"scope\":{" + scope + "}", "\"spans\":[" + String.join(",", spans) + "]");
    }

    @Test
    void endBeforeStartIsTakenAndMarked() {
        Span span = Capture.decode(
                        OtlpJsonText.request(object(
                                TRACE,
                                SPAN,
                                "\"startTimeUnixNano\":\"1795211985360000000\"",
                                "\"endTimeUnixNano\":\"1795211985359000000\"")),
                        JSON)
                .only();
        assertThat(span.marks()).containsExactly("end_before_start");
        assertThat(span.message().getStartNanos()).isEqualTo(1795211985360000000L);
        assertThat(span.message().getEndNanos()).isEqualTo(1795211985359000000L);
    }

    @Test
    void aMissingStartIsTheEnd() {
        Span span = Capture.decode(
                        OtlpJsonText.request(object(TRACE, SPAN, "\"endTimeUnixNano\":1795211985359000000")), JSON)
                .only();
        assertThat(span.message().getStartNanos()).isEqualTo(1795211985359000000L);
    }

    /** The edge only refuses the past; how the future counts is decided where the windows are. */
    @Test
    void theFutureIsTaken() {
        Span span = Capture.decode(
                        OtlpJsonText.request(object(TRACE, SPAN, "\"endTimeUnixNano\":\"4102444800000000000\"")), JSON)
                .only();
        assertThat(span.message().getEndNanos()).isEqualTo(4102444800000000000L);
    }

    @Test
    void aNumberThatIsNoneIsAsGoodAsAbsent() {
        Span span = Capture.decode(
                        OtlpJsonText.request(span(
                                "chat",
                                attributes(
                                        attribute("gen_ai.usage.input_tokens", "{\"doubleValue\":null}"),
                                        attribute("gen_ai.usage.output_tokens", "{\"doubleValue\":\"NaN\"}"),
                                        text("gen_ai.response.model", "m"),
                                        attribute("other", "{\"doubleValue\":null}")))),
                        JSON)
                .only();
        assertThat(span.message().hasUsage()).isFalse();
        assertThat(span.attributes()).isEmpty();
        assertThat(span.message().getResponseModel()).isEqualTo("m");
    }

    @Test
    void aLongAttributeIsCutAndItsLengthKept() {
        String long10 = "x".repeat(10_000_000);
        Span span = Capture.decode(
                        OtlpJsonText.request(
                                span("long", attributes(text("blob", long10), text("gen_ai.input.messages", long10)))),
                        JSON)
                .only();
        assertThat(span.marks()).containsExactly("truncated");
        assertThat(span.attribute("blob").getStringValue()).hasSize(1 << 20);
        assertThat(span.attribute("millrace.truncated.blob").getIntValue()).isEqualTo(10_000_000);
        assertThat(span.body().getInput()).hasSize(1 << 20);
        assertThat(span.attribute("millrace.truncated.gen_ai.input.messages").getIntValue())
                .isEqualTo(10_000_000);
    }

    @Test
    void aLongListIsCutToo() {
        String element = "{\"stringValue\":\"" + "é".repeat(1000) + "\"}";
        String list = "{\"arrayValue\":{\"values\":[" + String.join(",", java.util.Collections.nCopies(2000, element))
                + "]}}";
        Span span = Capture.decode(OtlpJsonText.request(span("long", attributes(attribute("list", list)))), JSON)
                .only();
        assertThat(span.marks()).containsExactly("truncated");
        assertThat(span.attribute("list").getArrayValue().getValuesCount()).isBetween(500, 550);
        assertThat(span.attribute("list").getArrayValue().getValues(0).getStringValue())
                .isEqualTo("é".repeat(1000));
        // 2,000 elements of 2,000 bytes; of those that were left out also their tags and lengths are counted.
        assertThat(span.attribute("millrace.truncated.list").getIntValue()).isBetween(4_000_000L, 4_010_000L);
    }

    @Test
    void aLongColumnIsCutAndStaysWholeAmongTheAttributes() {
        String user = "u".repeat(5000);
        Span span = Capture.decode(OtlpJsonText.request(span("s", attributes(text("user.id", user)))), JSON)
                .only();
        assertThat(span.message().getUserId()).isEqualTo("u".repeat(1024));
        assertThat(span.attribute("user.id").getStringValue()).isEqualTo(user);
        assertThat(span.marks()).containsExactly("truncated");
    }

    /** Postgres keeps no U+0000 in a text column; in a body it may stand. */
    @Test
    void aColumnHoldsNoZeroCharacter() {
        Span span = Capture.decode(
                        OtlpJsonText.request(
                                span("a\\u0000b", attributes(text("user.id", "u\\u0000"), text("x", "y\\u0000z")))),
                        JSON)
                .only();
        assertThat(span.message().getName()).isEqualTo("a\uFFFDb");
        assertThat(span.message().getUserId()).isEqualTo("u\uFFFD");
        assertThat(span.attribute("x").getStringValue()).isEqualTo("y\0z");
        assertThat(span.marks()).containsExactly("bad_utf8");
    }

    @Test
    void badUtf8InJsonIsReplacedAndOnlyItsSpanMarked() {
        byte[] body = OtlpJsonText.request(span("good"), span("b?d", attributes(text("a", "x"))));
        int at = new String(body, StandardCharsets.UTF_8).indexOf("b?d");
        body[at + 1] = (byte) 0xC3;

        DecodedRequest request = Capture.decode(body, JSON);

        assertThat(request.named("good").marks()).isEmpty();
        assertThat(request.named("b\uFFFDd").marks()).containsExactly("bad_utf8");
    }

    @Test
    void halfASurrogatePairIsReplacedAndMarked() {
        Span span = Capture.decode(OtlpJsonText.request(span("a\\ud83d", attributes(text("k", "\\ude00z")))), JSON)
                .only();
        assertThat(span.message().getName()).isEqualTo("a\uFFFD");
        assertThat(span.attribute("k").getStringValue()).isEqualTo("\uFFFDz");
        assertThat(span.marks()).containsExactly("bad_utf8");
    }

    @Test
    void badUtf8InProtobufIsReplacedAndMarked() {
        ByteString bad = ByteString.copyFrom(new byte[] {'a', (byte) 0xFF, 'b'});
        ByteString broken = ByteString.copyFrom(goodSpan("s").toBuilder()
                .addAttributes(KeyValue.newBuilder()
                        .setKey("list")
                        .setValue(AnyValue.newBuilder()
                                .setArrayValue(ArrayValue.newBuilder()
                                        .addValues(AnyValue.newBuilder().setStringValue("a!b")))))
                .addAttributes(KeyValue.newBuilder()
                        .setKey("user.id")
                        .setValue(AnyValue.newBuilder().setStringValue("a!b")))
                .build()
                .toByteArray());
        byte[] bytes = broken.toByteArray();
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '!') {
                bytes[i] = bad.byteAt(1);
            }
        }

        Span span =
                Capture.decode(protobuf(ByteString.copyFrom(bytes)), PROTOBUF).only();

        assertThat(span.message().getUserId()).isEqualTo("a\uFFFDb");
        assertThat(span.attribute("list").getArrayValue().getValues(0).getStringValue())
                .isEqualTo("a\uFFFDb");
        assertThat(span.marks()).containsExactly("bad_utf8");
    }

    @Test
    void garbageInsideOneProtobufSpanKeepsItsNeighbours() {
        ByteString garbage = ByteString.copyFrom(new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 3, 7, 0x0B});
        ByteString cut = goodSpan("cut").toByteString().substring(0, 40);
        DecodedRequest request = Capture.decode(
                protobuf(
                        goodSpan("one").toByteString(),
                        garbage,
                        cut,
                        goodSpan("two").toByteString()),
                PROTOBUF);

        assertThat(request.spans()).extracting(span -> span.message().getName()).containsExactly("one", "two");
        assertThat(request.request().refusals())
                .extracting(Refusal::reason)
                .containsExactly(RefusalReason.MALFORMED, RefusalReason.MALFORMED);
        assertThat(request.request().refusals().get(1).traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    }

    @Test
    void idsOfTheWrongLengthAreRefusedInProtobuf() {
        ByteString narrow = goodSpan("narrow").toBuilder()
                .setTraceId(ByteString.copyFrom(new byte[8]))
                .build()
                .toByteString();
        DecodedRequest request = Capture.decode(protobuf(goodSpan("one").toByteString(), narrow), PROTOBUF);
        assertThat(request.request().refusals()).extracting(Refusal::reason).containsExactly(RefusalReason.MISSING_ID);
        assertThat(request.spans()).hasSize(1);
    }

    @Test
    void deepNestingInProtobufIsRefused() {
        ByteString deep = goodSpan("deep").toBuilder()
                .addAttributes(KeyValue.newBuilder().setKey("a").setValue(nested(40)))
                .build()
                .toByteString();
        DecodedRequest request = Capture.decode(protobuf(goodSpan("one").toByteString(), deep), PROTOBUF);
        assertThat(request.request().refusals()).extracting(Refusal::reason).containsExactly(RefusalReason.TOO_DEEP);
    }

    /** Deep enough to overflow the stack of anything that recurses without a bound. */
    @Test
    void veryDeepNestingIsRefusedAsWell() {
        String deep = span("deep", attributes(attribute("a", nestedJson(3000))));
        DecodedRequest request = Capture.decode(OtlpJsonText.request(GOOD, deep), JSON);
        assertThat(request.request().refusals()).extracting(Refusal::reason).containsExactly(RefusalReason.TOO_DEEP);
    }

    @Test
    void aSpanOverTheLimitIsRefused() {
        String[] attributes = new String[9];
        for (int i = 0; i < attributes.length; i++) {
            attributes[i] = text("a" + i, "x".repeat(1_000_000));
        }
        DecodedRequest request = Capture.decode(OtlpJsonText.request(GOOD, span("big", attributes(attributes))), JSON);
        assertThat(request.request().refusals()).extracting(Refusal::reason).containsExactly(RefusalReason.TOO_LARGE);
    }

    @Test
    void logsOnThePathOfTracesAreNamedAsSuch() {
        ExportLogsServiceRequest logs = ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .addScopeLogs(ScopeLogs.newBuilder()
                                .addLogRecords(LogRecord.newBuilder()
                                        .setTimeUnixNano(1795211985359000000L)
                                        .setBody(AnyValue.newBuilder().setStringValue("hello"))
                                        .setTraceId(ByteString.copyFrom(new byte[16]))
                                        .setSeverityNumberValue(9))
                                .addLogRecords(LogRecord.newBuilder().setObservedTimeUnixNano(1))))
                .build();
        assertThatThrownBy(() -> decode(logs.toByteArray(), PROTOBUF))
                .isInstanceOf(MalformedEnvelope.class)
                .hasMessageContaining("/v1/logs");
        assertThatThrownBy(() -> decode(utf8("{\"resourceLogs\":[{\"scopeLogs\":[]}]}"), JSON))
                .isInstanceOf(MalformedEnvelope.class)
                .hasMessageContaining("/v1/logs");
    }

    static Stream<Arguments> envelopesThatAreBroken() {
        return Stream.of(
                Arguments.of(JSON, utf8("")),
                Arguments.of(JSON, utf8("nonsense")),
                Arguments.of(JSON, utf8("[]")),
                Arguments.of(JSON, utf8("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + GOOD)),
                Arguments.of(JSON, utf8("{\"resourceSpans\":{}}")),
                Arguments.of(JSON, utf8("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":{}}]}]}")),
                Arguments.of(JSON, utf8("{\"resourceSpans\":[]} {}")),
                Arguments.of(JSON, utf8("{\"resourceSpans\":[{\"resource\":[]}]}")),
                Arguments.of(PROTOBUF, new byte[] {0x0A, 0x7F, 1}),
                Arguments.of(PROTOBUF, utf8("{\"resourceSpans\":[]}")),
                Arguments.of(PROTOBUF, new byte[] {0}));
    }

    @ParameterizedTest
    @MethodSource("envelopesThatAreBroken")
    void aBrokenEnvelopeIsOneError(OtlpEncoding encoding, byte[] body) {
        assertThatThrownBy(() -> decode(body, encoding)).isInstanceOf(MalformedEnvelope.class);
    }

    @Test
    void anEmptyRequestIsNoError() {
        assertThat(Capture.decode(new byte[0], PROTOBUF).request().records(1 << 20))
                .isEmpty();
        assertThat(Capture.decode(utf8("{}"), JSON).request().records(1 << 20)).isEmpty();
        assertThat(Capture.decode(utf8("{\"resourceSpans\":null,\"other\":[1,{}]}"), JSON)
                        .spans())
                .isEmpty();
    }

    @Test
    void membersMayComeInAnyOrder() {
        String body = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + GOOD
                + "],\"scope\":{\"attributes\":[" + text("short_name", "l")
                + "],\"name\":\"late\"}}],\"resource\":{\"attributes\":["
                + text("service.name", "svc") + "]}}]}";
        Span span = Capture.decode(utf8(body), JSON).only();
        assertThat(span.origin().getServiceName()).isEqualTo("svc");
        assertThat(span.origin().getScopeName()).isEqualTo("late");
        assertThat(span.origin().getScopeAttributes(0).getKey()).isEqualTo("short_name");
        assertThat(span.origin().getScopeAttributes(0).getValue().getStringValue())
                .isEqualTo("l");
    }

    @Test
    void aHundredThousandSpansAreTaken() {
        ByteString span = goodSpan("s").toByteString();
        DecodedRequest request = Capture.decode(
                protobuf(java.util.Collections.nCopies(100_000, span).toArray(ByteString[]::new)), PROTOBUF);
        assertThat(request.spans()).hasSize(100_000);
    }

    @Test
    void moreItemsThanThereMayBeAreOneError() {
        byte[] scope = new byte[2 * 100_001];
        for (int i = 0; i < scope.length; i += 2) {
            scope[i] = ScopeSpans.SPANS_FIELD_NUMBER << 3 | 2;
        }
        byte[] protobuf = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setUnknownFields(UnknownFieldSet.newBuilder()
                                .addField(
                                        ResourceSpans.SCOPE_SPANS_FIELD_NUMBER,
                                        UnknownFieldSet.Field.newBuilder()
                                                .addLengthDelimited(ByteString.copyFrom(scope))
                                                .build())
                                .build()))
                .build()
                .toByteArray();
        assertThatThrownBy(() -> decode(protobuf, PROTOBUF)).hasMessage("at most 100000 spans");
        String json = String.join(",", java.util.Collections.nCopies(100_001, "{}"));
        assertThatThrownBy(() -> decode(OtlpJsonText.request(json), JSON)).hasMessage("at most 100000 spans");
    }

    private static void decode(byte[] body, OtlpEncoding encoding) throws MalformedEnvelope {
        assertThat(encoding.decode(body, 0, body.length, DecodedRequest.CONTEXT))
                .isNull();
    }

    private static String object(String... members) {
        return "{" + String.join(",", members) + "}";
    }

    private static String nestedJson(int levels) {
        return "{\"arrayValue\":{\"values\":[".repeat(levels) + "{\"intValue\":1}" + "]}}".repeat(levels);
    }

    private static AnyValue nested(int levels) {
        AnyValue value = AnyValue.newBuilder().setStringValue("x").build();
        for (int i = 0; i < levels; i++) {
            value = AnyValue.newBuilder()
                    .setArrayValue(ArrayValue.newBuilder().addValues(value))
                    .build();
        }
        return value;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static io.opentelemetry.proto.trace.v1.Span goodSpan(String name) {
        return io.opentelemetry.proto.trace.v1.Span.newBuilder()
                .setTraceId(ByteString.fromHex("0af7651916cd43dd8448eb211c80319c"))
                .setSpanId(ByteString.fromHex("b7ad6b7169203331"))
                .setName(name)
                .setStartTimeUnixNano(1795211985359000000L)
                .setEndTimeUnixNano(1795211985360000000L)
                .build();
    }

    /** A request around spans that are bytes already, well-formed or not. */
    private static byte[] protobuf(ByteString... spans) {
        UnknownFieldSet.Field.Builder field = UnknownFieldSet.Field.newBuilder();
        List.of(spans).forEach(field::addLengthDelimited);
        ScopeSpans scope = ScopeSpans.newBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(ScopeSpans.SPANS_FIELD_NUMBER, field.build())
                        .build())
                .build();
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(scope))
                .build()
                .toByteArray();
    }
}
