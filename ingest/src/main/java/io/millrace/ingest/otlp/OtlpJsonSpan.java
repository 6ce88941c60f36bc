package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;

/**
 * Writes one OTLP/JSON span as Protobuf. Differs from Protobuf's own JSON mapping as OTLP does: ids are hexadecimal. Takes
 * the names in camel and in snake case, and 64-bit numbers as numbers or strings.
 */
final class OtlpJsonSpan {
    private final WireWriter out;
    private final OtlpJsonValues values;

    OtlpJsonSpan(WireWriter out, int maxNesting) {
        this.out = out;
        this.values = new OtlpJsonValues(out, maxNesting);
    }

    /** Writes the members of the span at whose opening brace the parser stands, up to its closing one. */
    void write(JsonParser parser) throws IOException, MalformedSpan {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "traceId", "trace_id" -> JsonValues.hex(parser, out, 1, "the trace id");
                case "spanId", "span_id" -> JsonValues.hex(parser, out, 2, "the span id");
                case "traceState", "trace_state" -> JsonValues.text(parser, out, 3, "traceState");
                case "parentSpanId", "parent_span_id" -> JsonValues.hex(parser, out, 4, "the parent span id");
                case "name" -> JsonValues.text(parser, out, 5, "the name");
                case "startTimeUnixNano", "start_time_unix_nano" ->
                    out.fixed64Field(7, JsonValues.integer(parser, "startTimeUnixNano"));
                case "endTimeUnixNano", "end_time_unix_nano" ->
                    out.fixed64Field(8, JsonValues.integer(parser, "endTimeUnixNano"));
                case "attributes" -> attributes(parser, 9);
                case "events" -> events(parser);
                case "links" -> links(parser);
                case "status" -> status(parser);
                default -> parser.skipChildren();
            }
        }
    }

    /** Writes an array of attributes, each as field {@code field}. */
    void attributes(JsonParser parser, int field) throws IOException, MalformedSpan {
        values.attributes(parser, field);
    }

    private void events(JsonParser parser) throws IOException, MalformedSpan {
        if (!JsonValues.isArray(parser, "events")) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (JsonValues.isObject(parser, "an event")) {
                int content = out.open(11);
                event(parser);
                out.close(content);
            }
        }
    }

    private void event(JsonParser parser) throws IOException, MalformedSpan {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "timeUnixNano", "time_unix_nano" ->
                    out.fixed64Field(1, JsonValues.integer(parser, "timeUnixNano"));
                case "name" -> JsonValues.text(parser, out, 2, "an event's name");
                case "attributes" -> attributes(parser, 3);
                case "droppedAttributesCount", "dropped_attributes_count" ->
                    out.varintField(4, JsonValues.integer(parser, "droppedAttributesCount") & 0xFFFFFFFFL);
                default -> parser.skipChildren();
            }
        }
    }

    private void links(JsonParser parser) throws IOException, MalformedSpan {
        if (!JsonValues.isArray(parser, "links")) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (JsonValues.isObject(parser, "a link")) {
                int content = out.open(13);
                link(parser);
                out.close(content);
            }
        }
    }

    private void link(JsonParser parser) throws IOException, MalformedSpan {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "traceId", "trace_id" -> JsonValues.hex(parser, out, 1, "a link's trace id");
                case "spanId", "span_id" -> JsonValues.hex(parser, out, 2, "a link's span id");
                case "traceState", "trace_state" -> JsonValues.text(parser, out, 3, "a link's traceState");
                case "attributes" -> attributes(parser, 4);
                case "droppedAttributesCount", "dropped_attributes_count" ->
                    out.varintField(5, JsonValues.integer(parser, "droppedAttributesCount") & 0xFFFFFFFFL);
                case "flags" -> {
                    int flags = (int) JsonValues.integer(parser, "flags");
                    if (flags != 0) {
                        out.tag(6, WireWriter.FIXED32);
                        out.fixed32(flags);
                    }
                }
                default -> parser.skipChildren();
            }
        }
    }

    private void status(JsonParser parser) throws IOException, MalformedSpan {
        if (!JsonValues.isObject(parser, "status")) {
            return;
        }
        int content = out.open(15);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "message" -> JsonValues.text(parser, out, 2, "the status message");
                case "code" -> out.varintField(3, statusCode(parser));
                default -> parser.skipChildren();
            }
        }
        out.close(content);
    }

    private static long statusCode(JsonParser parser) throws IOException, MalformedSpan {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            switch (parser.getText()) {
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
                    return JsonValues.integer(parser, "the status code");
                }
            }
        }
        return JsonValues.integer(parser, "the status code");
    }
}
