package io.millrace.ingest.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.WireWriter;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads single values at which a parser stands; a value of the wrong shape condemns its span, not the body. */
public final class JsonValues {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** Of a number that is certain to fit into 64 bits, without a sign. */
    private static final int MOST_DIGITS = 19;

    /** Of a fraction that is read as a whole number: what more digits cost is more than linear. */
    private static final int LONGEST_FRACTION = 100;

    private JsonValues() {}

    /** Writes a string as field {@code field}; null and the empty string, Protobuf's default, write nothing. */
    public static void text(JsonParser parser, WireWriter out, int field, String name)
            throws IOException, MalformedSpan {
        if (parser.currentToken() != JsonToken.VALUE_STRING || parser.getTextLength() > 0) {
            presentText(parser, out, field, name);
        }
    }

    /** Writes a string as field {@code field} of a {@code oneof}, where an empty one is a value; null writes nothing. */
    public static void presentText(JsonParser parser, WireWriter out, int field, String name)
            throws IOException, MalformedSpan {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            out.message(field, parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
        } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
            throw wrongShape(name + " is no string");
        }
    }

    /** A whole number, written as a number or as a string of digits; unsigned 64-bit values wrap around. */
    static long integer(JsonParser parser, String name) throws IOException, MalformedSpan {
        try {
            return switch (parser.currentToken()) {
                case VALUE_NULL -> 0;
                case VALUE_NUMBER_INT ->
                    parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? Long.parseUnsignedLong(parser.getText())
                            : parser.getLongValue();
                case VALUE_NUMBER_FLOAT -> wholeFraction(parser, name);
                case VALUE_STRING -> parseInteger(parser);
                default -> throw wrongShape(name + " is no number");
            };
        } catch (NumberFormatException | ArithmeticException notWhole) {
            throw wrongShape(name + " is no whole number of 64 bits");
        }
    }

    private static long wholeFraction(JsonParser parser, String name) throws IOException, MalformedSpan {
        if (parser.getTextLength() > LONGEST_FRACTION) {
            throw wrongShape(name + " has too many digits");
        }
        return parser.getDecimalValue().longValueExact();
    }

    /** Most are digits and nothing else, too few to be too large. */
    private static long parseInteger(JsonParser parser) throws IOException {
        char[] chars = parser.getTextCharacters();
        int from = parser.getTextOffset();
        int length = parser.getTextLength();
        long value = 0;
        for (int i = from; i < from + length; i++) {
            int digit = chars[i] - '0';
            if (digit < 0 || digit > 9 || length > MOST_DIGITS) {
                return parseInteger(new String(chars, from, length).strip());
            }
            value = value * 10 + digit;
        }
        if (length == 0) {
            throw new NumberFormatException();
        }
        return value;
    }

    static long parseInteger(String digits) {
        if (digits.startsWith("-")) {
            return Long.parseLong(digits);
        }
        return Long.parseUnsignedLong(digits);
    }

    /** RFC 3339, or nanoseconds since the epoch as a number or digits; null is 0. */
    public static long time(JsonParser parser, String name) throws IOException, MalformedSpan {
        if (parser.currentToken() != JsonToken.VALUE_STRING || isDigits(parser.getText())) {
            return integer(parser, name);
        }
        try {
            Instant instant = OffsetDateTime.parse(parser.getText().strip()).toInstant();
            return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), NANOS_PER_SECOND), instant.getNano());
        } catch (DateTimeParseException | ArithmeticException notATime) {
            throw wrongShape(name + " is no RFC 3339 time that fits into nanoseconds");
        }
    }

    private static boolean isDigits(String text) {
        return !text.isEmpty() && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }

    /** A number, or one of the strings {@code NaN}, {@code Infinity}, {@code -Infinity}; null is NaN. */
    public static double number(JsonParser parser, String name) throws IOException, MalformedSpan {
        try {
            return switch (parser.currentToken()) {
                case VALUE_NULL -> Double.NaN;
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
                case VALUE_STRING -> Double.parseDouble(parser.getText().strip());
                default -> throw wrongShape(name + " is no number");
            };
        } catch (NumberFormatException notANumber) {
            throw wrongShape(name + " is no number");
        }
    }

    public static boolean bool(JsonParser parser, String name) throws IOException, MalformedSpan {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw wrongShape(name + " is no boolean");
        };
    }

    /**
     * Steps into an array, if the value is one and not null.
     *
     * @return whether there are elements to read until {@link JsonToken#END_ARRAY}
     */
    public static boolean isArray(JsonParser parser, String name) throws MalformedSpan {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return false;
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw wrongShape(name + " is no array");
        }
        return true;
    }

    /** Whether the value is an object, and not null. */
    public static boolean isObject(JsonParser parser, String name) throws MalformedSpan {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return false;
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw wrongShape(name + " is no object");
        }
        return true;
    }

    /** Leaves the parser at the end of the object or array whose inside has the nesting {@code depth}. */
    public static void leave(JsonParser parser, int depth) throws IOException {
        while (!isEnd(parser.currentToken()) || parser.getParsingContext().getNestingDepth() != depth - 1) {
            if (parser.nextToken() == null) {
                return;
            }
        }
    }

    private static boolean isEnd(@Nullable JsonToken token) {
        return token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY;
    }

    /** {@code detail} says what is wrong and holds no payload text. */
    public static MalformedSpan wrongShape(String detail) {
        return new MalformedSpan(RefusalReason.MALFORMED, detail);
    }
}
