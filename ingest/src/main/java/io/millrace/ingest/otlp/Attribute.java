package io.millrace.ingest.otlp;

import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import java.nio.charset.StandardCharsets;

/** One encoded {@code KeyValue}, looked into without being copied. Reused from attribute to attribute. */
final class Attribute {
    /** The kind of a value: the field number in {@code AnyValue}. */
    static final int NONE = 0;

    static final int TEXT = 1;
    static final int BOOL = 2;
    static final int INT = 3;
    static final int DOUBLE = 4;
    static final int ARRAY = 5;
    static final int MAP = 6;
    static final int BYTES = 7;

    private static final int KEY_TAG = 1 << 3 | WireWriter.LENGTH_DELIMITED;
    private static final int VALUE_TAG = 2 << 3 | WireWriter.LENGTH_DELIMITED;

    byte[] bytes = new byte[0];
    int from;
    int length;
    int keyFrom;
    int keyLength;
    int type;
    int valueFrom;
    int valueLength;
    long number;
    /** Nothing but a key and a value, which is a text or a number: no member twice, none that is unknown. */
    boolean plain;

    /** Reads the message of {@code size} bytes at which {@code reader} stands, and moves past it. */
    void read(WireReader reader, int size) throws MalformedSpan {
        bytes = reader.array();
        from = reader.position();
        length = size;
        keyFrom = from;
        keyLength = 0;
        type = NONE;
        int members = 0;
        int values = 0;
        int outer = reader.enter(size);
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            members++;
            if (tag == KEY_TAG) {
                keyLength = reader.length();
                keyFrom = reader.position();
                reader.skipBytes(keyLength);
            } else if (tag == VALUE_TAG) {
                int inner = reader.enter(reader.length());
                values += readValue(reader);
                reader.leave(inner);
            } else {
                members++;
                reader.skip(tag);
            }
        }
        reader.leave(outer);
        plain = members == 2 && values == 1 && type >= TEXT && type <= DOUBLE;
    }

    /**
     * Reads the rest of an {@code AnyValue}; of several values the last one counts, as in any {@code oneof}.
     *
     * @return how many members it has, known or not
     */
    int readValue(WireReader reader) throws MalformedSpan {
        int members = 0;
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            members++;
            int field = WireReader.field(tag);
            if (field < TEXT || field > BYTES || WireReader.wireType(tag) != wireType(field)) {
                reader.skip(tag);
                continue;
            }
            type = field;
            switch (field) {
                case BOOL, INT -> number = reader.varint();
                case DOUBLE -> number = reader.fixed64();
                default -> {
                    valueLength = reader.length();
                    valueFrom = reader.position();
                    reader.skipBytes(valueLength);
                }
            }
        }
        return members;
    }

    /** Makes this a text that stands in no {@code KeyValue}. */
    void text(byte[] source, int offset, int size) {
        bytes = source;
        type = TEXT;
        valueFrom = offset;
        valueLength = size;
    }

    /** Makes this a {@link #BOOL} or an {@link #INT} that stands in no {@code KeyValue}. */
    void number(int kind, long value) {
        type = kind;
        number = value;
    }

    /** Makes this a {@link #DOUBLE} that stands in no {@code KeyValue}. */
    void number(double value) {
        number(DOUBLE, Double.doubleToRawLongBits(value));
    }

    private static int wireType(int field) {
        return switch (field) {
            case BOOL, INT -> WireWriter.VARINT;
            case DOUBLE -> WireWriter.FIXED64;
            default -> WireWriter.LENGTH_DELIMITED;
        };
    }

    boolean isText() {
        return type == TEXT;
    }

    /** Whether the value is a double that says nothing: what a client's JSON calls {@code null}. */
    boolean isNaN() {
        return type == DOUBLE && Double.isNaN(asDouble());
    }

    /** The value of a {@link #DOUBLE}. */
    double asDouble() {
        return Double.longBitsToDouble(number);
    }

    /** The value of a {@link #TEXT}; bad bytes become U+FFFD. */
    String asString() {
        return new String(bytes, valueFrom, valueLength, StandardCharsets.UTF_8);
    }
}
