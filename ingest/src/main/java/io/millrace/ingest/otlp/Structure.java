package io.millrace.ingest.otlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the members of an attribute that is a structure: JSON in a text, as nearly all clients send it, or a map. A text
 * that is no JSON, or not to its end, is none of the span's faults: what was read up to there counts. Reused from attribute
 * to attribute.
 */
final class Structure {
    /** Deeper members have no meaning to anybody. */
    private static final int MAX_DEPTH = 4;

    /** Longer ones are payloads, which no member is that has a meaning. */
    private static final int MAX_TEXT_CHARS = 16 * 1024;

    /** Nor has a member whose name is longer: a structure is read until there. */
    private static final int MAX_NAME_CHARS = 256;

    private static final char SEPARATOR = '/';
    /**
     * Names come from senders without end, so they are not interned; the few thousand that a factory keeps are short. Python's
     * {@code str} of a map has single quotes.
     */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(MAX_NAME_CHARS)
                    .build())
            .build();

    /** Looks at the members that are no structures themselves. */
    interface Visitor {
        /**
         * Is shown one member.
         *
         * @param path the attribute's key and the names of the members that lead here, each behind a slash
         * @param value overwritten by the next; texts stay as they are until the span is encoded
         */
        void member(Path path, Attribute value) throws MalformedSpan;
    }

    /** The way to a member, as bytes and as text. */
    static final class Path {
        private final WireWriter bytes = new WireWriter(128);
        private int keyLength;

        byte[] bytes() {
            return bytes.array();
        }

        int length() {
            return bytes.size();
        }

        /** Without the attribute's key. */
        String names() {
            int from = keyLength + 1;
            return new String(bytes.array(), from, bytes.size() - from, StandardCharsets.UTF_8);
        }
    }

    private final JsonRendering json;
    private final WireWriter texts;
    private final Path path = new Path();
    private final Attribute value = new Attribute();

    /** @param texts keeps what is written until the span is encoded */
    Structure(JsonRendering json, WireWriter texts) {
        this.json = json;
        this.texts = texts;
    }

    static JsonParser parser(byte[] bytes, int from, int length) throws IOException {
        return FACTORY.createParser(bytes, from, length);
    }

    void read(Attribute attribute, Visitor visitor) throws MalformedSpan {
        byte[] bytes = attribute.bytes;
        int from = attribute.valueFrom;
        int length = attribute.valueLength;
        if (attribute.type == Attribute.MAP) {
            from = texts.size();
            json.write(texts, attribute);
            bytes = texts.array();
            length = texts.size() - from;
        } else if (!attribute.isText()) {
            return;
        }
        path.bytes.clear();
        path.bytes.raw(attribute.bytes, attribute.keyFrom, attribute.keyLength);
        path.keyLength = attribute.keyLength;
        try (JsonParser parser = parser(bytes, from, length)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                members(parser, visitor, 1);
            }
        } catch (IOException noJson) {
            // The text stays an attribute, for whoever can make something of it.
        }
    }

    private void members(JsonParser parser, Visitor visitor, int depth) throws IOException, MalformedSpan {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            int outer = path.length();
            byte[] name = parser.currentName().getBytes(StandardCharsets.UTF_8);
            path.bytes.raw(SEPARATOR);
            path.bytes.raw(name, 0, name.length);
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_OBJECT && depth < MAX_DEPTH) {
                members(parser, visitor, depth + 1);
            } else if (token.isStructStart()) {
                parser.skipChildren();
            } else if (isValue(parser, token)) {
                visitor.member(path, value);
            }
            path.bytes.truncate(outer);
        }
    }

    private boolean isValue(JsonParser parser, JsonToken token) throws IOException {
        switch (token) {
            case VALUE_STRING -> {
                if (parser.getTextLength() > MAX_TEXT_CHARS) {
                    return false;
                }
                byte[] text = parser.getText().getBytes(StandardCharsets.UTF_8);
                int start = texts.size();
                texts.raw(text, 0, text.length);
                value.text(texts.array(), start, text.length);
            }
            case VALUE_NUMBER_INT -> {
                if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                    value.number(parser.getDoubleValue());
                } else {
                    value.number(Attribute.INT, parser.getLongValue());
                }
            }
            case VALUE_NUMBER_FLOAT -> value.number(parser.getDoubleValue());
            case VALUE_TRUE, VALUE_FALSE -> value.number(Attribute.BOOL, token == JsonToken.VALUE_TRUE ? 1 : 0);
            default -> {
                return false;
            }
        }
        return true;
    }
}
