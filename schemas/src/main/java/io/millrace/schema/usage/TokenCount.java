package io.millrace.schema.usage;

import org.jspecify.annotations.Nullable;

/**
 * Reads a number of tokens from whatever type a client wrote it in. A result is a count from 0 to {@link #MAX},
 * {@link #ABSENT} or {@link #UNUSABLE}; zero is a count, not an absence.
 */
public final class TokenCount {
    /** Nothing was said: no value, NaN, or a negative number, which clients send for "unknown". */
    public static final long ABSENT = -1;
    /** Something was said that is no count of tokens: it is not taken, and the usage is suspect. */
    public static final long UNUSABLE = -2;
    /** The largest count taken: 2^53, beyond which a double no longer tells neighbours apart. */
    public static final long MAX = 1L << 53;

    /** Digits enough for {@link #MAX} with a fraction and an exponent; longer text is no number of tokens. */
    private static final int MAX_LENGTH = 32;

    private TokenCount() {}

    public static long of(long value) {
        if (value < 0) {
            return ABSENT;
        }
        return value > MAX ? UNUSABLE : value;
    }

    /** Whole doubles are counts; a fraction of a token is not. */
    public static long of(double value) {
        if (Double.isNaN(value) || value < 0) {
            return ABSENT;
        }
        return value > MAX || value != Math.rint(value) ? UNUSABLE : (long) value;
    }

    /** Reads decimal text, with or without a fraction of zeros ({@code "120"}, {@code "120.0"}). */
    public static long of(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return ABSENT;
        }
        String number = text.strip();
        if (number.equalsIgnoreCase("null") || number.equalsIgnoreCase("undefined")) {
            return ABSENT;
        }
        return number.length() > MAX_LENGTH ? UNUSABLE : ofNumeric(number);
    }

    private static long ofNumeric(String number) {
        try {
            return isInteger(number) ? of(Long.parseLong(number)) : of(Double.parseDouble(number));
        } catch (NumberFormatException notANumber) {
            return UNUSABLE;
        }
    }

    private static boolean isInteger(String number) {
        for (int i = 0; i < number.length(); i++) {
            char digit = number.charAt(i);
            if ((digit < '0' || digit > '9') && !(i == 0 && digit == '-')) {
                return false;
            }
        }
        return true;
    }
}
