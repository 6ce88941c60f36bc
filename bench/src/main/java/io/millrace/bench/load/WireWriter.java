package io.millrace.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Appends fields in the protobuf wire format and tells where values lie that are patched later. Those have a fixed
 * width, so that no length around them ever changes.
 */
public final class WireWriter {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int DELIMITED = 2;

    private byte[] bytes = new byte[1024];
    private int size;

    /** Bytes so far. */
    public int size() {
        return size;
    }

    /** A copy of all bytes so far. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Appends a number that is not negative. */
    public void varint(int field, long value) {
        tag(field, VARINT);
        rawVarint(value);
    }

    /** Appends a text as UTF-8. */
    public void string(int field, String value) {
        bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Appends a double. */
    public void float64(int field, double value) {
        int at = fixed64(field);
        patchFixed64(bytes, at, Double.doubleToRawLongBits(value));
    }

    /** Appends a message and returns where its content begins. */
    public int message(int field, WireWriter content) {
        return bytes(field, content.toByteArray());
    }

    /** Appends bytes and returns where they begin. */
    public int bytes(int field, byte[] content) {
        tag(field, DELIMITED);
        rawVarint(content.length);
        int at = reserve(content.length);
        System.arraycopy(content, 0, bytes, at, content.length);
        return at;
    }

    /** Appends eight bytes of zeros and returns where they lie. */
    public int fixed64(int field) {
        tag(field, FIXED64);
        return reserve(8);
    }

    /** Appends an integer of two bytes, 128 to 16,383, and returns where it lies. */
    public int wideVarint(int field) {
        tag(field, VARINT);
        int at = reserve(2);
        patchWideVarint(bytes, at, 128);
        return at;
    }

    /** Overwrites eight bytes, the lowest first. */
    public static void patchFixed64(byte[] target, int at, long value) {
        for (int i = 0; i < 8; i++) {
            target[at + i] = (byte) (value >>> (8 * i));
        }
    }

    /** Ids are read from left to right. */
    static void patchBigEndian(byte[] target, int at, long value) {
        for (int i = 0; i < 8; i++) {
            target[at + i] = (byte) (value >>> (56 - 8 * i));
        }
    }

    static void patchWideVarint(byte[] target, int at, long value) {
        if (value < 128 || value > 16_383) {
            throw new IllegalArgumentException(value + " does not take two bytes");
        }
        target[at] = (byte) (value | 0x80);
        target[at + 1] = (byte) (value >>> 7);
    }

    private void tag(int field, int type) {
        rawVarint((long) field << 3 | type);
    }

    private void rawVarint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            rawByte((int) rest | 0x80);
            rest >>>= 7;
        }
        rawByte((int) rest);
    }

    private void rawByte(int value) {
        int at = reserve(1);
        bytes[at] = (byte) value;
    }

    private int reserve(int count) {
        if (size + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + count));
        }
        int at = size;
        size += count;
        return at;
    }
}
