package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.json.JsonBody;
import io.millrace.ingest.json.JsonValues;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;
import java.util.List;

/** Writes encoded attributes. Objects and arrays stay the JSON that was sent, as these SDKs export them elsewhere. */
final class AttributeWriter {
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private static final int TEXT = 1;
    private static final int BOOL = 2;
    private static final int INT = 3;
    private static final int DOUBLE = 4;
    private static final int ARRAY = 5;
    private static final int MAP = 6;

    private final WireWriter out;
    private final int field;

    /** @param field of each attribute in what is written */
    AttributeWriter(WireWriter out, int field) {
        this.out = out;
        this.field = field;
    }

    void text(String key, String text) {
        int attribute = out.open(field);
        textMembers(key, text);
        out.close(attribute);
    }

    void json(String key, Slice slice) {
        int attribute = out.open(field);
        out.textField(KEY, key);
        int value = out.open(VALUE);
        out.message(TEXT, slice.bytes(), slice.from(), slice.length());
        out.close(value);
        out.close(attribute);
    }

    void number(String key, long number) {
        int attribute = out.open(field);
        numberMembers(key, number);
        out.close(attribute);
    }

    void yes(String key) {
        int attribute = out.open(field);
        out.textField(KEY, key);
        int value = out.open(VALUE);
        out.varintField(BOOL, 1);
        out.close(value);
        out.close(attribute);
    }

    void texts(String key, List<String> texts) {
        int attribute = out.open(field);
        out.textField(KEY, key);
        int value = out.open(VALUE);
        int array = out.open(ARRAY);
        for (String text : texts) {
            int element = out.open(1);
            out.textField(TEXT, text);
            out.close(element);
        }
        out.close(array);
        out.close(value);
        out.close(attribute);
    }

    /** What is said of a file that came with a run. */
    void file(String key, String mime, int bytes) {
        int attribute = out.open(field);
        out.textField(KEY, key);
        int value = out.open(VALUE);
        int map = out.open(MAP);
        int type = out.open(1);
        textMembers("mime_type", mime);
        out.close(type);
        int size = out.open(1);
        numberMembers("bytes", bytes);
        out.close(size);
        out.close(map);
        out.close(value);
        out.close(attribute);
    }

    /** The value at which the parser stands, read to its end; a null writes nothing. */
    void value(String key, JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        if (!isNull(parser)) {
            int attribute = out.open(field);
            members(key, parser, body);
            out.close(attribute);
        }
    }

    /** As {@link #value}, but without what says that it is an attribute; not for a null. */
    void members(String key, JsonParser parser, JsonBody body) throws IOException, MalformedSpan {
        out.textField(KEY, key);
        int value = out.open(VALUE);
        switch (parser.currentToken()) {
            case VALUE_STRING -> JsonValues.presentText(parser, out, TEXT, key);
            case VALUE_TRUE, VALUE_FALSE -> {
                out.tag(BOOL, WireWriter.VARINT);
                out.varint(JsonValues.bool(parser, key) ? 1 : 0);
            }
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> {
                out.tag(DOUBLE, WireWriter.FIXED64);
                out.fixed64(Double.doubleToRawLongBits(parser.getDoubleValue()));
            }
            default -> {
                Slice slice = Slice.of(parser, body);
                out.message(TEXT, slice.bytes(), slice.from(), slice.length());
            }
        }
        out.close(value);
    }

    /** Whole numbers beyond 64 bits stay exact as text. */
    private void integer(JsonParser parser) throws IOException {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            out.textField(TEXT, parser.getText());
        } else {
            out.tag(INT, WireWriter.VARINT);
            out.varint(parser.getLongValue());
        }
    }

    private void textMembers(String key, String text) {
        out.textField(KEY, key);
        int value = out.open(VALUE);
        out.textField(TEXT, text);
        out.close(value);
    }

    private void numberMembers(String key, long number) {
        out.textField(KEY, key);
        int value = out.open(VALUE);
        out.tag(INT, WireWriter.VARINT);
        out.varint(number);
        out.close(value);
    }

    private static boolean isNull(JsonParser parser) {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }
}
