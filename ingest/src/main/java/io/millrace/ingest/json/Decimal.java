package io.millrace.ingest.json;

import java.nio.charset.StandardCharsets;

/** Reads decimal numbers as the nearest {@code double}. */
final class Decimal {
    /** Powers of ten that a {@code double} has exactly. */
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    private Decimal() {}

    /**
     * The number that JSON's {@code bytes[from, from + length)} stand for. One with up to fifteen digits and no exponent is the
     * quotient of two whole numbers that are exact, and so rounded but once (Clinger, "How to read floating point numbers
     * accurately", 1990); one of sixteen has no point, and is rounded when it becomes a {@code double}.
     */
    static double parse(byte[] bytes, int from, int length) {
        int end = from + length;
        boolean negative = bytes[from] == '-';
        int first = negative ? from + 1 : from;
        if (end - first > POWERS.length) {
            return slowly(bytes, from, length);
        }
        long digits = 0;
        int point = end - 1;
        for (int at = first; at < end; at++) {
            byte next = bytes[at];
            if (next == '.') {
                point = at;
            } else if (next >= '0' && next <= '9') {
                digits = digits * 10 + (next - '0');
            } else {
                return slowly(bytes, from, length);
            }
        }
        double value = digits / POWERS[end - 1 - point];
        return negative ? -value : value;
    }

    private static double slowly(byte[] bytes, int from, int length) {
        return Double.parseDouble(new String(bytes, from, length, StandardCharsets.US_ASCII));
    }
}
