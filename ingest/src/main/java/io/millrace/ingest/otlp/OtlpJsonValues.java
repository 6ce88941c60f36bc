package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;

/** Writes the attributes and values of OTLP/JSON as Protobuf; names in camel and in snake case, numbers also as strings. */
final class OtlpJsonValues {
    private static final SerializableString KEY = new SerializedString("key");
    private static final SerializableString VALUE = new SerializedString("value");
    private static final SerializableString STRING_VALUE = new SerializedString("stringValue");

    private final WireWriter out;
    private final int maxNesting;

    OtlpJsonValues(WireWriter out, int maxNesting) {
        this.out = out;
        this.maxNesting = maxNesting;
    }

    /** Writes an array of attributes, each as field {@code field}. */
    void attributes(JsonParser parser, int field) throws IOException, MalformedSpan {
        attributes(parser, field, 0);
    }

    /** Writes one value as field {@code field}. */
    void value(JsonParser parser, int field) throws IOException, MalformedSpan {
        if (JsonValues.isObject(parser, "a value")) {
            int content = out.open(field);
            anyValue(parser, 1);
            out.close(content);
        }
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
        SerializableString likely = KEY;
        String name = JsonValues.nextName(parser, likely);
        while (name != null) {
            parser.nextToken();
            switch (name) {
                case "key" -> {
                    JsonValues.text(parser, out, 1, "an attribute's key");
                    likely = VALUE;
                }
                case "value" -> {
                    if (JsonValues.isObject(parser, "an attribute's value")) {
                        int content = out.open(2);
                        anyValue(parser, depth + 1);
                        out.close(content);
                    }
                }
                default -> parser.skipChildren();
            }
            name = JsonValues.nextName(parser, likely);
        }
    }

    private void anyValue(JsonParser parser, int depth) throws IOException, MalformedSpan {
        if (depth > maxNesting) {
            throw new MalformedSpan(RefusalReason.TOO_DEEP, "values are nested too deep");
        }
        String name = JsonValues.nextName(parser, STRING_VALUE);
        while (name != null) {
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
            name = JsonValues.nextName(parser, STRING_VALUE);
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
}
