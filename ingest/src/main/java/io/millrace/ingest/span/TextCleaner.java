package io.millrace.ingest.span;

import io.millrace.ingest.privacy.Masking;
import io.millrace.schema.span.Mark;
import java.nio.charset.StandardCharsets;

/**
 * Makes a text fit to be stored: masked, well-formed, and no longer than its limit. The result stands in {@link #bytes},
 * {@link #from} and {@link #length} until the next call; the marks add up until taken.
 */
final class TextCleaner {
    private final Masking masking;
    private final boolean hasKeyRules;

    byte[] bytes = new byte[0];
    int from;
    int length;
    int marks;
    /** Whether a text had something for which the span is to lose its payload. */
    boolean dropsPayload;
    /** Whether the project wants what comes now kept as it is. */
    boolean exempt;

    TextCleaner(Masking masking) {
        this.masking = masking;
        this.hasKeyRules = masking.hasKeyRules();
    }

    /** Whether a text, which is well-formed, has something to hide. */
    boolean hides(byte[] source, int offset, int size) {
        return masking != Masking.NONE && !exempt && masking.hides(source, offset, offset + size);
    }

    /** What the project wants with attributes of this key. */
    Masking.Attributes attributes(byte[] source, int offset, int size) {
        return masking == Masking.NONE ? Masking.Attributes.MASKED : masking.attributes(source, offset, offset + size);
    }

    /** Whether the project wants attributes of this key left out; {@link #exempt} is what it wants with others. */
    boolean denies(byte[] key, int offset, int size) {
        if (!hasKeyRules) {
            return false;
        }
        Masking.Attributes rule = attributes(key, offset, size);
        exempt = rule == Masking.Attributes.ALLOWED;
        if (rule == Masking.Attributes.DENIED) {
            marks |= Mark.MASKED.bit();
        }
        return rule == Masking.Attributes.DENIED;
    }

    /** Whether keys of attributes have to be looked at. */
    boolean hasKeyRules() {
        return hasKeyRules;
    }

    /** Whether a text of a body could be masked as well once it is needed: there is nothing else to do about it. */
    boolean canMaskLater(byte[] source, int offset, int size, int limit) {
        return masking != Masking.NONE && !exempt && size <= limit && Utf8.isValid(source, offset, offset + size);
    }

    /**
     * Cleans a text of a body, which may be any UTF-8. It is masked whole before it is cut: a secret that the cut would halve
     * must be recognised first.
     */
    void clean(byte[] source, int offset, int size, int limit) {
        if (masking == Masking.NONE || exempt) {
            int kept = cutTo(source, offset, size, limit);
            if (Utf8.isValid(source, offset, offset + kept)) {
                set(source, offset, kept);
            } else {
                mend(source, offset, kept, limit);
            }
            return;
        }
        if (Utf8.isValid(source, offset, offset + size)) {
            set(source, offset, size);
        } else {
            mend(source, offset, size, Integer.MAX_VALUE);
        }
        Masking.Masked masked = masking.mask(bytes, from, from + length);
        if (masked != null) {
            marks |= Mark.MASKED.bit();
            dropsPayload |= masked.dropsPayload();
            set(masked.utf8(), 0, masked.utf8().length);
        }
        length = cutTo(bytes, from, length, limit);
    }

    /** Cleans a text that becomes a column: those cannot hold U+0000, which is replaced as other bad bytes are. */
    void cleanColumn(byte[] source, int offset, int size, int limit) {
        clean(source, offset, size, limit);
        if (Utf8.hasNul(bytes, from, from + length)) {
            byte[] copy = new String(bytes, from, length, StandardCharsets.UTF_8)
                    .replace('\0', '\uFFFD')
                    .getBytes(StandardCharsets.UTF_8);
            marks |= Mark.BAD_UTF8.bit();
            set(copy, 0, cutTo(copy, 0, copy.length, limit));
        }
    }

    /** Cleans the key of an attribute, which is no text to mask. */
    void cleanKey(byte[] source, int offset, int size, int limit) {
        int kept = cutTo(source, offset, size, limit);
        if (Utf8.isValid(source, offset, offset + kept)) {
            set(source, offset, kept);
        } else {
            mend(source, offset, kept, limit);
        }
    }

    private void mend(byte[] source, int offset, int size, int limit) {
        marks |= Mark.BAD_UTF8.bit();
        byte[] utf8 = new String(source, offset, size, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
        set(utf8, 0, cutTo(utf8, 0, utf8.length, limit));
    }

    private int cutTo(byte[] source, int offset, int size, int limit) {
        if (size <= limit) {
            return size;
        }
        marks |= Mark.TRUNCATED.bit();
        return Utf8.boundary(source, offset, offset + limit) - offset;
    }

    private void set(byte[] source, int offset, int size) {
        bytes = source;
        from = offset;
        length = size;
    }
}
