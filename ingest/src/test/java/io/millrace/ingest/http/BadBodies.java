package io.millrace.ingest.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Makes bodies that nobody should send out of bodies that somebody sends. */
final class BadBodies {
    /** No body grows beyond this, or most of the time would go into few of them. */
    private static final int MOST_BYTES = 256 * 1024;

    private static final int MOST_CHANGES = 6;
    private static final int MOST_NESTED = 20_000;
    private static final List<byte[]> WORDS = List.of(
            utf8("null"),
            utf8("true"),
            utf8("-1"),
            utf8("1e400"),
            utf8("-0.0"),
            utf8("9223372036854775808"),
            utf8("\"\""),
            utf8("{}"),
            utf8("[]"),
            utf8("\"\\ud800\""),
            utf8("\\u0000"),
            utf8("\"NaN\""),
            utf8("\r\n\r\n"),
            utf8("\r\n--"),
            utf8(",,"),
            utf8("]}"),
            utf8("\u2028"),
            utf8("user@example.com 4242 4242 4242 4242 +14155552671"));
    /** Varints that are too long, lengths that are too large, groups, tags of nothing. */
    private static final List<byte[]> WIRE = List.of(
            bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
            bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
            bytes(0xff, 0xff, 0xff, 0xff, 0x07),
            bytes(0x80),
            bytes(0x0b),
            bytes(0x0c),
            bytes(0x00),
            bytes(0x07),
            bytes(0x0a, 0x00),
            bytes(0xc0, 0xaf),
            bytes(0xed, 0xa0, 0x80),
            bytes(0xf4, 0x90, 0x80, 0x80));

    private final Random random;

    BadBodies(Random random) {
        this.random = random;
    }

    /** One of {@code bodies}, changed in a few ways. */
    byte[] next(List<byte[]> bodies, boolean text) {
        byte[] body = oneOf(bodies);
        for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
            body = changed(body, bodies, text);
        }
        return body.length > MOST_BYTES ? Arrays.copyOf(body, MOST_BYTES) : body;
    }

    private byte[] changed(byte[] body, List<byte[]> bodies, boolean text) {
        int at = random.nextInt(body.length + 1);
        int length = Math.min(random.nextInt(1 + random.nextInt(200)), body.length - at);
        return switch (random.nextInt(10)) {
            case 0 -> flipped(body);
            case 1 -> replaced(body, at, length, noise());
            case 2 -> replaced(body, at, length, new byte[0]);
            case 3 -> replaced(body, at, 0, Arrays.copyOfRange(body, at, at + length));
            case 4 -> replaced(body, at, random.nextBoolean() ? length : 0, oneOf(text ? WORDS : WIRE));
            case 5 -> replaced(body, at, length, piece(oneOf(bodies)));
            case 6 -> text ? otherValue(body, at) : replaced(body, at, 1, oneOf(WIRE));
            case 7 -> random.nextInt(20) == 0 ? Arrays.copyOf(body, at) : flipped(body);
            case 8 -> random.nextInt(20) == 0 ? replaced(body, at, 0, nested(text)) : flipped(body);
            default -> replaced(body, at, 0, oneOf(random.nextBoolean() ? WORDS : WIRE));
        };
    }

    private byte[] flipped(byte[] body) {
        byte[] changed = body.clone();
        if (changed.length > 0) {
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return changed;
    }

    private byte[] noise() {
        byte[] noise = new byte[random.nextInt(40)];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] piece(byte[] other) {
        int from = random.nextInt(other.length + 1);
        return Arrays.copyOfRange(other, from, Math.min(other.length, from + random.nextInt(400)));
    }

    /** Another value behind a colon, so that the text is still JSON and only its shape is wrong. */
    private byte[] otherValue(byte[] body, int from) {
        for (int at = from; at + 1 < body.length; at++) {
            if (body[at] == ':' && body[at + 1] == '"') {
                int end = at + 2;
                while (end < body.length && body[end] != '"') {
                    end++;
                }
                return replaced(body, at + 1, Math.min(body.length, end + 1) - at - 1, oneOf(WORDS));
            }
        }
        return body;
    }

    private byte[] nested(boolean text) {
        int depth = 1 + random.nextInt(random.nextInt(MOST_NESTED) + 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] open = text
                ? utf8(random.nextBoolean() ? "[" : "{\"a\":")
                : bytes(0x0a, 0xff, 0xff, 0x03); // a message in a message, each said to be long
        for (int i = 0; i < depth; i++) {
            out.write(open, 0, open.length);
        }
        return out.toByteArray();
    }

    private static byte[] replaced(byte[] body, int at, int length, byte[] by) {
        int from = Math.min(at, body.length);
        int to = Math.min(body.length, from + length);
        byte[] changed = new byte[body.length - (to - from) + by.length];
        System.arraycopy(body, 0, changed, 0, from);
        System.arraycopy(by, 0, changed, from, by.length);
        System.arraycopy(body, to, changed, from + by.length, body.length - to);
        return changed;
    }

    private <T> T oneOf(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
