package io.millrace.ingest.privacy;

/** A stretch of UTF-8 that detectors look at. Outside it there is nothing: a blank. */
final class Bytes {
    private static final int DIGIT = 1;
    private static final int UPPER = 2;
    private static final int LOWER = 4;
    private static final int HEX = 8;
    private static final int[] CLASSES = new int[256];

    static {
        for (int c = '0'; c <= '9'; c++) {
            CLASSES[c] = DIGIT | HEX;
        }
        for (int c = 'A'; c <= 'Z'; c++) {
            CLASSES[c] = UPPER | (c <= 'F' ? HEX : 0);
        }
        for (int c = 'a'; c <= 'z'; c++) {
            CLASSES[c] = LOWER | (c <= 'f' ? HEX : 0);
        }
    }

    final byte[] array;
    final int from;
    final int to;

    Bytes(byte[] array, int from, int to) {
        this.array = array;
        this.from = from;
        this.to = to;
    }

    /** The byte there, 0 to 255; a blank where there is none. */
    int at(int index) {
        return index >= from && index < to ? array[index] & 0xFF : ' ';
    }

    boolean isDigit(int index) {
        return is(index, DIGIT);
    }

    boolean isHex(int index) {
        return is(index, HEX);
    }

    static boolean isHex(byte value) {
        return (CLASSES[value & 0xFF] & HEX) != 0;
    }

    boolean isUpper(int index) {
        return is(index, UPPER);
    }

    boolean isLetter(int index) {
        return is(index, UPPER | LOWER);
    }

    boolean isLetterOrDigit(int index) {
        return is(index, UPPER | LOWER | DIGIT);
    }

    private boolean is(int index, int classes) {
        return index >= from && index < to && (CLASSES[array[index] & 0xFF] & classes) != 0;
    }

    /** A letter, digit, dash or underscore: what tokens are made of. */
    boolean isToken(int index) {
        int c = at(index);
        return isLetterOrDigit(index) || c == '-' || c == '_';
    }

    /** The number that the digit stands for. */
    int digit(int index) {
        return array[index] - '0';
    }

    boolean startsWith(int index, String ascii) {
        if (index < from || index + ascii.length() > to) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (array[index + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Where the text stands next from {@code index} on and before {@code end}; -1 if it does not. */
    int find(String ascii, int index, int end) {
        int last = Math.min(end, to) - ascii.length();
        for (int i = index; i <= last; i++) {
            if (array[i] == ascii.charAt(0) && startsWith(i, ascii)) {
                return i;
            }
        }
        return -1;
    }

    /** How many digits stand there in a row. */
    int digits(int index) {
        int end = index;
        while (isDigit(end)) {
            end++;
        }
        return end - index;
    }
}
