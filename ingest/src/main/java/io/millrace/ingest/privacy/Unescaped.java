package io.millrace.ingest.privacy;

import org.jspecify.annotations.Nullable;

/**
 * A text as whoever wrote it meant it, without the escapes of the JSON that it may be (RFC 8259, section 7). Most payloads are
 * JSON, in which a line break is a backslash and a letter: left as they are, that letter would belong to what follows, and
 * hide it. Of JSON in a string of JSON, as arguments of tools are sent, any number of backslashes is one escape.
 *
 * <p>A text that is no JSON may have backslashes of its own, as paths do. What they are taken for is only looked at; nothing
 * of this is stored. Where a key would begin with the letter behind one, that is no escape.
 */
final class Unescaped {
    private static final int HEX_DIGITS = 4;
    private static final int NONE = -1;

    /** UTF-8, as far as {@link #length}. */
    final byte[] bytes;

    private final byte[] sent;
    private final int to;
    private int length;

    /** The next escape in what was sent; it begins at {@link #to} if there is none. */
    private int escapeFrom;

    private int escapeTo;
    private int escaped;

    /** Where in what was sent the plain bytes before that escape begin, and where in {@link #bytes}. */
    private int plainFrom;

    private int plainAt;

    private Unescaped(byte[] sent, int from, int to) {
        this.sent = sent;
        this.to = to;
        this.bytes = new byte[to - from];
    }

    /** {@code utf8[from, to)} without its escapes; null if there are none. */
    static @Nullable Unescaped of(byte[] utf8, int from, int to) {
        int first = backslash(utf8, from, to);
        if (first == to) {
            return null;
        }
        Unescaped text = new Unescaped(utf8, from, to);
        text.next(first);
        if (text.escapeFrom == to) {
            return null;
        }
        text.write(from);
        return text;
    }

    int length() {
        return length;
    }

    /** Findings in {@link #bytes}, in their order, where they stand in what was sent: none begins or ends within an escape. */
    Findings inSent(Findings found) {
        plainFrom = to - bytes.length;
        plainAt = 0;
        next(plainFrom);
        Findings inSent = new Findings();
        for (int i = 0; i < found.count(); i++) {
            int begin = inSent(found.from(i), false);
            inSent.add(found.detector(i), begin, inSent(found.to(i), true));
        }
        return inSent;
    }

    /** @param index none less than the one before */
    private int inSent(int index, boolean isEnd) {
        while (escapeFrom < to && index >= escapeAt() + width()) {
            plainAt = escapeAt() + width();
            plainFrom = escapeTo;
            next(plainFrom);
        }
        if (index <= escapeAt()) {
            return plainFrom + index - plainAt;
        }
        return isEnd ? escapeTo : escapeFrom;
    }

    /** Where in {@link #bytes} the next escape stands. */
    private int escapeAt() {
        return plainAt + escapeFrom - plainFrom;
    }

    private void write(int from) {
        int plain = from;
        while (plain < to) {
            int stretch = escapeFrom - plain;
            System.arraycopy(sent, plain, bytes, length, stretch);
            length += stretch;
            if (escapeFrom == to) {
                return;
            }
            writeEscaped();
            plain = escapeTo;
            next(plain);
        }
    }

    private void writeEscaped() {
        switch (width()) {
            case 1 -> bytes[length++] = (byte) escaped;
            case 2 -> {
                bytes[length++] = (byte) (0xC0 | escaped >> 6);
                bytes[length++] = (byte) (0x80 | escaped & 0x3F);
            }
            default -> {
                bytes[length++] = (byte) (0xE0 | escaped >> 12);
                bytes[length++] = (byte) (0x80 | escaped >> 6 & 0x3F);
                bytes[length++] = (byte) (0x80 | escaped & 0x3F);
            }
        }
    }

    /** How many bytes of UTF-8 the escaped character takes. */
    private int width() {
        return escaped < 0x80 ? 1 : escaped < 0x800 ? 2 : 3;
    }

    /** Looks for the next escape from {@code index} on. */
    private void next(int index) {
        int at = backslash(sent, index, to);
        while (at < to) {
            int behind = at;
            while (behind < to && sent[behind] == '\\') {
                behind++;
            }
            escaped = behind < to && !isOwn(behind) ? character(behind) : NONE;
            if (escaped != NONE) {
                escapeFrom = at;
                escapeTo = behind + (sent[behind] == 'u' ? 1 + HEX_DIGITS : 1);
                return;
            }
            at = backslash(sent, behind, to);
        }
        escapeFrom = to;
        escapeTo = to;
        escaped = ' ';
    }

    /** Whether the letter there rather belongs to what follows it: of a path, whose backslash is its own. */
    private boolean isOwn(int index) {
        return isEscape(sent[index]) && Secret.mayBegin(sent, index, to);
    }

    /** Whether a letter behind a backslash stands for another character. */
    static boolean isEscape(int letter) {
        return letter == 'n' || letter == 'r' || letter == 't' || letter == 'b' || letter == 'f';
    }

    /** What a backslash and the byte there stand for. */
    private int character(int index) {
        return switch (sent[index]) {
            case '"', '/' -> sent[index];
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'u' -> unit(index + 1);
            default -> NONE;
        };
    }

    /** Half of a pair is no character: a blank stands for it, as detectors look for nothing so far up. */
    private int unit(int index) {
        if (index + HEX_DIGITS > to) {
            return NONE;
        }
        int unit = 0;
        for (int i = index; i < index + HEX_DIGITS; i++) {
            int digit = Character.digit(sent[i], 16);
            if (digit < 0) {
                return NONE;
            }
            unit = unit << 4 | digit;
        }
        return Character.isSurrogate((char) unit) ? ' ' : unit;
    }

    /** Where the next one is from {@code at} on; {@code to} if there is none. */
    private static int backslash(byte[] bytes, int at, int to) {
        int next = at;
        for (; next <= to - Long.BYTES; next += Long.BYTES) {
            long zeroes = (long) Candidates.LONGS.get(bytes, next) ^ Candidates.LOW_BITS * '\\';
            // The lowest byte that is zero is told rightly, and those above it are not asked for.
            long found = zeroes - Candidates.LOW_BITS & ~zeroes & Candidates.HIGH_BITS;
            if (found != 0) {
                return next + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (next < to && bytes[next] != '\\') {
            next++;
        }
        return next;
    }
}
