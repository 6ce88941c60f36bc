package io.millrace.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.millrace.ingest.Trials;
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
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random requests, built and read back with the generated classes, against the wire walk. */
final class OtlpDifferentialTest {
    private static final List<String> PLAIN_KEYS = List.of("a", "http.route", "gen_ai.request.top_k", "ünï", "");

    private static final String CHARS = "abz 019{}\"\\/\n\t\u0001\u007fé€";
    private static final long START = 1_795_211_985_359_000_000L;

    /** Columns with the keys that fill them, the winner first. */
    private static final Map<String, List<String>> COLUMNS = Map.of(
            "provider",
            List.of("llm.provider", "llm.system", "gen_ai.provider.name", "gen_ai.system", "ai.model.provider"),
            "user",
            List.of(
                    "langfuse.user.id",
                    "gen_ai.user",
                    "user.id",
                    "enduser.id",
                    "ai.telemetry.metadata.userId",
                    "langsmith.metadata.user_id",
                    "traceloop.association.properties.user_id"),
            "session",
            List.of(
                    "langfuse.session.id",
                    "gen_ai.conversation.id",
                    "session.id",
                    "ai.telemetry.metadata.sessionId",
                    "langsmith.metadata.thread_id",
                    "traceloop.association.properties.session_id"),
            "input",
            List.of(
                    "langfuse.observation.input",
                    "input.value",
                    "gen_ai.input.messages",
                    "gen_ai.prompt",
                    "ai.prompt.messages",
                    "ai.prompt",
                    "traceloop.entity.input"),
            "model",
            List.of(
                    "langfuse.observation.model.name",
                    "llm.response.model_name",
                    "llm.model_name",
                    "gen_ai.response.model",
                    "ai.response.model",
                    "llm.response.model"));

    private static final List<String> COLUMN_KEYS =
            COLUMNS.values().stream().flatMap(List::stream).sorted().toList();

    @Test
    void protobufIsReadAsTheGeneratedClassesReadIt() {
        Trials.run(300, random -> {
            ExportTraceServiceRequest request = request(random);
            DecodedRequest decoded = Capture.decode(request.toByteArray(), OtlpEncoding.PROTOBUF);

            List<Span> sent = new ArrayList<>();
            request.getResourceSpansList()
                    .forEach(resource ->
                            resource.getScopeSpansList().forEach(scope -> sent.addAll(scope.getSpansList())));
            assertThat(decoded.request().refused()).isZero();
            assertThat(decoded.spans()).hasSameSizeAs(sent);
            Map<ByteString, Span> byId = new LinkedHashMap<>();
            sent.forEach(span -> byId.put(span.getSpanId(), span));
            for (DecodedRequest.Span span : decoded.spans()) {
                isSame(span, byId.get(span.message().getSpanId()));
            }
        });
    }

    @Test
    void jsonIsReadAsProtobufIs() {
        Trials.run(300, random -> {
            ExportTraceServiceRequest request = request(random);
            byte[] json = OtlpJsonPrinter.print(request).getBytes(StandardCharsets.UTF_8);

            assertThat(records(Capture.decode(json, OtlpEncoding.JSON)))
                    .isEqualTo(records(Capture.decode(request.toByteArray(), OtlpEncoding.PROTOBUF)));
        });
    }

    /** One span has one hash, whatever order an exporter writes the members of its objects in. */
    @Test
    void theOrderOfMembersMeansNothing() {
        Trials.run(300, random -> {
            ExportTraceServiceRequest request = request(random);
            String json = ShuffledJson.of(OtlpJsonPrinter.print(request), random);

            assertThat(records(Capture.decode(json.getBytes(StandardCharsets.UTF_8), OtlpEncoding.JSON)))
                    .as(json)
                    .isEqualTo(records(Capture.decode(request.toByteArray(), OtlpEncoding.PROTOBUF)));
        });
    }

    /** What is told of texts that are cut stands among the attributes. */
    @Test
    void norDoesItOfTextsThatAreCut() {
        Trials.run(50, random -> {
            ExportTraceServiceRequest.Builder request = request(random).toBuilder();
            request.getResourceSpansBuilderList().stream()
                    .flatMap(resource -> resource.getScopeSpansBuilderList().stream())
                    .flatMap(scope -> scope.getSpansBuilderList().stream())
                    .forEach(span -> span.setName("n".repeat(2_000))
                            .setTraceState("t".repeat(1_100_000))
                            .setStatus(Status.newBuilder().setMessage("m".repeat(1_100_000)))
                            .addAttributes(KeyValue.newBuilder()
                                    .setKey("custom")
                                    .setValue(AnyValue.newBuilder().setStringValue("kept"))));
            String json = ShuffledJson.of(OtlpJsonPrinter.print(request.build()), random);

            assertThat(records(Capture.decode(json.getBytes(StandardCharsets.UTF_8), OtlpEncoding.JSON)))
                    .isEqualTo(records(Capture.decode(request.build().toByteArray(), OtlpEncoding.PROTOBUF)));
        });
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

    private static ExportTraceServiceRequest request(Random random) {
        return withDistinctIds(ExportTraceServiceRequest.newBuilder()
                .addAllResourceSpans(Trials.list(random, 3, OtlpDifferentialTest::resource))
                .build());
    }

    private static ResourceSpans resource(Random random) {
        return ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAllAttributes(attributes(random)))
                .addAllScopeSpans(Trials.list(random, 3, OtlpDifferentialTest::scope))
                .build();
    }

