package io.millrace.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.millrace.ingest.span.DecodedRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Random requests, built and read back with the generated classes, against the wire walk. */
final class OtlpDifferentialTest {
    private static final List<String> PLAIN_KEYS = List.of("a", "http.route", "gen_ai.request.top_k", "ünï", "");

    /** Columns with the keys that fill them, the winner first. */
    private static final Map<String, List<String>> COLUMNS = Map.of(
            "provider", List.of("gen_ai.provider.name", "gen_ai.system"),
            "user", List.of("user.id", "enduser.id"),
            "session", List.of("gen_ai.conversation.id", "session.id"),
            "input", List.of("gen_ai.input.messages", "gen_ai.prompt"),
            "model", List.of("gen_ai.response.model"));

    @Property(tries = 300)
    void protobufIsReadAsTheGeneratedClassesReadIt(@ForAll("requests") ExportTraceServiceRequest request) {
        DecodedRequest decoded = Capture.decode(request.toByteArray(), OtlpEncoding.PROTOBUF);

        List<Span> sent = new ArrayList<>();
        request.getResourceSpansList()
                .forEach(resource -> resource.getScopeSpansList().forEach(scope -> sent.addAll(scope.getSpansList())));
        assertThat(decoded.request().refused()).isZero();
        assertThat(decoded.spans()).hasSameSizeAs(sent);
        Map<ByteString, Span> byId = new LinkedHashMap<>();
        sent.forEach(span -> byId.put(span.getSpanId(), span));
        for (DecodedRequest.Span span : decoded.spans()) {
            isSame(span, byId.get(span.message().getSpanId()));
        }
    }

    @Property(tries = 300)
    void jsonIsReadAsProtobufIs(@ForAll("requests") ExportTraceServiceRequest request) {
        byte[] json = OtlpJsonPrinter.print(request).getBytes(StandardCharsets.UTF_8);

        assertThat(records(Capture.decode(json, OtlpEncoding.JSON)))
                .isEqualTo(records(Capture.decode(request.toByteArray(), OtlpEncoding.PROTOBUF)));
    }

    private static List<ByteString> records(DecodedRequest request) {
        return request.request().records(1 << 20).stream()
                .map(record -> ByteString.copyFrom(record.value()))
                .toList();
    }

    private static void isSame(DecodedRequest.Span span, Span sent) {
        assertThat(span.message().getTraceId()).isEqualTo(sent.getTraceId());
        assertThat(span.message().getParentSpanId()).isEqualTo(sent.getParentSpanId());
        assertThat(span.message().getName()).isEqualTo(sent.getName());
        assertThat(span.message().getStartNanos()).isEqualTo(sent.getStartTimeUnixNano());
        assertThat(span.message().getEndNanos()).isEqualTo(sent.getEndTimeUnixNano());
        assertThat(span.message().getStatus()).isEqualTo(sent.getStatus().getCodeValue());
        assertThat(span.body().getStatusMessage()).isEqualTo(sent.getStatus().getMessage());
        assertThat(span.body().getTraceState()).isEqualTo(sent.getTraceState());
        assertThat(span.body().getEventsList())
                .extracting(MessageLite::toByteString)
                .isEqualTo(sent.getEventsList().stream()
                        .map(MessageLite::toByteString)
                        .toList());
        assertThat(span.body().getLinksList())
                .extracting(MessageLite::toByteString)
                .isEqualTo(sent.getLinksList().stream()
                        .map(MessageLite::toByteString)
                        .toList());
        List<KeyValue> remaining = new ArrayList<>(sent.getAttributesList());
        assertThat(span.message().getProvider()).isEqualTo(take(remaining, "provider"));
        assertThat(span.message().getUserId()).isEqualTo(take(remaining, "user"));
        assertThat(span.message().getSessionId()).isEqualTo(take(remaining, "session"));
        assertThat(span.message().getResponseModel()).isEqualTo(take(remaining, "model"));
        assertThat(span.body().getInput()).isEqualTo(take(remaining, "input"));
        assertThat(span.body().getAttributesList())
                .extracting(MessageLite::toByteString)
                .containsExactlyInAnyOrderElementsOf(
                        remaining.stream().map(MessageLite::toByteString).toList());
    }

    /** The text of a column by hand: the first key that has one, whose attribute is then no longer among the rest. */
    private static String take(List<KeyValue> attributes, String column) {
        for (String key : COLUMNS.get(column)) {
            KeyValue attribute = find(attributes, key);
            if (attribute != null && !attribute.getValue().getStringValue().isEmpty()) {
                attributes.remove(attribute);
                return attribute.getValue().getStringValue();
            }
        }
        return "";
    }

    private static @Nullable KeyValue find(List<KeyValue> attributes, String key) {
        return attributes.stream()
                .filter(attribute -> attribute.getKey().equals(key))
                .findFirst()
                .orElse(null);
    }

