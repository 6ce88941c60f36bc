package io.millrace.ingest.otlp;

import io.millrace.ingest.json.JsonReader;
import io.millrace.ingest.json.Literal;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.WireWriter;

/**
 * An attribute of OTLP/JSON as nearly all are written: no blanks, the key first, one text or number. Those are known by the bytes
 * between what they say, without a look at each token.
 */
final class PlainAttribute {
    private static final Literal KEY = new Literal("\"key\":\"");
    private static final Literal VALUE = new Literal("\",\"value\":{\"");
    private static final Literal STRING = new Literal("stringValue\":\"");
    private static final Literal QUOTED_INT = new Literal("intValue\":\"");
    private static final Literal INT = new Literal("intValue\":");
    private static final Literal DOUBLE = new Literal("doubleValue\":");
    private static final Literal QUOTE_AND_END = new Literal("\"}}");
    private static final Literal END = new Literal("}}");

    private static final int KEY_FIELD = 1;
    private static final int VALUE_FIELD = 2;
    private static final int STRING_FIELD = 1;
    private static final int INT_FIELD = 3;
    private static final int DOUBLE_FIELD = 4;

    private final WireWriter out;

    private int keyFrom;
    private int keyLength;

    PlainAttribute(WireWriter out) {
        this.out = out;
    }

    /**
     * Writes the attribute at whose opening brace the reader stands as field {@code field}, and moves to its end.
     *
     * @return false if it is written in another way: then nothing has happened
     */
    boolean write(JsonReader reader, int field) throws MalformedEnvelope {
        int mark = reader.mark();
        boolean known = key(reader) && value(reader, field);
        if (known) {
            reader.passedObject();
        } else {
            reader.back(mark);
        }
        return known;
    }

    private boolean key(JsonReader reader) {
        if (!reader.passes(KEY) || !reader.passesText()) {
            return false;
        }
        keyFrom = reader.from();
        keyLength = reader.length();
        return keyLength > 0 && reader.passes(VALUE);
    }

    private boolean value(JsonReader reader, int field) throws MalformedEnvelope {
        if (reader.passes(STRING)) {
            return reader.passesText() && string(reader, field);
        }
        if (reader.passes(QUOTED_INT)) {
            return reader.passesText() && integer(reader, QUOTE_AND_END, field);
        }
        if (reader.passes(INT)) {
            return reader.passesNumber() && integer(reader, END, field);
        }
        return reader.passes(DOUBLE) && reader.passesNumber() && decimal(reader, field);
    }

    private boolean string(JsonReader reader, int field) {
        int from = reader.from();
        int length = reader.length();
        if (!reader.passes(QUOTE_AND_END)) {
            return false;
        }
        open(reader, field, WireWriter.fieldSize(STRING_FIELD, length));
        out.message(STRING_FIELD, reader.bytes(), from, length);
        return true;
    }

    private boolean integer(JsonReader reader, Literal end, int field) {
        long value = reader.digits();
        if (value < 0 || !reader.passes(end)) {
            return false;
        }
        open(reader, field, 1 + WireWriter.varintSize(value));
        out.tag(INT_FIELD, WireWriter.VARINT);
        out.varint(value);
        return true;
    }

    private boolean decimal(JsonReader reader, int field) {
        double value = reader.decimal();
        if (!reader.passes(END)) {
            return false;
        }
        open(reader, field, 1 + Double.BYTES);
        out.tag(DOUBLE_FIELD, WireWriter.FIXED64);
        out.fixed64(Double.doubleToRawLongBits(value));
        return true;
    }

    /** Writes all that stands before a value of {@code size} bytes. */
    private void open(JsonReader reader, int field, int size) {
        out.tag(field, WireWriter.LENGTH_DELIMITED);
        out.varint(WireWriter.fieldSize(KEY_FIELD, keyLength) + WireWriter.fieldSize(VALUE_FIELD, size));
        out.message(KEY_FIELD, reader.bytes(), keyFrom, keyLength);
        out.tag(VALUE_FIELD, WireWriter.LENGTH_DELIMITED);
        out.varint(size);
    }
}
