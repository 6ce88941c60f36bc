package io.millrace.query.live;

import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/** Where a client is in a channel: the next offset of each partition. As a text it is opaque to clients. */
final class LiveCursor {
    private static final byte VERSION = 1;
    private static final int HEAD = 2;
    private static final int MAX_VARINT = 9;
    private static final int MAX_TEXT = 8_192;
    private static final String WRONG = "this is no cursor of this channel";

    private LiveCursor() {}

    /**
     * @param next the next offset of each partition
     */
    static String encode(Channel channel, long[] next) {
        ByteBuffer bytes = ByteBuffer.allocate(HEAD + MAX_VARINT * next.length)
                .put(VERSION)
                .put((byte) channel.code());
        for (long offset : next) {
            putVarint(bytes, offset);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes.array(), bytes.position()));
    }

    /**
     * The next offset of each partition that the text speaks of.
     *
     * @throws Problem ({@link ProblemType#INVALID_CURSOR}) when the channel never gave it out
     */
    static long[] decode(Channel channel, String text) {
        ByteBuffer bytes = ByteBuffer.wrap(bytesOf(text));
        if (bytes.remaining() < HEAD || bytes.get() != VERSION || bytes.get() != channel.code()) {
            throw wrong();
        }
        long[] next = new long[bytes.remaining()];
        int count = 0;
        try {
            while (bytes.hasRemaining()) {
                next[count++] = varint(bytes);
            }
        } catch (BufferUnderflowException cutOff) {
            throw wrong();
        }
        return Arrays.copyOf(next, count);
    }

    private static byte[] bytesOf(String text) {
        if (text.length() > MAX_TEXT) {
            throw wrong();
        }
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException notBase64) {
            throw wrong();
        }
    }

    private static Problem wrong() {
        return Problem.of(ProblemType.INVALID_CURSOR, WRONG);
    }

    private static void putVarint(ByteBuffer bytes, long value) {
        long rest = value;
        while (rest > 0x7f) {
            bytes.put((byte) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        bytes.put((byte) rest);
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; shift < 7 * MAX_VARINT; shift += 7) {
            byte next = bytes.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw wrong();
    }
}
