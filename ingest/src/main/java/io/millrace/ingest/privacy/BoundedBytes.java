package io.millrace.ingest.privacy;

import java.util.Arrays;

/** Bytes that are written one behind the other, up to a limit: who goes beyond it gets none of them. */
final class BoundedBytes {
    /** How much of them there may be in any case. */
    private static final int ALLOWANCE = 1 << 20;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - Long.BYTES;

    private final int limit;
    private byte[] bytes;
    private int size;
    private boolean isOver;

    BoundedBytes(int expected, int limit) {
        this.limit = limit;
        this.bytes = new byte[Math.min(expected, limit)];
    }

    /** How long what is made of a text may be: names in place of short texts are longer than those, but not without end. */
    static int limitFor(int length) {
        return (int) Math.min(2L * length + ALLOWANCE, LARGEST_ARRAY);
    }

    void write(byte[] source, int from, int length) {
        if (isOver || length > limit - size) {
            isOver = true;
            bytes = new byte[0];
            return;
        }
        if (length > bytes.length - size) {
            int most = (int) Math.min(Math.max(2L * bytes.length, size + length), limit);
            bytes = Arrays.copyOf(bytes, most);
        }
        System.arraycopy(source, from, bytes, size, length);
        size += length;
    }

    void write(byte[] source) {
        write(source, 0, source.length);
    }

    /** Whether more was written than the limit allows: nothing of it is kept. */
    boolean isOver() {
        return isOver;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, isOver ? 0 : size);
    }
}
