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

    byte[] bytes = new byte[0];
    int from;
    int length;
    int marks;

    TextCleaner(Masking masking) {
        this.masking = masking;
    }

    boolean masks() {
        return masking != Masking.NONE;
    }

    /** Cleans a text of a body, which may be any UTF-8. */
    void clean(byte[] source, int offset, int size, int limit) {
        if (masks()) {
            rewrite(source, offset, size, limit);
            return;
        }
        int kept = cutTo(source, offset, size, limit);
        if (Utf8.isValid(source, offset, offset + kept)) {
            set(source, offset, kept);
        } else {
            rewrite(source, offset, kept, limit);
        }
    }

    /** Cleans a text that becomes a column: those cannot hold U+0000, which is replaced as other bad bytes are. */
    void cleanColumn(byte[] source, int offset, int size, int limit) {
        clean(source, offset, size, limit);
        for (int i = from; i < from + length; i++) {
            if (bytes[i] == 0) {
                byte[] copy = new String(bytes, from, length, StandardCharsets.UTF_8)
                        .replace('\0', '\uFFFD')
                        .getBytes(StandardCharsets.UTF_8);
                marks |= Mark.BAD_UTF8.bit();
                set(copy, 0, cutTo(copy, 0, copy.length, limit));
                return;
            }
        }
    }

    /** Cleans the key of an attribute, which is no text to mask. */
    void cleanKey(byte[] source, int offset, int size, int limit) {
        int kept = cutTo(source, offset, size, limit);
        if (Utf8.isValid(source, offset, offset + kept)) {
            set(source, offset, kept);
        } else {
            marks |= Mark.BAD_UTF8.bit();
            replaced(new String(source, offset, kept, StandardCharsets.UTF_8), limit);
        }
    }

    /** Masks the whole text before it is cut: a secret that the cut would halve must be recognised first. */
    private void rewrite(byte[] source, int offset, int size, int limit) {
        if (!Utf8.isValid(source, offset, offset + size)) {
            marks |= Mark.BAD_UTF8.bit();
        }
        replaced(masking.mask(new String(source, offset, size, StandardCharsets.UTF_8)), limit);
    }

    private void replaced(String text, int limit) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
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
