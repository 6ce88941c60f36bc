package io.millrace.ingest.privacy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where in a text a detector has to look. Nearly all bytes of a text can begin or mark nothing: they are passed over eight at a
 * time. Of the others most have the wrong neighbours. What is left is seldom enough for the detectors to take their time.
 */
final class Candidates {
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final long LOW_BITS = 0x0101010101010101L;
    static final long HIGH_BITS = 0x8080808080808080L;
    /** Added to a byte below 0x80, it sets its high bit unless the byte is zero. */
    private static final long TO_HIGH_BIT = LOW_BITS * 0x7F;
    /** How far behind the first of eight bytes their neighbours reach. */
    private static final int REACH = Long.BYTES + 2;

    private static final int LONGEST_CARD_GROUP = 8;
    private static final int SHORTEST_CARD_GROUP = 3;
    private static final int LONGEST_DOTTED = 3;

    private static final boolean[] MARKS = new boolean[256];

    static {
        for (char c : new char[] {'@', ':', '-', '_', 'b', 'B', 'G', 'I', 'J', 'K', 'S'}) {
            MARKS[c] = true;
        }
        for (char c = '0'; c <= '9'; c++) {
            MARKS[c] = true;
        }
    }

    private Candidates() {}

    /** The first place from {@code at} on where one has to look; {@code to} if there is none. */
    static int next(byte[] bytes, int at, int from, int to) {
        int next = pass(bytes, at, to);
        while (next < to) {
            if (isDigit(bytes[next])) {
                int end = endOfDigits(bytes, next, to);
                if (mayBeNumber(bytes, next, end, from, to)) {
                    return next;
                }
                next = pass(bytes, end, to);
            } else if (isInCompany(bytes, next, from, to)) {
                return next;
            } else {
                next = pass(bytes, next + 1, to);
            }
        }
        return to;
    }

    /** Where the next mark or digit is, or something that looks like one. */
    private static int pass(byte[] bytes, int at, int to) {
        int next = at;
        for (; next <= to - REACH; next += Long.BYTES) {
            long marks = marks((long) LONGS.get(bytes, next), (long) LONGS.get(bytes, next + 2));
            if (marks != 0) {
                return next + (Long.numberOfTrailingZeros(marks) >>> 3);
            }
        }
        while (next < to && !MARKS[bytes[next] & 0xFF]) {
            next++;
        }
        return next;
    }

    /**
     * The high bits of bytes that may be marks: digits and the colon, the dash, the capital letters with their neighbours
     * {@code @} and {@code _}, and what may begin "bearer".
     *
     * @param behind the same eight bytes, two further on
     */
    private static long marks(long word, long behind) {
        long low = word & ~HIGH_BITS;
        long numbers = (low + LOW_BITS * (0x80 - '0')) & ~(low + LOW_BITS * (0x80 - ':' - 1));
        long others = (low ^ LOW_BITS * '-') + TO_HIGH_BIT & ((low | LOW_BITS * 0x1F) ^ LOW_BITS * 0x5F) + TO_HIGH_BIT;
        long bearer = (low ^ LOW_BITS * 'b') + TO_HIGH_BIT | ((behind & ~HIGH_BITS) ^ LOW_BITS * 'a') + TO_HIGH_BIT;
        return (numbers | ~(others & bearer)) & ~word & HIGH_BITS;
    }

    private static int endOfDigits(byte[] bytes, int at, int to) {
        int end = at + 1;
        while (end < to && isDigit(bytes[end])) {
            end++;
        }
        return end;
    }

    private static boolean isDigit(byte value) {
        return value >= '0' && value <= '9';
    }

    private static boolean isUpper(byte value) {
        return value >= 'A' && value <= 'Z';
    }

    private static boolean isLower(byte value) {
        return value >= 'a' && value <= 'z';
    }

    /** Whether a number of somebody's may begin with the digits {@code bytes[at, end)}, or with what stands before them. */
    private static boolean mayBeNumber(byte[] bytes, int at, int end, int from, int to) {
        byte before = at > from ? bytes[at - 1] : (byte) ' ';
        if (isLower(before)) {
            // What begins with letters, and is found by its first digit, has large ones; but for "ya29.".
            return before == 'a' && end < to && bytes[end] == '.';
        }
        if (isUpper(before) || before == '+' || before == '(') {
            return true;
        }
        int run = end - at;
        if (run >= PaymentCard.SHORTEST || run == NationalId.SPANISH_DIGITS) {
            return true;
        }
        // What is written in pairs begins with letters: AB 12 34 56 C.
        return before == ' ' && at - 2 >= from && isUpper(bytes[at - 2]) || goesOn(bytes, before, run, end, to);
    }

    /** Whether behind {@code run} digits, too few for themselves, more of one number may stand. */
    private static boolean goesOn(byte[] bytes, byte before, int run, int end, int to) {
        if (end + 1 >= to) {
            return false;
        }
        byte joint = bytes[end];
        if (bytes[end + 1] == '(') {
            return joint == '.' || joint == '-' || joint == ' ';
        }
        if (!isDigit(bytes[end + 1])) {
            return false;
        }
        int second = endOfDigits(bytes, end + 1, to);
        if (joint == '.') {
            // An address or a telephone number, both of which have a third group.
            return run <= LONGEST_DOTTED && second + 1 < to && isDigit(bytes[second + 1]);
        }
        if (joint != '-' && joint != ' ' || before == '-') {
            return false;
        }
        // Telephone numbers and the like have short groups in front; the groups of cards have a length.
        int group = second - end - 1;
        return run <= LONGEST_DOTTED || run <= LONGEST_CARD_GROUP && group >= SHORTEST_CARD_GROUP;
    }

    /** Whether a byte other than a digit is a mark, and has the neighbours that make a detector look at it. */
    private static boolean isInCompany(byte[] bytes, int at, int from, int to) {
        byte before = at > from ? bytes[at - 1] : (byte) ' ';
        byte behind = at + 1 < to ? bytes[at + 1] : (byte) ' ';
        return switch (bytes[at]) {
            case '@' -> true;
            case ':' -> behind == ':' || behind == '/' || Bytes.isHex(before);
            case '-', '_' -> behind == '-' || Secret.mayEndPrefix(at - 1 > from ? bytes[at - 2] : (byte) ' ', before);
            // "Bearer ", "SG.", "AIza", "eyJ", AKIA and ASIA.
            case 'b', 'B' -> behind == 'e';
            case 'G' -> before == 'S' && behind == '.';
            case 'I' -> before == 'A' && behind == 'z';
            case 'J' -> before == 'y';
            case 'K', 'S' -> before == 'A' && behind == 'I';
            default -> false;
        };
    }
}
