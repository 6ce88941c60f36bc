package io.millrace.ingest.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;

/** Writes plain JSON values as encoded attributes: objects become maps, whole numbers stay whole. */
public final class JsonAttribute {
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private final WireWriter out;
    private final int maxNesting;

    /** @param maxNesting how deep a value may nest */
    public JsonAttribute(WireWriter out, int maxNesting) {
        this.out = out;
        this.maxNesting = maxNesting;
    }

    /** Writes the members of a {@code KeyValue}: the key {@code name}, and the value at which the parser stands. */
    public void writeMembers(JsonParser parser, String name) throws IOException, MalformedSpan {
        keyValue(parser, name, 0);
    }

    /**
     * As {@link #writeMembers}, but a value that is nested too deep becomes its JSON, a text.
     *
     * @param bytes what is parsed
     * @param base where in {@code bytes} the parser began
     */
    public void writeMembersOrJson(JsonParser parser, String name, byte[] bytes, int base)
            throws IOException, MalformedSpan {
        int before = out.size();
        int from = parser.currentToken().isStructStart()
                ? base + (int) parser.currentTokenLocation().getByteOffset()
                : 0;
        int depth = parser.getParsingContext().getNestingDepth();
        try {
            writeMembers(parser, name);
        } catch (MalformedSpan malformed) {
            if (malformed.reason() != RefusalReason.TOO_DEEP) {
                throw malformed;
            }
            JsonValues.leave(parser, depth);
            out.truncate(before);
            int end = base + (int) parser.currentLocation().getByteOffset();
            writeText(name, bytes, from, end - from);
        }
    }

    /** Writes the members of a {@code KeyValue}: the key {@code name}, and some bytes as a text. */
    public void writeText(String name, byte[] bytes, int from, int length) {
        out.textField(KEY, name);
        int content = out.open(VALUE);
        out.message(1, bytes, from, length);
        out.close(content);
    }

    private void members(JsonParser parser, int field, int depth) throws IOException, MalformedSpan {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            int content = out.open(field);
            keyValue(parser, name, depth);
            out.close(content);
        }
    }

    private void keyValue(JsonParser parser, String name, int depth) throws IOException, MalformedSpan {
        out.textField(KEY, name);
        if (parser.currentToken() != JsonToken.VALUE_NULL) {
            int content = out.open(VALUE);
            value(parser, depth + 1);
            out.close(content);
        }
    }

    private void value(JsonParser parser, int depth) throws IOException, MalformedSpan {
        if (depth > maxNesting) {
            throw new MalformedSpan(RefusalReason.TOO_DEEP, "values are nested too deep");
        }
        switch (parser.currentToken()) {
            case VALUE_STRING -> JsonValues.presentText(parser, out, 1, "a value");
            case VALUE_TRUE, VALUE_FALSE -> {
                out.tag(2, WireWriter.VARINT);
                out.varint(parser.currentToken() == JsonToken.VALUE_TRUE ? 1 : 0);
            }
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> {
                out.tag(4, WireWriter.FIXED64);
                out.fixed64(Double.doubleToRawLongBits(parser.getDoubleValue()));
            }
            case START_ARRAY -> {
                int content = out.open(5);
                elements(parser, depth);
                out.close(content);
            }
            case START_OBJECT -> {
                int content = out.open(6);
                members(parser, 1, depth);
                out.close(content);
            }
            default -> {
                // JSON's null is a value that says nothing.
            }
        }
    }

    /** Whole numbers beyond 64 bits stay exact as text. */
    private void integer(JsonParser parser) throws IOException {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            out.textField(1, parser.getText());
        } else {
            out.tag(3, WireWriter.VARINT);
            out.varint(parser.getLongValue());
        }
    }

    private void elements(JsonParser parser, int depth) throws IOException, MalformedSpan {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            int content = out.open(1);
            value(parser, depth + 1);
            out.close(content);
        }
    }
}
