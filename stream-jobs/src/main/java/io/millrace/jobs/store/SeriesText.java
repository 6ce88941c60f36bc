package io.millrace.jobs.store;

import java.nio.charset.StandardCharsets;

/**
 * What the store makes of text that clients chose freely, so that none of it can stop a writer. Rows keep
 * {@value #MAX_CHARS} characters. Values of series are part of a key, which an index holds only up to a third of a page:
 * of them {@value #MAX_DIMENSION_BYTES} bytes are kept, the last of which tell long values apart. A series' value is the
 * same whether it was made from the message or from the row.
 */
public final class SeriesText {
    static final int MAX_CHARS = 1_000;
    static final int MAX_DIMENSION_BYTES = 255;
    public static final int MAX_TAGS = 100;
    static final char REPLACEMENT = '\uFFFD';
    /** Leaves room for the sign of omission and eight digits. */
    private static final int KEPT_BYTES = 240;

    private SeriesText() {}

    /** The value under which a series is stored; the same object if it is fine as it is. */
    public static String dimension(String value) {
        if (isPlain(value)) {
            return value;
        }
        String row = clean(value.substring(0, cutLength(value)));
        byte[] utf8 = row.getBytes(StandardCharsets.UTF_8);
        if (utf8.length <= MAX_DIMENSION_BYTES) {
            return row;
        }
        int end = KEPT_BYTES;
        while ((utf8[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(utf8, 0, end, StandardCharsets.UTF_8) + '\u2026' + String.format("%08x", row.hashCode());
    }

    /** How many characters a row keeps: never half a surrogate pair. */
    static int cutLength(String text) {
        if (text.length() <= MAX_CHARS) {
            return text.length();
        }
        return Character.isHighSurrogate(text.charAt(MAX_CHARS - 1)) ? MAX_CHARS - 1 : MAX_CHARS;
    }

    private static boolean isPlain(String value) {
        if (value.length() > MAX_DIMENSION_BYTES) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == 0 || c >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static String clean(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .forEach(code -> out.appendCodePoint(
                        code == 0 || code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE
                                ? REPLACEMENT
                                : code));
        return out.toString();
    }
}
