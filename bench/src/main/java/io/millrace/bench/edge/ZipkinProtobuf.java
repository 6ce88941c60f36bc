package io.millrace.bench.edge;

import io.millrace.bench.edge.SampleSpan.Attribute;
import io.millrace.bench.load.WireWriter;
import java.util.List;

/** Spans as a {@code ListOfSpans} of {@code zipkin.proto}; what is an attribute in OTLP is a tag there. */
final class ZipkinProtobuf {
    private static final int CLIENT = 1;
    private static final long NANOS_PER_MICRO = 1_000;

    private ZipkinProtobuf() {}

    static byte[] encode(List<SampleSpan> spans) {
        WireWriter list = new WireWriter();
        spans.forEach(span -> list.message(1, span(span)));
        return list.toByteArray();
    }

    private static WireWriter span(SampleSpan span) {
        WireWriter out = new WireWriter();
        out.bytes(1, OtlpProtobuf.id(span.traceHigh(), span.traceLow()));
        if (span.parent() != 0) {
            out.bytes(2, OtlpProtobuf.id(span.parent()));
        }
        out.bytes(3, OtlpProtobuf.id(span.id()));
        out.varint(4, CLIENT);
        out.string(5, span.name());
        OtlpProtobuf.fixed64(out, 6, span.startNanos() / NANOS_PER_MICRO);
        out.varint(7, span.durationNanos() / NANOS_PER_MICRO);
        WireWriter endpoint = new WireWriter();
        endpoint.string(1, SampleSpan.SERVICE);
        out.message(8, endpoint);
        for (Attribute attribute : span.attributes()) {
            WireWriter entry = new WireWriter();
            entry.string(1, attribute.key());
            entry.string(2, attribute.value().toString());
            out.message(11, entry);
        }
        return out;
    }
}