    @Provide
    Arbitrary<ExportTraceServiceRequest> requests() {
        Arbitrary<ScopeSpans> scope = Combinators.combine(
                        texts(), spans().list().ofMaxSize(4))
                .as((name, spans) -> ScopeSpans.newBuilder()
                        .setScope(
                                InstrumentationScope.newBuilder().setName(name).setVersion("1"))
                        .addAllSpans(spans)
                        .build());
        Arbitrary<ResourceSpans> resource = Combinators.combine(
                        attributes(), scope.list().ofMaxSize(3))
                .as((attributes, scopes) -> ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().addAllAttributes(attributes))
                        .addAllScopeSpans(scopes)
                        .build());
        return resource.list()
                .ofMaxSize(3)
                .map(resources -> withDistinctIds(ExportTraceServiceRequest.newBuilder()
                        .addAllResourceSpans(resources)
                        .build()));
    }

    /** Numbers the spans, so that each can be found again. */
    private static ExportTraceServiceRequest withDistinctIds(ExportTraceServiceRequest request) {
        ExportTraceServiceRequest.Builder numbered = request.toBuilder();
        byte next = 1;
        for (ResourceSpans.Builder resource : numbered.getResourceSpansBuilderList()) {
            for (ScopeSpans.Builder scope : resource.getScopeSpansBuilderList()) {
                for (Span.Builder span : scope.getSpansBuilderList()) {
                    span.setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, next++}));
                }
            }
        }
        return numbered.build();
    }

    private static Arbitrary<Span> spans() {
        Arbitrary<Span.Event> events = Combinators.combine(texts(), attributes(), Arbitraries.integers())
                .as((name, attributes, dropped) -> Span.Event.newBuilder()
                        .setTimeUnixNano(1795211985359000000L)
                        .setName(name)
                        .addAllAttributes(attributes)
                        .setDroppedAttributesCount(dropped & 0xFF)
                        .build());
        Arbitrary<Span.Link> links = Combinators.combine(texts(), attributes(), Arbitraries.integers())
                .as((state, attributes, flags) -> Span.Link.newBuilder()
                        .setTraceId(ByteString.copyFrom(new byte[16]))
                        .setSpanId(ByteString.copyFromUtf8("12345678"))
                        .setTraceState(state)
                        .addAllAttributes(attributes)
                        .setFlags(flags & 0xFFFF)
                        .build());
        return Combinators.combine(
                        texts(),
                        attributes(),
                        events.list().ofMaxSize(2),
                        links.list().ofMaxSize(2),
                        Arbitraries.of(0, 1, 2),
                        Arbitraries.longs().between(0, 5_000_000_000L),
                        Arbitraries.of(true, false))
                .as((text, attributes, events2, links2, status, nanos, child) -> Span.newBuilder()
                        .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
                        .setParentSpanId(child ? ByteString.copyFromUtf8("ABCDEFGH") : ByteString.EMPTY)
                        .setTraceState(text)
                        .setName(text)
                        .setKindValue(3)
                        .setStartTimeUnixNano(1795211985359000000L)
                        .setEndTimeUnixNano(1795211985359000000L + nanos)
                        .addAllAttributes(attributes)
                        .addAllEvents(events2)
                        .addAllLinks(links2)
                        .setStatus(Status.newBuilder().setCodeValue(status).setMessage(text))
                        .build());
    }

    /** Distinct keys, as OTLP demands; columns get texts, so that what fills them is beyond doubt. */
    private static Arbitrary<List<KeyValue>> attributes() {
        List<String> columnKeys =
                COLUMNS.values().stream().flatMap(List::stream).sorted().toList();
        Arbitrary<KeyValue> plain = Combinators.combine(Arbitraries.of(PLAIN_KEYS), values(3))
                .as((key, value) ->
                        KeyValue.newBuilder().setKey(key).setValue(value).build());
        Arbitrary<KeyValue> column = Combinators.combine(Arbitraries.of(columnKeys), texts())
                .as((key, text) -> KeyValue.newBuilder()
                        .setKey(key)
                        .setValue(AnyValue.newBuilder().setStringValue(text))
                        .build());
        return Arbitraries.oneOf(plain, column).list().ofMaxSize(8).uniqueElements(KeyValue::getKey);
    }

    private static Arbitrary<AnyValue> values(int depth) {
        Arbitrary<AnyValue> scalars = Arbitraries.oneOf(
                texts().map(text -> AnyValue.newBuilder().setStringValue(text).build()),
                Arbitraries.longs()
                        .map(number -> AnyValue.newBuilder().setIntValue(number).build()),
                Arbitraries.doubles()
                        .map(number ->
                                AnyValue.newBuilder().setDoubleValue(number).build()),
                Arbitraries.of(true, false)
                        .map(flag -> AnyValue.newBuilder().setBoolValue(flag).build()),
                Arbitraries.bytes()
                        .array(byte[].class)
                        .ofMaxSize(9)
                        .map(bytes -> AnyValue.newBuilder()
                                .setBytesValue(ByteString.copyFrom(bytes))
                                .build()),
                Arbitraries.just(AnyValue.getDefaultInstance()));
        if (depth == 0) {
            return scalars;
        }
        Arbitrary<AnyValue> arrays = values(depth - 1)
                .list()
                .ofMaxSize(3)
                .map(list -> AnyValue.newBuilder()
                        .setArrayValue(ArrayValue.newBuilder().addAllValues(list))
                        .build());
        Arbitrary<AnyValue> maps = Combinators.combine(texts(), values(depth - 1))
                .as((key, value) -> AnyValue.newBuilder()
                        .setKvlistValue(KeyValueList.newBuilder()
                                .addValues(KeyValue.newBuilder().setKey(key).setValue(value)))
                        .build());
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, scalars), net.jqwik.api.Tuple.of(1, arrays), net.jqwik.api.Tuple.of(1, maps));
    }

    /** No U+0000, which columns cannot hold, and no half surrogates, which a Protobuf text cannot. */
    private static Arbitrary<String> texts() {
        return Arbitraries.strings()
                .withChars("abz 019{}\"\\/\n\t\u0001\u007fé€")
                .ofMaxLength(300)
                .map(text -> text.replace("z", "😀"));
    }
}
