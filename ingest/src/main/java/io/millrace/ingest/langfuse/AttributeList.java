package io.millrace.ingest.langfuse;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonAttribute;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;

/** Attributes that are being collected from JSON, encoded one behind the other. Nulls say nothing and are left out. */
final class AttributeList {
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int TEXT = 1;

    private final WireWriter out = new WireWriter(4096);
    private final int field;
    private final JsonAttribute values;

    /**
     * @param field of each attribute in the message that they will be part of
     * @param maxNesting how deep a value may nest
     */
    AttributeList(int field, int maxNesting) {
        this.field = field;
        this.values = new JsonAttribute(out, maxNesting);
    }

    void clear() {
        out.clear();
    }

    byte[] array() {
        return out.array();
    }

    int size() {
        return out.size();
    }

    void text(String key, String text) {
        int attribute = out.open(field);
        out.textField(KEY, key);
        int value = out.open(VALUE);
        out.textField(TEXT, text);
        out.close(value);
        out.close(attribute);
    }

    /** Adds {@code bytes[from, end)}, which are JSON, as a text. */
    void json(String key, byte[] bytes, int from, int end) {
        int attribute = out.open(field);
        values.writeText(key, bytes, from, end - from);
        out.close(attribute);
    }

    /** Adds a value in its own type, and as its JSON only if it is nested too deep for that. */
    void value(String key, JsonCursor at) throws IOException, MalformedSpan {
        JsonParser parser = at.parser();
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        int attribute = out.open(field);
        values.writeMembersOrJson(parser, key, at.bytes(), at.base());
        out.close(attribute);
    }

    /** Adds what went in or came out: an object or an array as its JSON. An empty text says nothing. */
    void payload(String key, JsonCursor at) throws IOException, MalformedSpan {
        JsonParser parser = at.parser();
        if (parser.currentToken().isStructStart()) {
            int from = at.from();
            parser.skipChildren();
            json(key, at.bytes(), from, at.end());
        } else {
            scalar(key, at);
        }
    }

    /** Adds a value that should be a text or a number; an empty text says nothing. */
    void scalar(String key, JsonCursor at) throws IOException, MalformedSpan {
        JsonParser parser = at.parser();
        if (parser.currentToken() != JsonToken.VALUE_STRING || parser.getTextLength() > 0) {
            value(key, at);
        }
    }

    /** Adds each member of an object by its own name behind a dot; whatever is no object, by the key alone. */
    void members(String key, JsonCursor at) throws IOException, MalformedSpan {
        JsonParser parser = at.parser();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            scalar(key, at);
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            value(key + '.' + name, at);
        }
    }
}
