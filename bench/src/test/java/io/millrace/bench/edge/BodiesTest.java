package io.millrace.bench.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodiesTest {
    private static final long END = 1_795_000_000_000_000_000L;

    @Test
    void aStampGivesNewTracesAndChangesNothingElse() throws IOException {
        Bodies bodies = Bodies.of(Payload.LEAN, Wire.OTLP_PROTOBUF, END);
        List<Span> before = spans(bytes(bodies.shared(1)));
        ByteBuffer copy = bodies.copy(1);
        bodies.stamp(copy, 1, 77);
        List<Span> stamped = spans(bytes(copy));
        bodies.stamp(copy, 1, 78);
        List<Span> again = spans(bytes(copy));

        assertThat(traces(before)).hasSize(20);
        assertThat(traces(stamped)).hasSize(20).doesNotContainAnyElementsOf(traces(before));
        assertThat(traces(again)).hasSize(20).doesNotContainAnyElementsOf(traces(stamped));
        assertThat(withoutTrace(stamped)).isEqualTo(withoutTrace(before));
        assertThat(traces(stamped.subList(0, 5))).hasSize(1);
        assertThat(spans(bytes(bodies.shared(1)))).isEqualTo(before);
    }

    @Test
    void idsInJsonAreStampedAsText() throws IOException {
        Bodies bodies = Bodies.of(Payload.LEAN, Wire.OTLP_JSON, END);
        ByteBuffer copy = bodies.copy(0);
        bodies.stamp(copy, 0, 77);

        JsonNode spans = new ObjectMapper().readTree(bytes(copy)).at("/resourceSpans/0/scopeSpans/0/spans");
        List<String> ids = new ArrayList<>();
        spans.forEach(span -> ids.add(span.get("traceId").asText()));
        assertThat(ids).hasSize(100).allMatch(id -> id.matches("[0-9a-f]{32}"));
        assertThat(ids.stream().distinct()).hasSize(20);
    }

    private static List<Span> spans(byte[] request) throws IOException {
        return ExportTraceServiceRequest.parseFrom(request)
                .getResourceSpans(0)
                .getScopeSpans(0)
                .getSpansList();
    }

    private static List<ByteString> traces(List<Span> spans) {
        return spans.stream().map(Span::getTraceId).distinct().toList();
    }

    private static List<Span> withoutTrace(List<Span> spans) {
        return spans.stream()
                .map(span -> span.toBuilder().clearTraceId().build())
                .toList();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
