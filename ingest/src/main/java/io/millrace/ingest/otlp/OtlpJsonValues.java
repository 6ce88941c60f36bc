package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonReader;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.WireWriter;

/** Writes the attributes and values of OTLP/JSON as Protobuf; names in camel and in snake case, numbers also as strings. */
final class OtlpJsonValues {
    private final WireWriter out;
    private final PlainAttribute plain;
    private final FieldOrder order = new FieldOrder();
    private final int maxNesting;

    OtlpJsonValues(WireWriter out, int maxNesting) {
        this.out = out;
        this.plain = new PlainAttribute(out);
        this.maxNesting = maxNesting;
    }

    /** Writes an array of attributes, each as field {@code field}. */
    void attributes(JsonReader reader, int field) throws MalformedSpan, MalformedEnvelope {
        attributes(reader, field, 0);
    }

    /** Writes one value as field {@code field}. */
    void value(JsonReader reader, int field) throws MalformedSpan, MalformedEnvelope {
        if (reader.isObject("a value")) {
            int content = out.open(field);
            anyValue(reader, 1);
            out.close(content);
        }
    }

    private void attributes(JsonReader reader, int field, int depth) throws MalformedSpan, MalformedEnvelope {
        if (!reader.isArray("attributes")) {
            return;
        }
        while (reader.nextToken() != JsonToken.END_ARRAY) {
            if (reader.isObject("an attribute") && !(depth < maxNesting && plain.write(reader, field))) {
                int content = out.open(field);
                keyValue(reader, depth);
                out.close(content);
            }
        }
    }

    private void keyValue(JsonReader reader, int depth) throws MalformedSpan, MalformedEnvelope {
        int from = out.size();
        boolean valued = false;
        boolean ascends = true;
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            reader.nextToken();
            switch (name) {
                case "key" -> {
                    ascends &= !valued;
                    reader.text(out, 1, "an attribute's key");
                }
                case "value" -> {
                    valued = true;
                    if (reader.isObject("an attribute's value")) {
                        int content = out.open(2);
                        anyValue(reader, depth + 1);
                        out.close(content);
                    }
                }
                default -> reader.skipChildren();
            }
        }
        if (!ascends) {
            order.ascend(out, from);
        }
    }

    private void anyValue(JsonReader reader, int depth) throws MalformedSpan, MalformedEnvelope {
        if (depth > maxNesting) {
            throw new MalformedSpan(RefusalReason.TOO_DEEP, "values are nested too deep");
        }
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            JsonToken value = reader.nextToken();
            switch (name) {
                case "stringValue", "string_value" -> reader.presentText(out, 1, "stringValue");
                case "boolValue", "bool_value" -> {
                    if (value != JsonToken.VALUE_NULL) {
                        out.tag(2, WireWriter.VARINT);
                        out.varint(reader.bool("boolValue") ? 1 : 0);
                    }
                }
                case "intValue", "int_value" -> intValue(reader);
                case "doubleValue", "double_value" -> doubleValue(reader.number("doubleValue"));
                case "arrayValue", "array_value" -> list(reader, 5, depth);
                case "kvlistValue", "kvlist_value" -> list(reader, 6, depth);
                case "bytesValue", "bytes_value" -> reader.base64(out, 7, "bytesValue");
                default -> reader.skipChildren();
            }
        }
    }

    /**
     * Clients without integers send fractions as {@code intValue}, and those with longer ones numbers that 64 bits have no
     * room for; both are doubles. What has a point or an exponent is an integer as far as a double has every one of them.
     */
    private void intValue(JsonReader reader) throws MalformedSpan {
        if (reader.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (reader.isLong() || !reader.isNumber()) {
            intValue(reader.integer("intValue"));
            return;
        }
        double value = reader.number("intValue");
        if (value == Math.rint(value) && Math.abs(value) <= 1L << 53) {
            intValue((long) value);
        } else {
            doubleValue(value);
        }
    }

    private void intValue(long value) {
        out.tag(3, WireWriter.VARINT);
        out.varint(value);
    }

    private void doubleValue(double value) {
        out.tag(4, WireWriter.FIXED64);
        out.fixed64(Double.doubleToRawLongBits(value));
    }

    /** An array or a map: an object with the one member {@code values}. */
    private void list(JsonReader reader, int field, int depth) throws MalformedSpan, MalformedEnvelope {
        if (!reader.isObject("a list of values")) {
            return;
        }
        int content = out.open(field);
        while (reader.nextToken() != JsonToken.END_OBJECT) {
            String name = reader.currentName();
            reader.nextToken();
            if (!name.equals("values")) {
                reader.skipChildren();
            } else if (field == 6) {
                attributes(reader, 1, depth);
            } else {
                values(reader, depth);
            }
        }
        out.close(content);
    }

    private void values(JsonReader reader, int depth) throws MalformedSpan, MalformedEnvelope {
        if (!reader.isArray("values")) {
            return;
        }
        while (reader.nextToken() != JsonToken.END_ARRAY) {
            int content = out.open(1);
            if (reader.isObject("a value")) {
                anyValue(reader, depth + 1);
            }
            out.close(content);
        }
    }
}
