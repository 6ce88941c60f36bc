package io.millrace.ingest.span;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Whether bytes are UTF-8 (RFC 3629), and where they may be cut. */
public final class Utf8 {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long LOW_BITS = 0x0101010101010101L;

    private Utf8() {}

    /** Whether {@code bytes[from, end)} is well-formed UTF-8: no overlong forms, no surrogates, nothing cut off. */
    public static boolean isValid(byte[] bytes, int from, int end) {
        int at = from;
        while (true) {
            at = skipAscii(bytes, at, end);
            if (at == end) {
                return true;
            }
            int length = sequenceLength(bytes, at, end);
            if (length == 0) {
                return false;
            }
            at += length;
        }
    }

    /** Whether there is a U+0000 in {@code bytes[from, end)}. */
    static boolean hasNul(byte[] bytes, int from, int end) {
        int at = from;
        for (; at <= end - 8; at += 8) {
            long word = (long) LONGS.get(bytes, at);
            // Mycroft's test: the borrow reaches the highest bit of a byte only from a zero, or from one above 0x80.
            if ((word - LOW_BITS & ~word & HIGH_BITS) != 0) {
                return true;
            }
        }
        for (; at < end; at++) {
            if (bytes[at] == 0) {
                return true;
            }
        }
        return false;
    }

    /** The largest cut in {@code [from, limit]} that splits no character of well-formed {@code bytes}. */
    public static int boundary(byte[] bytes, int from, int limit) {
        int at = limit;
        while (at > from && (bytes[at] & 0xC0) == 0x80) {
            at--;
        }
        return at;
    }

    private static int skipAscii(byte[] bytes, int from, int end) {
        int at = from;
        while (at <= end - 8 && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
            at += 8;
        }
        while (at < end && bytes[at] >= 0) {
            at++;
        }
        return at;
    }

    /** The length of the multi-byte sequence at {@code at}, by table 3-7 of the Unicode standard; 0: ill-formed. */
    private static int sequenceLength(byte[] bytes, int at, int end) {
        int lead = bytes[at] & 0xFF;
        if (lead >= 0xC2 && lead <= 0xDF) {
            return at + 1 < end && isTail(bytes[at + 1]) ? 2 : 0;
        }
        if (lead >= 0xE0 && lead <= 0xEF) {
            if (at + 2 >= end || !isTail(bytes[at + 2])) {
                return 0;
            }
            int low = lead == 0xE0 ? 0xA0 : 0x80;
            int high = lead == 0xED ? 0x9F : 0xBF;
            return isBetween(bytes[at + 1], low, high) ? 3 : 0;
        }
        if (lead >= 0xF0 && lead <= 0xF4) {
            if (at + 3 >= end || !isTail(bytes[at + 2]) || !isTail(bytes[at + 3])) {
                return 0;
            }
            int low = lead == 0xF0 ? 0x90 : 0x80;
            int high = lead == 0xF4 ? 0x8F : 0xBF;
            return isBetween(bytes[at + 1], low, high) ? 4 : 0;
        }
        return 0;
    }

    private static boolean isTail(byte value) {
        return (value & 0xC0) == 0x80;
    }

    private static boolean isBetween(byte value, int low, int high) {
        int unsigned = value & 0xFF;
        return unsigned >= low && unsigned <= high;
    }
}
