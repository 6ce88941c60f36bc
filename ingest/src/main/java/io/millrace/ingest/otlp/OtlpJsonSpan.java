package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonReader;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireWriter;

/**
 * Writes one OTLP/JSON span as Protobuf. Differs from Protobuf's own JSON mapping as OTLP does: ids are hexadecimal. Takes
 * the names in camel and in snake case, and 64-bit numbers as numbers or strings.
 */
final class OtlpJsonSpan {
    private final WireWriter out;
    private final OtlpJsonValues values;
    private final FieldOrder order = new FieldOrder();

    private int from;
    private int last;
    private boolean ascends;

    OtlpJsonSpan(WireWriter out, int maxNesting) {
        this.out = out;
        this.values = new OtlpJsonValues(out, maxNesting);
    }

    /** Writes the members of the span at whose opening brace the reader stands, up to its closing one. */
    void write(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            reader.nextToken();
            switch (name) {
                case "traceId", "trace_id" -> reader.hex(out, 1, "the trace id");
                case "spanId", "span_id" -> reader.hex(out, 2, "the span id");
                case "traceState", "trace_state" -> reader.text(out, 3, "traceState");
                case "parentSpanId", "parent_span_id" -> reader.hex(out, 4, "the parent span id");
                case "name" -> reader.text(out, 5, "the name");
                case "startTimeUnixNano", "start_time_unix_nano" ->
                    out.fixed64Field(7, reader.integer("startTimeUnixNano"));
                case "endTimeUnixNano", "end_time_unix_nano" -> out.fixed64Field(8, reader.integer("endTimeUnixNano"));
                case "attributes" -> attributes(reader, 9);
                case "events" -> events(reader);
                case "links" -> links(reader);
                case "status" -> status(reader);
                default -> reader.skipChildren();
            }
        }
    }

    /** Writes an array of attributes, each as field {@code field}. */
    void attributes(JsonReader reader, int field) throws MalformedSpan, MalformedEnvelope {
        values.attributes(reader, field);
    }

    private void events(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        if (!reader.isArray("events")) {
            return;
        }
        while (reader.nextToken() != JsonToken.END_ARRAY) {
            if (reader.isObject("an event")) {
                int content = out.open(11);
                event(reader);
                out.close(content);
            }
        }
    }

    private void event(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        begin();
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            reader.nextToken();
            switch (name) {
                case "timeUnixNano", "time_unix_nano" -> out.fixed64Field(next(1), reader.integer("timeUnixNano"));
                case "name" -> reader.text(out, next(2), "an event's name");
                case "attributes" -> attributes(reader, next(3));
                case "droppedAttributesCount", "dropped_attributes_count" ->
                    out.varintField(next(4), reader.integer("droppedAttributesCount") & 0xFFFFFFFFL);
                default -> reader.skipChildren();
            }
        }
        end();
    }

    private void links(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        if (!reader.isArray("links")) {
            return;
        }
        while (reader.nextToken() != JsonToken.END_ARRAY) {
            if (reader.isObject("a link")) {
                int content = out.open(13);
                link(reader);
                out.close(content);
            }
        }
    }

    private void link(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        begin();
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            reader.nextToken();
            switch (name) {
                case "traceId", "trace_id" -> reader.hex(out, next(1), "a link's trace id");
                case "spanId", "span_id" -> reader.hex(out, next(2), "a link's span id");
                case "traceState", "trace_state" -> reader.text(out, next(3), "a link's traceState");
                case "attributes" -> attributes(reader, next(4));
                case "droppedAttributesCount", "dropped_attributes_count" ->
                    out.varintField(next(5), reader.integer("droppedAttributesCount") & 0xFFFFFFFFL);
                case "flags" -> flags(next(6), (int) reader.integer("flags"));
                default -> reader.skipChildren();
            }
        }
        end();
    }

    private void flags(int field, int flags) {
        if (flags != 0) {
            out.tag(field, WireWriter.FIXED32);
            out.fixed32(flags);
        }
    }

    /** Begins an event or a link: what is kept of it byte by byte must have the bytes that Protobuf gives it. */
    private void begin() {
        from = out.size();
        last = 0;
        ascends = true;
    }

    /** Notes the field that comes next. */
    private int next(int field) {
        ascends &= field >= last;
        last = field;
        return field;
    }

    private void end() throws MalformedSpan {
        if (!ascends) {
            order.ascend(out, from);
        }
    }

    private void status(JsonReader reader) throws MalformedSpan, MalformedEnvelope {
        if (!reader.isObject("status")) {
            return;
        }
        int content = out.open(15);
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            reader.nextToken();
            switch (name) {
                case "message" -> reader.text(out, 2, "the status message");
                case "code" -> out.varintField(3, statusCode(reader));
                default -> reader.skipChildren();
            }
        }
        out.close(content);
    }

    private static long statusCode(JsonReader reader) throws MalformedSpan {
        if (reader.currentToken() == JsonToken.VALUE_STRING) {
            switch (reader.text()) {
                case "STATUS_CODE_UNSET" -> {
                    return 0;
                }
                case "STATUS_CODE_OK" -> {
                    return 1;
                }
                case "STATUS_CODE_ERROR" -> {
                    return 2;
                }
                default -> {
                    return reader.integer("the status code");
                }
            }
        }
        return reader.integer("the status code");
    }
}
