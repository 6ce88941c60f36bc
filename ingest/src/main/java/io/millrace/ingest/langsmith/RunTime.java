package io.millrace.ingest.langsmith;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Times as these SDKs write them, several forms within one run: ISO 8601 with an offset or without one (then UTC), or
 * milliseconds since the epoch.
 */
final class RunTime {
    static final long UNREADABLE = -1;

    private static final int LONGEST_TEXT = 64;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final double MOST_MILLIS = 9.2e12;

    private RunTime() {}

    /** Nanoseconds since the epoch of the value at which the parser stands; 0: it says none; or {@link #UNREADABLE}. */
    static long nanos(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> 0;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> ofMillis(parser);
            case VALUE_STRING ->
                parser.getTextLength() > LONGEST_TEXT
                        ? UNREADABLE
                        : of(parser.getText().strip());
            default -> {
                parser.skipChildren();
                yield UNREADABLE;
            }
        };
    }

    private static long ofMillis(JsonParser parser) throws IOException {
        double millis = parser.getDoubleValue();
        if (!(millis >= 0 && millis < MOST_MILLIS)) {
            return UNREADABLE;
        }
        // Doubles hold today's milliseconds to about a quarter of a microsecond.
        long whole = (long) millis;
        return whole * NANOS_PER_MILLI + Math.round((millis - whole) * NANOS_PER_MILLI);
    }

    /** As {@link #nanos}. */
    static long of(String text) {
        try {
            if (text.isEmpty()) {
                return 0;
            }
            if (text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
                return Math.multiplyExact(Long.parseLong(text), NANOS_PER_MILLI);
            }
            Instant time = instant(text);
            long nanos = Math.addExact(Math.multiplyExact(time.getEpochSecond(), NANOS_PER_SECOND), time.getNano());
            return Math.max(UNREADABLE, nanos);
        } catch (DateTimeException | ArithmeticException | NumberFormatException noTime) {
            return UNREADABLE;
        }
    }

    private static Instant instant(String text) {
        String iso =
                text.length() > 10 && text.charAt(10) == ' ' ? text.substring(0, 10) + 'T' + text.substring(11) : text;
        return hasOffset(iso)
                ? OffsetDateTime.parse(iso).toInstant()
                : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    }

    /** Behind the time of day only: dates have hyphens of their own. */
    private static boolean hasOffset(String iso) {
        for (int i = iso.length() - 1; i > 10; i--) {
            char next = iso.charAt(i);
            if (next == 'Z' || next == 'z' || next == '+' || next == '-') {
                return true;
            }
        }
        return false;
    }
}
