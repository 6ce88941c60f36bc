package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;

/**
 * Writes one OTLP/JSON span as Protobuf. Differs from Protobuf's own JSON mapping as OTLP does: ids are hexadecimal. Takes
 * the names in camel and in snake case, and 64-bit numbers as numbers or strings.
 */
final class OtlpJsonSpan {
    private final WireWriter out;
    private final int maxNesting;

    OtlpJsonSpan(WireWriter out, int maxNesting) {
        this.out = out;
        this.maxNesting = maxNesting;
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
        attributes(parser, field, 0);
    }

    private void attributes(JsonParser parser, int field, int depth) throws IOException, MalformedSpan {
        if (!JsonValues.isArray(parser, "attributes")) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (JsonValues.isObject(parser, "an attribute")) {
                int content = out.open(field);
                keyValue(parser, depth);
                out.close(content);
            }
        }
    }

    private void keyValue(JsonParser parser, int depth) throws IOException, MalformedSpan {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "key" -> JsonValues.text(parser, out, 1, "an attribute's key");
                case "value" -> {
                    if (JsonValues.isObject(parser, "an attribute's value")) {
                        int content = out.open(2);
                        anyValue(parser, depth + 1);
                        out.close(content);
                    }
                }
                default -> parser.skipChildren();
            }
        }
    }

    private void anyValue(JsonParser parser, int depth) throws IOException, MalformedSpan {
        if (depth > maxNesting) {
            throw new MalformedSpan(RefusalReason.TOO_DEEP, "values are nested too deep");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "stringValue", "string_value" -> JsonValues.presentText(parser, out, 1, "stringValue");
                case "boolValue", "bool_value" -> {
                    if (value != JsonToken.VALUE_NULL) {
                        out.tag(2, WireWriter.VARINT);
                        out.varint(JsonValues.bool(parser, "boolValue") ? 1 : 0);
                    }
                }
                case "intValue", "int_value" -> intValue(parser);
                case "doubleValue", "double_value" -> doubleValue(JsonValues.number(parser, "doubleValue"));
                case "arrayValue", "array_value" -> list(parser, 5, depth);
                case "kvlistValue", "kvlist_value" -> list(parser, 6, depth);
                case "bytesValue", "bytes_value" -> JsonValues.base64(parser, out, 7, "bytesValue");
                default -> parser.skipChildren();
            }
        }
    }

    /** Clients without integers send fractions as {@code intValue}; those are doubles. */
    private void intValue(JsonParser parser) throws IOException, MalformedSpan {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
            double value = parser.getDoubleValue();
            if (value != Math.rint(value) || Math.abs(value) > 1L << 53) {
                doubleValue(value);
                return;
            }
        }
        out.tag(3, WireWriter.VARINT);
        out.varint(JsonValues.integer(parser, "intValue"));
    }

    private void doubleValue(double value) {
        out.tag(4, WireWriter.FIXED64);
        out.fixed64(Double.doubleToRawLongBits(value));
    }

    /** An array or a map: an object with the one member {@code values}. */
    private void list(JsonParser parser, int field, int depth) throws IOException, MalformedSpan {
        if (!JsonValues.isObject(parser, "a list of values")) {
            return;
        }
        int content = out.open(field);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            if (!name.equals("values")) {
                parser.skipChildren();
            } else if (field == 6) {
                attributes(parser, 1, depth);
            } else {
                values(parser, depth);
            }
        }
        out.close(content);
    }

    private void values(JsonParser parser, int depth) throws IOException, MalformedSpan {
        if (!JsonValues.isArray(parser, "values")) {
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            int content = out.open(1);
            if (JsonValues.isObject(parser, "a value")) {
                anyValue(parser, depth + 1);
            }
            out.close(content);
        }
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
