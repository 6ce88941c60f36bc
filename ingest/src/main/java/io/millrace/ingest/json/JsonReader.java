package io.millrace.ingest.json;

import com.fasterxml.jackson.core.JsonToken;
import io.millrace.ingest.span.MalformedEnvelope;
import io.millrace.ingest.span.MalformedSpan;
import io.millrace.ingest.span.RefusalReason;
import io.millrace.ingest.span.WireWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) token by token from bytes that are known to be UTF-8, and writes its texts as Protobuf without making
 * characters of them: a text is found eight bytes at a time and copied as it stands, but for its escapes. It stands at one
 * token at a time, as Jackson's parser does, whose tokens it has; numbers and texts are made only when they are asked for.
 *
 * <p>What is no JSON is a {@link MalformedEnvelope} that names line and column and no content; a value of the wrong shape
 * condemns its span only. Not safe for threads.
 */
public final class JsonReader {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long QUOTES = LOW_BITS * '"';
    private static final long SPACES = LOW_BITS * ' ';

    /** Longer ones take a time to read that grows with the square of their length. */
    private static final int MAX_NUMBER_BYTES = 1_000;
    /** Of a number that is certain to fit into 64 bits, without a sign. */
    private static final int SAFE_DIGITS = 18;

    /** Without the numbers of Java that other languages do not know. */
    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d++(\\.\\d++)?([eE][-+]?\\d++)?");

    private static final int MAX_HEX_DIGITS = 64;

    private static final int END = -1;

    private final byte[] bytes;
    private final int begin;
    private final int end;

    private int position;
    private @Nullable JsonToken token;

    /** Of each object or array that is open, whether it is an object. */
    private boolean[] objects = new boolean[32];

    private int depth;

    /** The text between the quotes, or the number. */
    private int from;

    private int length;
    /** How many bytes the text has without its escapes. */
    private int textLength;

    /** Whether the number has neither a fraction nor an exponent. */
    private boolean whole;

    /** The name, if it is one that is kept. */
    private Names.@Nullable Name knownName;

    private final Names names = new Names();

    JsonReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.begin = from;
        this.end = end;
        this.position = from + byteOrderMark(bytes, from, end);
    }

    /** How many bytes say only that this is UTF-8. */
    static int byteOrderMark(byte[] bytes, int from, int end) {
        boolean isThere = end - from >= 3
                && bytes[from] == (byte) 0xEF
                && bytes[from + 1] == (byte) 0xBB
                && bytes[from + 2] == (byte) 0xBF;
        return isThere ? 3 : 0;
    }

    // -- tokens

    /** Moves to the next token; null at the end, when nothing is open. */
    public @Nullable JsonToken nextToken() throws MalformedEnvelope {
        int at = skipSpace(position);
        if (token == JsonToken.FIELD_NAME) {
            return value(at);
        }
        if (depth == 0) {
            if (at == end) {
                position = at;
                token = null;
                return null;
            }
            return value(at);
        }
        boolean inObject = objects[depth - 1];
        at = element(at, inObject);
        if (at == END) {
            return token;
        }
        return inObject ? name(at) : value(at);
    }

    /** The token at which it stands; null before the first and after the last one. */
    public @Nullable JsonToken currentToken() {
        return token;
    }

    /** How many objects and arrays are open: with the one that has just begun, without the one that has just ended. */
    public int depth() {
        return depth;
    }

    /** The name at which it stands. */
    public String currentName() {
        Names.Name known = knownName;
        return known == null ? text() : known.text();
    }

    /** Moves to the end of the object or array that has just begun; stays where it is if none has. */
    public void skipChildren() throws MalformedEnvelope {
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
            leave(depth);
        }
    }

    /** Moves to the end of the object or array whose inside has the nesting {@code inside}. */
    public void leave(int inside) throws MalformedEnvelope {
        while (depth >= inside) {
            nextToken();
        }
    }

    /** Where the next member or element begins; {@link #END} when there is none, and it stands at the end token. */
    private int element(int at, boolean inObject) throws MalformedEnvelope {
        if (at == end) {
            throw malformed(at);
        }
        byte next = bytes[at];
        if (next == (inObject ? '}' : ']')) {
            depth--;
            position = at + 1;
            token = inObject ? JsonToken.END_OBJECT : JsonToken.END_ARRAY;
            return END;
        }
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
            return at;
        }
        if (next != ',') {
            throw malformed(at);
        }
        return skipSpace(at + 1);
    }

    private JsonToken name(int at) throws MalformedEnvelope {
        Names.Name likely = names.likely(bytes, at, end);
        if (likely != null) {
            knownName = likely;
            colon(at + likely.size());
        } else {
            if (at == end || bytes[at] != '"') {
                throw malformed(at);
            }
            string(at + 1);
            knownName = textLength == length ? names.of(bytes, at, position) : null;
            colon(position);
        }
        token = JsonToken.FIELD_NAME;
        return token;
    }

    private void colon(int after) throws MalformedEnvelope {
        int at = skipSpace(after);
        if (at == end || bytes[at] != ':') {
            throw malformed(at);
        }
        position = at + 1;
    }

    private JsonToken value(int at) throws MalformedEnvelope {
        if (at == end) {
            throw malformed(at);
        }
        JsonToken found;
        switch (bytes[at]) {
            case '"' -> {
                string(at + 1);
                found = JsonToken.VALUE_STRING;
            }
            case '{' -> {
                open(at, true);
                found = JsonToken.START_OBJECT;
            }
            case '[' -> {
                open(at, false);
                found = JsonToken.START_ARRAY;
            }
            case 't' -> found = literal(at, JsonToken.VALUE_TRUE);
            case 'f' -> found = literal(at, JsonToken.VALUE_FALSE);
            case 'n' -> found = literal(at, JsonToken.VALUE_NULL);
            default -> found = number(at);
        }
        token = found;
        return found;
    }

    private void open(int at, boolean object) throws MalformedEnvelope {
        if (depth == JsonBody.MAX_NESTING) {
            throw malformed(at);
        }
        if (depth == objects.length) {
            objects = Arrays.copyOf(objects, depth * 2);
        }
        objects[depth++] = object;
        position = at + 1;
    }

    private JsonToken literal(int at, JsonToken literal) throws MalformedEnvelope {
        byte[] expected = literal.asByteArray();
        int after = at + expected.length;
        if (after > end || !Arrays.equals(bytes, at, after, expected, 0, expected.length)) {
            throw malformed(at);
        }
        position = after;
        return literal;
    }

    private JsonToken number(int start) throws MalformedEnvelope {
        int at = start;
        if (bytes[at] == '-') {
            at++;
        }
        int digits = at;
        at = endOfDigits(at);
        if (bytes[digits] == '0' && at > digits + 1) {
            throw malformed(digits + 1);
        }
        whole = true;
        if (at < end && bytes[at] == '.') {
            whole = false;
            at = endOfDigits(at + 1);
        }
        if (at < end && (bytes[at] == 'e' || bytes[at] == 'E')) {
            whole = false;
            at++;
            if (at < end && (bytes[at] == '+' || bytes[at] == '-')) {
                at++;
            }
            at = endOfDigits(at);
        }
        if (at - start > MAX_NUMBER_BYTES) {
            throw malformed(start);
        }
        from = start;
        length = at - start;
        textLength = length;
        position = at;
        return whole ? JsonToken.VALUE_NUMBER_INT : JsonToken.VALUE_NUMBER_FLOAT;
    }

    /** The end of at least one digit. */
    private int endOfDigits(int start) throws MalformedEnvelope {
        int at = start;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        if (at == start) {
            throw malformed(at);
        }
        return at;
    }

    /** Reads on to the end of a string, whose content begins at {@code start}. */
    private void string(int start) throws MalformedEnvelope {
        int at = start;
        int escapes = 0;
        while (true) {
            at = plainEnd(at);
            if (at == end) {
                throw malformed(at);
            }
            byte next = bytes[at];
            if (next == '"') {
                break;
            }
            if (next != '\\') {
                throw malformed(at);
            }
            int size = Escape.size(bytes, at, end);
            if (size == 0) {
                throw malformed(at);
            }
            escapes += size - Escape.utf8Length(bytes, at, size);
            at += size;
        }
        from = start;
        length = at - start;
        textLength = length - escapes;
        position = at + 1;
    }

    /** Where the next quote, backslash or control character is. */
    private int plainEnd(int start) {
        int at = start;
        for (; at <= end - 8; at += 8) {
            long word = (long) LONGS.get(bytes, at);
            long found = Escape.zeros(word ^ QUOTES)
                    | Escape.zeros(word ^ Escape.BACKSLASHES)
                    | word - SPACES & ~word & HIGH_BITS;
            if (found != 0) {
                return at + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (at < end && bytes[at] != '"' && bytes[at] != '\\' && (bytes[at] & 0xFF) >= ' ') {
            at++;
        }
        return at;
    }

    private int skipSpace(int start) {
        int at = start;
        while (at < end) {
            byte next = bytes[at];
            if (next != ' ' && next != '\n' && next != '\r' && next != '\t') {
                break;
            }
            at++;
        }
        return at;
    }

    // -- objects whose shape is known to the byte

    /** Where it is behind the opening brace of an object, from where on bytes can be passed one after the other. */
    public int mark() {
        return position;
    }

    /** Goes back to behind the opening brace, as if nothing had been passed. */
    public void back(int mark) {
        position = mark;
    }

    /** Ends the object behind whose opening brace it was marked, and whose closing one was passed. */
    public void passedObject() {
        depth--;
        token = JsonToken.END_OBJECT;
    }

    /** Moves past {@code literal} if that comes next; else it stays where it is. */
    public boolean passes(Literal literal) {
        if (!literal.isAt(bytes, position, end)) {
            return false;
        }
        position += literal.size();
        return true;
    }

    /** Moves to the quote that ends a text without escapes, behind whose first quote it is; false if it has some, or is none. */
    public boolean passesText() {
        from = position;
        position = plainEnd(position);
        length = position - from;
        textLength = length;
        return position < end && bytes[position] == '"';
    }

    /** Moves past a number; false if none comes next. */
    public boolean passesNumber() throws MalformedEnvelope {
        if (position == end || bytes[position] != '-' && (bytes[position] < '0' || bytes[position] > '9')) {
            return false;
        }
        number(position);
        return true;
    }

    /** The bytes in which {@link #from} and {@link #length} say what was passed. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the text or number begins that was passed last. */
    public int from() {
        return from;
    }

    /** How many bytes it has. */
    public int length() {
        return length;
    }

    /** What was passed as a whole number, if it is nothing but digits, and too few for more than 63 bits; else negative. */
    public long digits() {
        if (length == 0 || length > SAFE_DIGITS) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < from + length; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** The number that was passed. */
    public double decimal() {
        return Decimal.parse(bytes, from, length);
    }

    // -- values

    /** The text of a string, or a number as it is written. Half a surrogate pair is U+FFFD. */
    public String text() {
        if (textLength == length) {
            return new String(bytes, from, length, StandardCharsets.UTF_8);
        }
        byte[] text = new byte[textLength + Escape.ROOM];
        Escape.resolve(bytes, from, from + length, text, 0);
        return new String(text, 0, textLength, StandardCharsets.UTF_8);
    }

    /** Writes a string as field {@code field}; null and the empty string, Protobuf's default, write nothing. */
    public void text(WireWriter out, int field, String name) throws MalformedSpan {
        if (token != JsonToken.VALUE_STRING || length > 0) {
            presentText(out, field, name);
        }
    }

    /** Writes a string as field {@code field} of a {@code oneof}, where an empty one is a value; null writes nothing. */
    public void presentText(WireWriter out, int field, String name) throws MalformedSpan {
        if (token != JsonToken.VALUE_STRING) {
            if (token != JsonToken.VALUE_NULL) {
                throw JsonValues.wrongShape(name + " is no string");
            }
        } else if (textLength == length) {
            out.message(field, bytes, from, length);
        } else {
            out.tag(field, WireWriter.LENGTH_DELIMITED);
            out.varint(textLength);
            int offset = out.room(textLength, Escape.ROOM);
            Escape.resolve(bytes, from, from + length, out.array(), offset);
        }
    }

    /** A whole number, written as a number or as a string of digits; unsigned 64-bit values wrap around; null is 0. */
    public long integer(String name) throws MalformedSpan {
        try {
            return switch (currentOrNone()) {
                case VALUE_NULL -> 0;
                case VALUE_NUMBER_INT, VALUE_STRING -> wholeNumber();
                case VALUE_NUMBER_FLOAT -> new BigDecimal(text()).longValueExact();
                default -> throw JsonValues.wrongShape(name + " is no number");
            };
        } catch (NumberFormatException | ArithmeticException notWhole) {
            throw JsonValues.wrongShape(name + " is no whole number of 64 bits");
        }
    }

    /** Whether it is a whole number that a {@code long} has, written as a number or as a string of digits. */
    public boolean isLong() {
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_STRING) {
            return false;
        }
        if (digits() >= 0) {
            return true;
        }
        try {
            Long.parseLong(text().strip());
            return true;
        } catch (NumberFormatException otherwise) {
            return false;
        }
    }

    /** Whether it is a number, or a string that would be one without its quotes. */
    public boolean isNumber() {
        return switch (currentOrNone()) {
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> true;
            case VALUE_STRING -> NUMBER.matcher(text().strip()).matches();
            default -> false;
        };
    }

    private long wholeNumber() {
        long digits = digits();
        return digits < 0 ? JsonValues.parseInteger(text().strip()) : digits;
    }

    /** A number, or one of the strings {@code NaN}, {@code Infinity}, {@code -Infinity}; null is NaN. */
    public double number(String name) throws MalformedSpan {
        try {
            return switch (currentOrNone()) {
                case VALUE_NULL -> Double.NaN;
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> decimal();
                case VALUE_STRING -> Double.parseDouble(text().strip());
                default -> throw JsonValues.wrongShape(name + " is no number");
            };
        } catch (NumberFormatException notANumber) {
            throw JsonValues.wrongShape(name + " is no number");
        }
    }

    public boolean bool(String name) throws MalformedSpan {
        return switch (currentOrNone()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE, VALUE_NULL -> false;
            default -> throw JsonValues.wrongShape(name + " is no boolean");
        };
    }

    /** Writes hexadecimal text as the bytes it means; an empty text or null writes nothing. */
    public void hex(WireWriter out, int field, String name) throws MalformedSpan {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (token != JsonToken.VALUE_STRING) {
            throw JsonValues.wrongShape(name + " is no string");
        }
        if (textLength != length) {
            byte[] resolved = text().getBytes(StandardCharsets.UTF_8);
            hex(out, field, name, resolved, 0, resolved.length);
        } else if (length > 0) {
            hex(out, field, name, bytes, from, length);
        }
    }

    private static void hex(WireWriter out, int field, String name, byte[] text, int start, int size)
            throws MalformedSpan {
        if (size > MAX_HEX_DIGITS || size % 2 != 0) {
            throw new MalformedSpan(RefusalReason.MISSING_ID, name + " is not hexadecimal of its length");
        }
        int before = out.size();
        out.tag(field, WireWriter.LENGTH_DELIMITED);
        out.varint(size / 2);
        int offset = out.room(size / 2, 0);
        byte[] target = out.array();
        int digits = 0;
        for (int i = start; i < start + size; i += 2) {
            int both = Escape.hexDigit(text[i]) << 4 | Escape.hexDigit(text[i + 1]);
            digits |= both;
            target[offset++] = (byte) both;
        }
        if (digits < 0) {
            // What is named in the answer is no id that nobody sent.
            out.truncate(before);
            throw new MalformedSpan(RefusalReason.MISSING_ID, name + " is not hexadecimal");
        }
    }

    /** Writes base64 text, of either alphabet, as the bytes it means. */
    public void base64(WireWriter out, int field, String name) throws MalformedSpan {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (token != JsonToken.VALUE_STRING) {
            throw JsonValues.wrongShape(name + " is no string");
        }
        try {
            byte[] decoded = Base64.getDecoder().decode(text().replace('-', '+').replace('_', '/'));
            out.message(field, decoded, 0, decoded.length);
        } catch (IllegalArgumentException notBase64) {
            throw JsonValues.wrongShape(name + " is no base64");
        }
    }

    /**
     * Steps into an array, if the value is one and not null.
     *
     * @return whether there are elements to read until {@link JsonToken#END_ARRAY}
     */
    public boolean isArray(String name) throws MalformedSpan {
        return is(JsonToken.START_ARRAY, name, " is no array");
    }

    /** Whether the value is an object, and not null. */
    public boolean isObject(String name) throws MalformedSpan {
        return is(JsonToken.START_OBJECT, name, " is no object");
    }

    private boolean is(JsonToken wanted, String name, String otherwise) throws MalformedSpan {
        if (token == wanted) {
            return true;
        }
        if (token == JsonToken.VALUE_NULL) {
            return false;
        }
        throw JsonValues.wrongShape(name + otherwise);
    }

    private JsonToken currentOrNone() {
        JsonToken current = token;
        return current == null ? JsonToken.NOT_AVAILABLE : current;
    }

    private MalformedEnvelope malformed(int at) {
        int line = 1;
        int lineBegin = begin;
        for (int i = begin; i < at; i++) {
            if (bytes[i] == '\n') {
                line++;
                lineBegin = i + 1;
            }
        }
        return new MalformedEnvelope("the body is no JSON: line " + line + ", column " + (at - lineBegin + 1));
    }
}
