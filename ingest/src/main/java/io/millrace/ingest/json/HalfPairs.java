package io.millrace.ingest.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Escapes that mean half a surrogate pair, and no character. */
final class HalfPairs {
    /** As long as what it replaces, so that nothing moves. */
    private static final byte[] REPLACEMENT = "\\uFFFD".getBytes(StandardCharsets.US_ASCII);

    private HalfPairs() {}

    /** A copy of {@code bytes[from, end)}, which are JSON, with U+FFFD in place of each; null: there are none. */
    static byte @Nullable [] replaced(byte[] bytes, int from, int end) {
        byte[] copy = null;
        int at = from;
        while (at < end) {
            int size = bytes[at] == '\\' ? Escape.size(bytes, at, end) : 0;
            if (Escape.isHalfPair(bytes, at, size)) {
                copy = copy == null ? Arrays.copyOfRange(bytes, from, end) : copy;
                System.arraycopy(REPLACEMENT, 0, copy, at - from, REPLACEMENT.length);
            }
            at += Math.max(1, size);
        }
        return copy;
    }

    /** Whether some may have been replaced in {@code bytes[from, end)}. */
    static boolean wereReplaced(byte[] bytes, int from, int end) {
        for (int at = from; at <= end - REPLACEMENT.length; at++) {
            if (bytes[at] == '\\'
                    && Arrays.equals(bytes, at, at + REPLACEMENT.length, REPLACEMENT, 0, REPLACEMENT.length)) {
                return true;
            }
        }
        return false;
    }
}
