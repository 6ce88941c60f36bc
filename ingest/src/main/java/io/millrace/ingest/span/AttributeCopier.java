package io.millrace.ingest.span;

import io.millrace.ingest.privacy.Masking;
import io.millrace.schema.span.Mark;
import java.nio.charset.StandardCharsets;

/**
 * Copies encoded attributes, events and links whose contents nobody reads. The bytes are checked, so that whoever reads
 * them later can; they are rewritten only if a text in them must be masked, mended or cut, or a zero is written out.
 */
final class AttributeCopier {
    /** The messages that hold texts, by the names that OTLP and {@code spans.proto} share. */
    private enum Shape {
        KEY_VALUE,
        ANY_VALUE,
        ARRAY,
        MAP,
        EVENT,
        LINK
    }

    private enum Member {
        KEY,
        TEXT,
        BYTES,
        MESSAGE,
        OTHER
    }

    private static final byte[] TRUNCATED_PREFIX = "millrace.truncated.".getBytes(StandardCharsets.US_ASCII);
    /** What a member costs beside its content, at least: so that a list of nothings has an end, too. */
    private static final int FRAME_BYTES = 2;

    private static final int KEY_TAG = 1 << 3 | WireWriter.LENGTH_DELIMITED;

    private static final String TOO_DEEP = "values are nested too deep";

    private final SpanLimits limits;
    private final TextCleaner cleaner;
    private final WireReader reader = new WireReader();
    private final WireReader keys = new WireReader();

    private boolean mustRewrite;
    private long budget;
    private long textBytes;

    AttributeCopier(SpanLimits limits, TextCleaner cleaner) {
        this.limits = limits;
        this.cleaner = cleaner;
    }

    /** Copies an encoded {@code KeyValue} as field {@code field}; a cut one is followed by its original length. */
    void attribute(WireWriter out, int field, byte[] source, int offset, int length) throws MalformedSpan {
        Masking.Attributes rule = rule(source, offset, length);
        if (rule == Masking.Attributes.DENIED) {
            cleaner.marks |= Mark.MASKED.bit();
            return;
        }
        boolean exemptBefore = cleaner.exempt;
        // By its own key alone: it may be written while another, which is allowed, takes its place in a field.
        cleaner.exempt = rule == Masking.Attributes.ALLOWED;
        attributeOfRule(out, field, source, offset, length);
        cleaner.exempt = exemptBefore;
    }

    /** Whether an attribute of {@code length} bytes, which is nothing but a key and a text or a number, is copied unchanged. */
    boolean isKeptAsItIs(byte[] source, int length, int keyFrom, int keyLength, int textFrom, int textLength) {
        return length <= limits.maxAttributeBytes()
                && !cleaner.hasKeyRules()
                && Utf8.isValid(source, keyFrom, keyFrom + keyLength)
                && (textLength == 0
                        || Utf8.isValid(source, textFrom, textFrom + textLength)
                                && !cleaner.hides(source, textFrom, textLength));
    }

    /** What the project wants with an encoded {@code KeyValue}. */
    private Masking.Attributes rule(byte[] source, int offset, int length) throws MalformedSpan {
        if (!cleaner.hasKeyRules()) {
            return Masking.Attributes.MASKED;
        }
        keys.reset(source, offset, offset + length);
        for (int tag = keys.tag(); tag != 0; tag = keys.tag()) {
            if (tag == KEY_TAG) {
                int size = keys.length();
                return cleaner.attributes(source, keys.position(), size);
            }
            keys.skip(tag);
        }
        return Masking.Attributes.MASKED;
    }

