package io.millrace.bench.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStream;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class WireTest {
    private static final long END = 1_795_000_000_000_000_000L;
    private static final List<SampleSpan> SPANS = Payload.LLM.spans(3, END);

    private final byte[] protobuf = Wire.OTLP_PROTOBUF.encode(SPANS);

    @Test
    void protobufIsOtlp() throws IOException {
        List<Span> read = spans(protobuf);
        Span second = read.get(1);

        assertThat(read).hasSize(100);
        assertThat(second.getTraceId().toByteArray())
                .hasSize(16)
                .isEqualTo(read.get(0).getTraceId().toByteArray());
        assertThat(second.getSpanId()).isNotEqualTo(read.get(0).getSpanId());
        assertThat(second.getParentSpanId()).isEqualTo(read.get(0).getSpanId());
        assertThat(read.get(0).getParentSpanId()).isEmpty();
        assertThat(read.get(5).getTraceId()).isNotEqualTo(second.getTraceId());
        assertThat(second.getName()).isEqualTo("chat gpt-4o-mini");
        assertThat(second.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
        assertThat(second.getEndTimeUnixNano()).isBetween(END - 1_000_000_000L, END);
        assertThat(second.getEndTimeUnixNano() - second.getStartTimeUnixNano()).isBetween(1L, 1_000_000_000L);
        Map<String, KeyValue> attributes =
                second.getAttributesList().stream().collect(Collectors.toMap(KeyValue::getKey, one -> one));
        assertThat(attributes).hasSize(18);
        assertThat(attributes.get("gen_ai.request.top_p").getValue().getDoubleValue())
                .isEqualTo(0.95);
        assertThat(attributes
                        .get("gen_ai.usage.cache_read.input_tokens")
                        .getValue()
                        .getIntValue())
                .isEqualTo(256);
        assertThat(attributes.get("gen_ai.input.messages").getValue().getStringValue())
                .hasSizeBetween(795, 840);
        assertThat(attributes.get("gen_ai.output.messages").getValue().getStringValue())
                .hasSizeBetween(395, 440);
    }

    @Test
    void aLeanSpanHasSixteenAttributes() throws IOException {
        assertThat(spans(Wire.OTLP_PROTOBUF.encode(Payload.LEAN.spans(0, END))))
                .allSatisfy(span -> assertThat(span.getAttributesList()).hasSize(16));
    }

    @Test
    void jsonSaysTheSame() throws IOException {
        JsonNode read = new ObjectMapper().readTree(Wire.OTLP_JSON.encode(SPANS));
        JsonNode spans = read.at("/resourceSpans/0/scopeSpans/0/spans");
        List<Span> same = spans(protobuf);

        assertThat(read.at("/resourceSpans/0/resource/attributes/0/value/stringValue")
                        .asText())
                .isEqualTo("support-desk");
        assertThat(spans).hasSize(100);
        for (int i = 0; i < spans.size(); i++) {
            JsonNode span = spans.get(i);
            assertThat(span.get("traceId").asText())
                    .isEqualTo(hex(same.get(i).getTraceId().toByteArray()));
            assertThat(span.get("spanId").asText())
                    .isEqualTo(hex(same.get(i).getSpanId().toByteArray()));
            assertThat(span.path("parentSpanId").asText())
                    .isEqualTo(hex(same.get(i).getParentSpanId().toByteArray()));
            assertThat(span.get("startTimeUnixNano").asText())
                    .isEqualTo(Long.toString(same.get(i).getStartTimeUnixNano()));
            assertThat(span.get("attributes")).hasSize(18);
        }
        assertThat(spans.at("/1/attributes/15/value/intValue").isTextual()).isTrue();
        assertThat(spans.at("/1/attributes/16/value/stringValue").asText())
                .isEqualTo(same.get(1).getAttributes(16).getValue().getStringValue());
    }

    @Test
    void packedBodiesHoldTheSame() throws IOException {
        assertThat(new GZIPInputStream(new ByteArrayInputStream(Wire.OTLP_PROTOBUF_GZIP.encode(SPANS))).readAllBytes())
                .isEqualTo(protobuf);
        assertThat(new ZstdInputStream(new ByteArrayInputStream(Wire.OTLP_PROTOBUF_ZSTD.encode(SPANS))).readAllBytes())
                .isEqualTo(protobuf);
    }

    @Test
    void textsDifferAndPackNoBetterThanPeoplesDo() {
        assertThat(SPANS.stream().map(span -> span.attributes().get(16).value()).distinct())
                .hasSize(100);
        double packed = (double) protobuf.length / Wire.OTLP_PROTOBUF_GZIP.encode(SPANS).length;
        assertThat(packed).isBetween(2.5, 4.5);
    }

    @Test
    void aRequestSaysHowItIsPacked() {
        assertThat(Wire.OTLP_PROTOBUF_ZSTD.head("127.0.0.1:4318", "sk"))
                .startsWith("POST /v1/traces HTTP/1.1\r\n")
                .contains("Authorization: Bearer sk\r\n", "Content-Encoding: zstd\r\n");
        assertThat(Wire.ZIPKIN_PROTOBUF.head("127.0.0.1:9411", ""))
                .startsWith("POST /api/v2/spans HTTP/1.1\r\n")
                .contains("Content-Type: application/x-protobuf\r\n")
                .doesNotContain("Authorization", "Content-Encoding");
    }

    private static List<Span> spans(byte[] request) throws IOException {
        return ExportTraceServiceRequest.parseFrom(request)
                .getResourceSpans(0)
                .getScopeSpans(0)
                .getSpansList();
    }

    private static String hex(byte[] id) {
        return HexFormat.of().formatHex(id);
    }
}
