package io.millrace.ingest.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that are expected somewhere, compared a word at a time: they are few, and mostly the same. Immutable. */
public final class Literal {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int size;
    private final long[] words;
    /** The bits of the last word that count. */
    private final long lastBits;

    public Literal(String ascii) {
        this(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    /** @param bytes at least one */
    Literal(byte[] bytes) {
        size = bytes.length;
        words = new long[(size + Long.BYTES - 1) / Long.BYTES];
        byte[] padded = Arrays.copyOf(bytes, words.length * Long.BYTES);
        for (int i = 0; i < words.length; i++) {
            words[i] = (long) LONGS.get(padded, i * Long.BYTES);
        }
        lastBits = -1L >>> Byte.SIZE * (padded.length - size);
    }

    /** How many bytes. */
    int size() {
        return size;
    }

    /** Whether they stand at {@code at}. Shortly before {@code end} they are not found. */
    boolean isAt(byte[] bytes, int at, int end) {
        int last = words.length - 1;
        if (at > end - words.length * Long.BYTES) {
            return false;
        }
        for (int i = 0; i < last; i++) {
            if ((long) LONGS.get(bytes, at + i * Long.BYTES) != words[i]) {
                return false;
            }
        }
        return ((long) LONGS.get(bytes, at + last * Long.BYTES) & lastBits) == words[last];
    }
}