    private void attributeOfRule(WireWriter out, int field, byte[] source, int offset, int length)
            throws MalformedSpan {
        boolean cut = copy(Shape.KEY_VALUE, out, field, source, offset, length);
        if (cut) {
            reader.reset(source, offset, offset + length);
            for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
                if (tag == KEY_TAG) {
                    int size = reader.length();
                    truncated(out, field, source, reader.position(), size, textBytes);
                    return;
                }
                reader.skip(tag);
            }
        }
    }

    void event(WireWriter out, int field, byte[] source, int offset, int length) throws MalformedSpan {
        copy(Shape.EVENT, out, field, source, offset, length);
    }

    void link(WireWriter out, int field, byte[] source, int offset, int length) throws MalformedSpan {
        copy(Shape.LINK, out, field, source, offset, length);
    }

    /** Writes the attribute that says how long a cut one was, in bytes. */
    void truncated(WireWriter out, int field, byte[] key, int offset, int length, long originalBytes) {
        int attribute = out.open(field);
        int name = out.open(1);
        out.raw(TRUNCATED_PREFIX, 0, TRUNCATED_PREFIX.length);
        cleaner.cleanKey(key, offset, length, limits.maxFieldBytes());
        out.raw(cleaner.bytes, cleaner.from, cleaner.length);
        out.close(name);
        int value = out.open(2);
        out.tag(3, WireWriter.VARINT);
        out.varint(originalBytes);
        out.close(value);
        out.close(attribute);
    }

    /** Whether anything was cut. */
    private boolean copy(Shape shape, WireWriter out, int field, byte[] source, int offset, int length)
            throws MalformedSpan {
        reader.reset(source, offset, offset + length);
        mustRewrite = length > limits.maxAttributeBytes();
        check(shape, 0);
        if (!mustRewrite) {
            out.message(field, source, offset, length);
            return false;
        }
        int marksBefore = cleaner.marks;
        cleaner.marks = 0;
        reader.reset(source, offset, offset + length);
        budget = limits.maxAttributeBytes();
        textBytes = 0;
        int content = out.open(field);
        rewrite(shape, out, true);
        out.close(content);
        boolean cut = Mark.TRUNCATED.in(cleaner.marks);
        cleaner.marks |= marksBefore;
        return cut;
    }

    private void check(Shape shape, int depth) throws MalformedSpan {
        if (depth > limits.maxNesting()) {
            throw new MalformedSpan(RefusalReason.TOO_DEEP, TOO_DEEP);
        }
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            switch (member(shape, tag)) {
                case KEY -> checkText(false);
                case TEXT -> checkText(true);
                case MESSAGE -> {
                    int length = reader.length();
                    Shape child = child(shape, tag);
                    mustRewrite = mustRewrite
                            || child == Shape.KEY_VALUE
                                    && rule(reader.array(), reader.position(), length) == Masking.Attributes.DENIED;
                    int outer = reader.enter(length);
                    check(child, child == Shape.ANY_VALUE ? depth + 1 : depth);
                    reader.leave(outer);
                }
                default -> mustRewrite |= isWrittenZero(shape, tag);
            }
        }
    }

    /**
     * Skips a value, and says whether it is a zero that need not have been written: some exporters write those, and the
     * same event has to have the same bytes whoever sent it.
     */
    private boolean isWrittenZero(Shape shape, int tag) throws MalformedSpan {
        int from = reader.position();
        reader.skip(tag);
        if (shape != Shape.EVENT && shape != Shape.LINK || WireReader.wireType(tag) == WireWriter.LENGTH_DELIMITED) {
            return false;
        }
        for (int i = from; i < reader.position(); i++) {
            if (reader.array()[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private void checkText(boolean mayHide) throws MalformedSpan {
        int length = reader.length();
        int from = reader.position();
        mustRewrite = mustRewrite
                || !Utf8.isValid(reader.array(), from, from + length)
                || mayHide && cleaner.hides(reader.array(), from, length);
        reader.skipBytes(length);
    }

    /** {@code outermost}: the key and the frame of the attribute itself are not what its limit is about. */
    private void rewrite(Shape shape, WireWriter out, boolean outermost) throws MalformedSpan {
        for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
            int field = WireReader.field(tag);
            switch (member(shape, tag)) {
                case KEY -> {
                    int length = reader.length();
                    cleaner.cleanKey(reader.array(), reader.position(), length, limits.maxFieldBytes());
                    budget += outermost ? cleaner.length : 0;
                    writeText(out, field, length);
                }
                case TEXT -> {
                    int length = reader.length();
                    cleaner.clean(reader.array(), reader.position(), length, room());
                    textBytes += length;
                    writeText(out, field, length);
                }
                case BYTES -> {
                    int length = reader.length();
                    int kept = Math.min(length, room());
                    out.message(field, reader.array(), reader.position(), kept);
                    spend(length, kept);
                    textBytes += length;
                    reader.skipBytes(length);
                }
                case MESSAGE -> rewriteMessage(child(shape, tag), field, out, outermost ? 0 : FRAME_BYTES);
                case OTHER -> copyScalar(shape, tag, out);
            }
        }
    }

    private void rewriteMessage(Shape shape, int field, WireWriter out, int frameBytes) throws MalformedSpan {
        int length = reader.length();
        if (budget <= 0) {
            cleaner.marks |= Mark.TRUNCATED.bit();
            textBytes += length;
            reader.skipBytes(length);
            return;
        }
        Masking.Attributes rule =
                shape == Shape.KEY_VALUE ? rule(reader.array(), reader.position(), length) : Masking.Attributes.MASKED;
        if (rule == Masking.Attributes.DENIED) {
            cleaner.marks |= Mark.MASKED.bit();
            reader.skipBytes(length);
            return;
        }
        boolean exemptBefore = cleaner.exempt;
        cleaner.exempt |= rule == Masking.Attributes.ALLOWED;
        budget -= frameBytes;
        int outer = reader.enter(length);
        int content = out.open(field);
        rewrite(shape, out, false);
        out.close(content);
        reader.leave(outer);
        cleaner.exempt = exemptBefore;
    }

    private void writeText(WireWriter out, int field, int originalLength) {
        out.message(field, cleaner.bytes, cleaner.from, cleaner.length);
        budget -= cleaner.length;
        reader.skipBytes(originalLength);
    }

    private void spend(int length, int kept) {
        budget -= kept;
        if (kept < length) {
            cleaner.marks |= Mark.TRUNCATED.bit();
        }
    }

    private void copyScalar(Shape shape, int tag, WireWriter out) throws MalformedSpan {
        int from = reader.position();
        if (isWrittenZero(shape, tag)) {
            return;
        }
        out.varint(tag);
        out.raw(reader.array(), from, reader.position() - from);
        budget -= reader.position() - from;
    }

    private int room() {
        return (int) Math.max(0, budget);
    }

    private static Member member(Shape shape, int tag) {
        if (WireReader.wireType(tag) != WireWriter.LENGTH_DELIMITED) {
            return Member.OTHER;
        }
        int field = WireReader.field(tag);
        return switch (shape) {
            case KEY_VALUE -> field == 1 ? Member.KEY : field == 2 ? Member.MESSAGE : Member.OTHER;
            case ANY_VALUE ->
                switch (field) {
                    case 1 -> Member.TEXT;
                    case 5, 6 -> Member.MESSAGE;
                    case 7 -> Member.BYTES;
                    default -> Member.OTHER;
                };
            case ARRAY, MAP -> field == 1 ? Member.MESSAGE : Member.OTHER;
            case EVENT -> field == 2 ? Member.TEXT : field == 3 ? Member.MESSAGE : Member.OTHER;
            case LINK -> field == 3 ? Member.TEXT : field == 4 ? Member.MESSAGE : Member.OTHER;
        };
    }

    private static Shape child(Shape shape, int tag) {
        return switch (shape) {
            case KEY_VALUE, ARRAY -> Shape.ANY_VALUE;
            case ANY_VALUE -> WireReader.field(tag) == 5 ? Shape.ARRAY : Shape.MAP;
            case MAP, EVENT, LINK -> Shape.KEY_VALUE;
        };
    }
}
