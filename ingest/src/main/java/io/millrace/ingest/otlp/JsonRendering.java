package io.millrace.ingest.otlp;

import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.RequestContext;
import io.millrace.ingest.span.WireReader;
import io.millrace.ingest.span.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Writes encoded values as JSON text (RFC 8259); bytes as base64, and what JSON has no number for as null. */
final class JsonRendering {
    private static final byte[] NULL = ascii("null");
    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final int MEMBER_TAG = 1 << 3 | WireWriter.LENGTH_DELIMITED;

    private final int maxNesting;
    private final Masking masking;
    private final WireReader reader = new WireReader();
    private boolean leftOut;

    JsonRendering(RequestContext context) {
        this.maxNesting = context.limits().maxNesting();
        this.masking = context.masking();
    }

    /** Whether members were left out since this was asked, as the project wants nothing stored by their names. */
    boolean hasLeftOut() {
        boolean is = leftOut;
        leftOut = false;
        return is;
    }

    /** Whether a member of a map is to be left out. */
    boolean denies(Attribute member) {
        boolean denied = masking.hasKeyRules()
                && masking.attributes(member.bytes, member.keyFrom, member.keyFrom + member.keyLength)
                        == Masking.Attributes.DENIED;
        leftOut |= denied;
        return denied;
    }

    /** Writes the value of {@code attribute}. */
    void write(WireWriter out, Attribute attribute) throws MalformedSpan {
        switch (attribute.type) {
            case Attribute.TEXT -> string(out, attribute.bytes, attribute.valueFrom, attribute.valueLength);
            case Attribute.BOOL -> put(out, ascii(attribute.number != 0 ? "true" : "false"));
            case Attribute.INT -> put(out, ascii(Long.toString(attribute.number)));
            case Attribute.DOUBLE -> number(out, attribute.asDouble());
            case Attribute.ARRAY -> nested(out, attribute, '[', ']');
            case Attribute.MAP -> nested(out, attribute, '{', '}');
            case Attribute.BYTES -> base64(out, attribute);
            default -> put(out, NULL);
        }
    }

    private void nested(WireWriter out, Attribute attribute, char open, char close) throws MalformedSpan {
        reader.reset(attribute.bytes, attribute.valueFrom, attribute.valueFrom + attribute.valueLength);
        members(out, open, close, 1);
    }

    private void members(WireWriter out, char open, char close, int depth) throws MalformedSpan {
        if (depth > maxNesting) {
            throw new MalformedSpan(RefusalReason.TOO_DEEP, "values are nested too deep");
        }
        out.raw(open);
        boolean first = true;
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            if (tag != MEMBER_TAG) {
                reader.skip(tag);
                continue;
            }
            int outer = reader.enter(reader.length());
            Attribute attribute = open == '{' ? member() : element();
            if (open != '{' || !denies(attribute)) {
                if (!first) {
                    out.raw(',');
                }
                first = false;
                if (open == '{') {
                    string(out, attribute.bytes, attribute.keyFrom, attribute.keyLength);
                    out.raw(':');
                }
                scalarOrNested(out, attribute, depth);
            }
            reader.leave(outer);
        }
        out.raw(close);
    }

    private Attribute member() throws MalformedSpan {
        Attribute attribute = new Attribute();
        attribute.read(reader, reader.limit() - reader.position());
        return attribute;
    }

    private Attribute element() throws MalformedSpan {
        Attribute attribute = new Attribute();
        attribute.bytes = reader.array();
        attribute.readValue(reader);
        return attribute;
    }

    private void scalarOrNested(WireWriter out, Attribute attribute, int depth) throws MalformedSpan {
        boolean array = attribute.type == Attribute.ARRAY;
        if (!array && attribute.type != Attribute.MAP) {
            write(out, attribute);
            return;
        }
        int position = reader.position();
        int limit = reader.limit();
        reader.reset(attribute.bytes, attribute.valueFrom, attribute.valueFrom + attribute.valueLength);
        members(out, array ? '[' : '{', array ? ']' : '}', depth + 1);
        reader.reset(attribute.bytes, position, limit);
    }

    /** Writes a JSON string; bytes that are no UTF-8 stay as they are, for whoever cleans the text. */
    static void string(WireWriter out, byte[] bytes, int from, int length) {
        out.raw('"');
        int start = from;
        int end = from + length;
        for (int i = from; i < end; i++) {
            byte next = bytes[i];
            if (next >= 0x20 && next != '"' && next != '\\' || next < 0) {
                continue;
            }
            out.raw(bytes, start, i - start);
            start = i + 1;
            escape(out, next);
        }
        out.raw(bytes, start, end - start);
        out.raw('"');
    }

    private static void escape(WireWriter out, byte next) {
        out.raw('\\');
        switch (next) {
            case '"', '\\' -> out.raw(next);
            case '\n' -> out.raw('n');
            case '\r' -> out.raw('r');
            case '\t' -> out.raw('t');
            default -> {
                put(out, ascii("u00"));
                out.raw(HEX[next >> 4]);
                out.raw(HEX[next & 15]);
            }
        }
    }

    private static void number(WireWriter out, double value) {
        put(out, Double.isFinite(value) ? ascii(Double.toString(value)) : NULL);
    }

    private static void base64(WireWriter out, Attribute attribute) {
        byte[] content = new byte[attribute.valueLength];
        System.arraycopy(attribute.bytes, attribute.valueFrom, content, 0, content.length);
        out.raw('"');
        put(out, Base64.getEncoder().encode(content));
        out.raw('"');
    }

    static void put(WireWriter out, byte[] bytes) {
        out.raw(bytes, 0, bytes.length);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
