package io.millrace.bench.edge;

import io.millrace.bench.edge.SampleSpan.Attribute;
import io.millrace.bench.load.WireWriter;
import java.nio.ByteBuffer;
import java.util.List;

/** Spans as an {@code ExportTraceServiceRequest} of OTLP 1: one resource, one scope. */
final class OtlpProtobuf {
    static final int CLIENT = 3;
    static final String SCOPE = "millrace.bench";

    private OtlpProtobuf() {}

    static byte[] encode(List<SampleSpan> spans) {
        WireWriter scope = new WireWriter();
        scope.string(1, SCOPE);
        WireWriter scopeSpans = new WireWriter();
        scopeSpans.message(1, scope);
        spans.forEach(span -> scopeSpans.message(2, span(span)));
        WireWriter resource = new WireWriter();
        resource.message(1, attribute(Attribute.of("service.name", SampleSpan.SERVICE)));
        WireWriter resourceSpans = new WireWriter();
        resourceSpans.message(1, resource);
        resourceSpans.message(2, scopeSpans);
        WireWriter request = new WireWriter();
        request.message(1, resourceSpans);
        return request.toByteArray();
    }

    private static WireWriter span(SampleSpan span) {
        WireWriter out = new WireWriter();
        out.bytes(1, id(span.traceHigh(), span.traceLow()));
        out.bytes(2, id(span.id()));
        if (span.parent() != 0) {
            out.bytes(4, id(span.parent()));
        }
        out.string(5, span.name());
        out.varint(6, CLIENT);
        fixed64(out, 7, span.startNanos());
        fixed64(out, 8, span.endNanos());
        span.attributes().forEach(attribute -> out.message(9, attribute(attribute)));
        return out;
    }

    private static WireWriter attribute(Attribute attribute) {
        WireWriter any = new WireWriter();
        if (attribute.value() instanceof String text) {
            any.string(1, text);
        } else if (attribute.value() instanceof Long number) {
            any.varint(3, number);
        } else {
            any.float64(4, (Double) attribute.value());
        }
        WireWriter out = new WireWriter();
        out.string(1, attribute.key());
        out.message(2, any);
        return out;
    }

    static void fixed64(WireWriter out, int field, long value) {
        out.float64(field, Double.longBitsToDouble(value));
    }

    /** The bytes of an id, from left to right. */
    static byte[] id(long... parts) {
        ByteBuffer bytes = ByteBuffer.allocate(parts.length * Long.BYTES);
        for (long part : parts) {
            bytes.putLong(part);
        }
        return bytes.array();
    }
}
