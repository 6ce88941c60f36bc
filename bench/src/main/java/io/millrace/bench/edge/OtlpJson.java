package io.millrace.bench.edge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.bench.edge.SampleSpan.Attribute;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;

/** Spans as an OTLP/JSON request: ids in hexadecimal, 64-bit numbers as strings. */
final class OtlpJson {
    private static final JsonFactory JSON = new JsonFactory();

    private OtlpJson() {}

    static byte[] encode(List<SampleSpan> spans) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeArrayFieldStart("resourceSpans");
            out.writeStartObject();
            out.writeObjectFieldStart("resource");
            attributes(out, List.of(Attribute.of("service.name", SampleSpan.SERVICE)));
            out.writeEndObject();
            out.writeArrayFieldStart("scopeSpans");
            out.writeStartObject();
            out.writeObjectFieldStart("scope");
            out.writeStringField("name", OtlpProtobuf.SCOPE);
            out.writeEndObject();
            out.writeArrayFieldStart("spans");
            for (SampleSpan span : spans) {
                span(out, span);
            }
            out.writeEndArray();
            out.writeEndObject();
            out.writeEndArray();
            out.writeEndObject();
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written to", e);
        }
        return bytes.toByteArray();
    }

    private static void span(JsonGenerator out, SampleSpan span) throws IOException {
        out.writeStartObject();
        out.writeStringField("traceId", hex(span.traceHigh(), span.traceLow()));
        out.writeStringField("spanId", hex(span.id()));
        if (span.parent() != 0) {
            out.writeStringField("parentSpanId", hex(span.parent()));
        }
        out.writeStringField("name", span.name());
        out.writeNumberField("kind", OtlpProtobuf.CLIENT);
        out.writeStringField("startTimeUnixNano", Long.toString(span.startNanos()));
        out.writeStringField("endTimeUnixNano", Long.toString(span.endNanos()));
        attributes(out, span.attributes());
        out.writeEndObject();
    }

    private static void attributes(JsonGenerator out, List<Attribute> attributes) throws IOException {
        out.writeArrayFieldStart("attributes");
        for (Attribute attribute : attributes) {
            out.writeStartObject();
            out.writeStringField("key", attribute.key());
            out.writeObjectFieldStart("value");
            if (attribute.value() instanceof String text) {
                out.writeStringField("stringValue", text);
            } else if (attribute.value() instanceof Long number) {
                out.writeStringField("intValue", Long.toString(number));
            } else {
                out.writeNumberField("doubleValue", (Double) attribute.value());
            }
            out.writeEndObject();
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static String hex(long... parts) {
        return HexFormat.of().formatHex(OtlpProtobuf.id(parts));
    }
}
