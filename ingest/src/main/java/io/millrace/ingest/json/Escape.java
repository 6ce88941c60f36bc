package io.millrace.ingest.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** What stands for a character in a JSON string (RFC 8259, 7), read from bytes and turned into UTF-8. */
final class Escape {
    /** How many bytes behind a text {@link #resolve} may overwrite. */
    static final int ROOM = Long.BYTES;

    static final long BACKSLASHES = 0x5C5C5C5C5C5C5C5CL;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private static final int SHORT = 2;
    private static final int UNIT = 6;
    private static final int PAIR = 2 * UNIT;
    /** What half a surrogate pair becomes: a byte that is no UTF-8. */
    private static final byte HALF_PAIR = (byte) 0xFF;

    private static final byte[] HEX_DIGITS = new byte[256];

    static {
        for (int i = 0; i < HEX_DIGITS.length; i++) {
            HEX_DIGITS[i] = i < 0x80 ? (byte) Character.digit(i, 16) : -1;
        }
    }

    private Escape() {}

    /** Mycroft's test: the high bit of the first byte of a little-endian word that is zero, and perhaps of some behind it. */
    static long zeros(long word) {
        return word - LOW_BITS & ~word & HIGH_BITS;
    }

    /** The value of a hexadecimal digit; negative if it is none. */
    static int hexDigit(byte of) {
        return HEX_DIGITS[of & 0xFF];
    }

    /** How many bytes the escape at {@code at} takes, a pair of surrogates being one; 0 if there is none before {@code end}. */
    static int size(byte[] bytes, int at, int end) {
        if (at + 1 >= end) {
            return 0;
        }
        return switch (bytes[at + 1]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> SHORT;
            case 'u' -> {
                int unit = unit(bytes, at, end);
                if (unit < 0) {
                    yield 0;
                }
                yield isPair(unit, bytes, at + UNIT, end) ? PAIR : UNIT;
            }
            default -> 0;
        };
    }

    /** Whether the escape of {@code size} bytes means half a surrogate pair. */
    static boolean isHalfPair(byte[] bytes, int at, int size) {
        return size == UNIT && Character.isSurrogate((char) unit(bytes, at, at + UNIT));
    }

    /** How many bytes of UTF-8 the escape of {@code size} bytes means. */
    static int utf8Length(byte[] bytes, int at, int size) {
        if (size == SHORT) {
            return 1;
        }
        if (size == PAIR) {
            return 4;
        }
        int unit = unit(bytes, at, at + UNIT);
        if (unit < 0x80 || Character.isSurrogate((char) unit)) {
            return 1;
        }
        return unit < 0x800 ? 2 : 3;
    }

    /**
     * Writes what {@code bytes[from, stop)} means, all of whose escapes have a {@link #size}, to {@code target}, which has
     * {@link #ROOM} behind it.
     */
    static void resolve(byte[] bytes, int from, int stop, byte[] target, int offset) {
        int at = from;
        int to = offset;
        while (at < stop) {
            if (bytes[at] == '\\') {
                int size = size(bytes, at, stop);
                to = write(bytes, at, size, target, to);
                at += size;
            } else if (at <= bytes.length - Long.BYTES) {
                // Eight bytes at once; over those behind the plain ones something else is written later.
                long word = (long) LONGS.get(bytes, at);
                LONGS.set(target, to, word);
                long escapes = zeros(word ^ BACKSLASHES);
                int plain = escapes == 0 ? Long.BYTES : Long.numberOfTrailingZeros(escapes) >>> 3;
                plain = Math.min(plain, stop - at);
                at += plain;
                to += plain;
            } else {
                target[to++] = bytes[at++];
            }
        }
    }

    private static int write(byte[] bytes, int at, int size, byte[] target, int offset) {
        int to = offset;
        if (size == SHORT) {
            target[to++] = meaning(bytes[at + 1]);
            return to;
        }
        int codePoint = unit(bytes, at, at + UNIT);
        if (size == PAIR) {
            codePoint = Character.toCodePoint((char) codePoint, (char) unit(bytes, at + UNIT, at + PAIR));
            target[to++] = (byte) (0xF0 | codePoint >> 18);
            target[to++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
            target[to++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
            target[to++] = (byte) (0x80 | codePoint & 0x3F);
        } else if (codePoint < 0x80) {
            target[to++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            target[to++] = (byte) (0xC0 | codePoint >> 6);
            target[to++] = (byte) (0x80 | codePoint & 0x3F);
        } else if (Character.isSurrogate((char) codePoint)) {
            target[to++] = HALF_PAIR;
        } else {
            target[to++] = (byte) (0xE0 | codePoint >> 12);
            target[to++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
            target[to++] = (byte) (0x80 | codePoint & 0x3F);
        }
        return to;
    }

    private static byte meaning(byte kind) {
        return switch (kind) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> kind;
        };
    }

    private static boolean isPair(int unit, byte[] bytes, int at, int end) {
        return Character.isHighSurrogate((char) unit)
                && at + 1 < end
                && bytes[at] == '\\'
                && bytes[at + 1] == 'u'
                && isLowSurrogate(unit(bytes, at, end));
    }

    private static boolean isLowSurrogate(int unit) {
        return unit >= Character.MIN_LOW_SURROGATE && unit <= Character.MAX_LOW_SURROGATE;
    }

    /** The four hexadecimal digits of the escape at {@code at}; negative if they are not there. */
    private static int unit(byte[] bytes, int at, int end) {
        if (at + UNIT > end) {
            return -1;
        }
        int unit = 0;
        for (int i = at + 2; i < at + UNIT; i++) {
            int digit = hexDigit(bytes[i]);
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }
}