    private static ScopeSpans scope(Random random) {
        return ScopeSpans.newBuilder()
                .setScope(
                        InstrumentationScope.newBuilder().setName(text(random)).setVersion("1"))
                .addAllSpans(Trials.list(random, 4, OtlpDifferentialTest::span))
                .build();
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

    private static Span span(Random random) {
        return Span.newBuilder()
                .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
                .setParentSpanId(random.nextBoolean() ? ByteString.copyFromUtf8("ABCDEFGH") : ByteString.EMPTY)
                .setTraceState(text(random))
                .setName(text(random))
                .setKindValue(3)
                .setStartTimeUnixNano(START)
                .setEndTimeUnixNano(START + Trials.between(random, 0, 5_000_000_000L))
                .addAllAttributes(attributes(random))
                .addAllEvents(Trials.list(random, 2, OtlpDifferentialTest::event))
                .addAllLinks(Trials.list(random, 2, OtlpDifferentialTest::link))
                .setStatus(Status.newBuilder().setCodeValue(random.nextInt(3)).setMessage(text(random)))
                .build();
    }

    private static Span.Event event(Random random) {
        return Span.Event.newBuilder()
                .setTimeUnixNano(START)
                .setName(text(random))
                .addAllAttributes(attributes(random))
                .setDroppedAttributesCount(random.nextInt(256))
                .build();
    }

    private static Span.Link link(Random random) {
        return Span.Link.newBuilder()
                .setTraceId(ByteString.copyFrom(new byte[16]))
                .setSpanId(ByteString.copyFromUtf8("12345678"))
                .setTraceState(text(random))
                .addAllAttributes(attributes(random))
                .setFlags(random.nextInt(65_536))
                .build();
    }

    /** Distinct keys, as OTLP demands; columns get texts, so that what fills them is beyond doubt. */
    private static List<KeyValue> attributes(Random random) {
        Map<String, KeyValue> byKey = new LinkedHashMap<>();
        for (KeyValue attribute : Trials.list(random, 8, OtlpDifferentialTest::attribute)) {
            byKey.putIfAbsent(attribute.getKey(), attribute);
        }
        return List.copyOf(byKey.values());
    }

    private static KeyValue attribute(Random random) {
        if (random.nextBoolean()) {
            return KeyValue.newBuilder()
                    .setKey(PLAIN_KEYS.get(random.nextInt(PLAIN_KEYS.size())))
                    .setValue(value(random, 3))
                    .build();
        }
        return KeyValue.newBuilder()
                .setKey(COLUMN_KEYS.get(random.nextInt(COLUMN_KEYS.size())))
                .setValue(AnyValue.newBuilder().setStringValue(text(random)))
                .build();
    }

    private static AnyValue value(Random random, int depth) {
        int kind = depth == 0 ? 0 : random.nextInt(6);
        if (kind == 4) {
            return AnyValue.newBuilder()
                    .setArrayValue(ArrayValue.newBuilder()
                            .addAllValues(Trials.list(random, 3, any -> value(any, depth - 1))))
                    .build();
        }
        if (kind == 5) {
            return AnyValue.newBuilder()
                    .setKvlistValue(KeyValueList.newBuilder()
                            .addValues(
                                    KeyValue.newBuilder().setKey(text(random)).setValue(value(random, depth - 1))))
                    .build();
        }
        return scalar(random);
    }

    private static AnyValue scalar(Random random) {
        AnyValue.Builder value = AnyValue.newBuilder();
        return switch (random.nextInt(6)) {
            case 0 -> value.setStringValue(text(random)).build();
            case 1 -> value.setIntValue(Trials.anyLong(random)).build();
            case 2 -> value.setDoubleValue(number(random)).build();
            case 3 -> value.setBoolValue(random.nextBoolean()).build();
            case 4 ->
                value.setBytesValue(ByteString.copyFrom(Trials.bytes(random, 9)))
                        .build();
            default -> value.build();
        };
    }

    private static double number(Random random) {
        return random.nextBoolean()
                ? Trials.oneOf(random, 0.0, -0.0, 1.0, 0.1, -1e-7, Double.MAX_VALUE, Double.MIN_VALUE)
                : random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
    }

    /** No U+0000, which columns cannot hold, and no half surrogates, which a Protobuf text cannot. */
    private static String text(Random random) {
        int length = random.nextInt(3) == 0 ? random.nextInt(301) : random.nextInt(12);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            char c = CHARS.charAt(random.nextInt(CHARS.length()));
            text.append(c == 'z' ? "😀" : Character.toString(c));
        }
        return text.toString();
    }
}
