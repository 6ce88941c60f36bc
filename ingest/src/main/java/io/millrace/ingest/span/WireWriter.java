package io.millrace.ingest.span;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Protobuf wire format into one growing array, for messages that are copied rather than built. Lengths are always
 * written in their shortest form, so that equal contents have equal bytes. Not safe for threads.
 */
public final class WireWriter {
    /** Wire types of the Protobuf encoding. */
    public static final int VARINT = 0;

    public static final int FIXED64 = 1;
    public static final int LENGTH_DELIMITED = 2;
    public static final int FIXED32 = 5;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_VARINT_BYTES = 10;

    private byte[] bytes;
    private int size;

    public WireWriter(int capacity) {
        bytes = new byte[Math.max(64, capacity)];
    }

    /** The array written into; replaced when it grows, but what was written to it before stays as it was. */
    public byte[] array() {
        return bytes;
    }

    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    /** Forgets everything written after {@code length} bytes. */
    public void truncate(int length) {
        size = length;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    public void tag(int field, int wireType) {
        varint(field << 3 | wireType);
    }

    public void varint(long value) {
        ensure(MAX_VARINT_BYTES);
        byte[] target = bytes;
        int at = size;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            target[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[at++] = (byte) rest;
        size = at;
    }

    public void fixed64(long value) {
        ensure(8);
        LONGS.set(bytes, size, value);
        size += 8;
    }

    public void fixed32(int value) {
        ensure(4);
        INTS.set(bytes, size, value);
        size += 4;
    }

    public void raw(byte[] source, int offset, int length) {
        ensure(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }

    /**
     * Takes {@code length} bytes for the caller to write into {@link #array()}; what it writes into the {@code scratch} bytes
     * behind them is lost.
     *
     * @return where they begin
     */
    public int room(int length, int scratch) {
        ensure(length + scratch);
        int offset = size;
        size += length;
        return offset;
    }

    public void raw(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    /** Eight bytes, the most significant first, as ids have them. */
    public void bigEndian(long value) {
        fixed64(Long.reverseBytes(value));
    }

    /** Field {@code field} as a varint, left out when it is 0, as Protobuf's default values are. */
    public void varintField(int field, long value) {
        if (value != 0) {
            tag(field, VARINT);
            varint(value);
        }
    }

    public void fixed64Field(int field, long value) {
        if (value != 0) {
            tag(field, FIXED64);
            fixed64(value);
        }
    }

    /** Field {@code field} with the given bytes, left out when there are none. */
    public void bytesField(int field, byte[] source, int offset, int length) {
        if (length > 0) {
            message(field, source, offset, length);
        }
    }

    public void textField(int field, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        bytesField(field, utf8, 0, utf8.length);
    }

    /** Field {@code field} with the given bytes, also when there are none: a member that is present and empty. */
    public void message(int field, byte[] source, int offset, int length) {
        tag(field, LENGTH_DELIMITED);
        varint(length);
        raw(source, offset, length);
    }

    /** Field {@code field} with the UTF-8 of {@code chars}; half a surrogate pair becomes a byte that is no UTF-8. */
    public void message(int field, char[] chars, int offset, int length) {
        tag(field, LENGTH_DELIMITED);
        if (isAscii(chars, offset, offset + length)) {
            varint(length);
            ensure(length);
            for (int i = 0; i < length; i++) {
                bytes[size + i] = (byte) chars[offset + i];
            }
            size += length;
        } else {
            int utf8Length = utf8Length(chars, offset, offset + length);
            varint(utf8Length);
            ensure(utf8Length);
            utf8(chars, offset, offset + length);
        }
    }

    private static boolean isAscii(char[] chars, int from, int end) {
        int bits = 0;
        for (int i = from; i < end; i++) {
            bits |= chars[i];
        }
        return bits < 0x80;
    }

    private static int utf8Length(char[] chars, int from, int end) {
        int length = end - from;
        for (int i = from; i < end; i++) {
            char next = chars[i];
            if (next >= 0x800) {
                if (!Character.isSurrogate(next)) {
                    length += 2;
                } else if (isPair(chars, i, end)) {
                    length += 2;
                    i++;
                }
            } else if (next >= 0x80) {
                length++;
            }
        }
        return length;
    }

    private void utf8(char[] chars, int from, int end) {
        for (int i = from; i < end; i++) {
            char next = chars[i];
            if (next < 0x80) {
                bytes[size++] = (byte) next;
            } else if (next < 0x800) {
                bytes[size++] = (byte) (0xC0 | next >> 6);
                bytes[size++] = (byte) (0x80 | next & 0x3F);
            } else if (!Character.isSurrogate(next)) {
                bytes[size++] = (byte) (0xE0 | next >> 12);
                bytes[size++] = (byte) (0x80 | next >> 6 & 0x3F);
                bytes[size++] = (byte) (0x80 | next & 0x3F);
            } else if (isPair(chars, i, end)) {
                int codePoint = Character.toCodePoint(next, chars[++i]);
                bytes[size++] = (byte) (0xF0 | codePoint >> 18);
                bytes[size++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
                bytes[size++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
                bytes[size++] = (byte) (0x80 | codePoint & 0x3F);
            } else {
                bytes[size++] = (byte) 0xFF;
            }
        }
    }

    private static boolean isPair(char[] chars, int at, int end) {
        return Character.isHighSurrogate(chars[at]) && at + 1 < end && Character.isLowSurrogate(chars[at + 1]);
    }

    /** Begins a field whose length is not known yet; what is returned goes to {@link #close}. */
    public int open(int field) {
        tag(field, LENGTH_DELIMITED);
        ensure(1);
        size++;
        return size;
    }

    /** Ends the field that {@code content} (from {@link #open}) began. */
    public void close(int content) {
        int length = size - content;
        int lengthBytes = varintSize(length);
        if (lengthBytes > 1) {
            ensure(lengthBytes - 1);
            System.arraycopy(bytes, content, bytes, content + lengthBytes - 1, length);
        }
        size = content - 1;
        varint(length);
        size += length;
    }

    /** How many bytes {@code value} takes as a varint. */
    public static int varintSize(long value) {
        return value == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    /** How many bytes a field with {@code length} bytes of content takes. */
    public static int fieldSize(int field, int length) {
        return varintSize((long) field << 3) + varintSize(length) + length;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            grow(more);
        }
    }

    private void grow(int more) {
        long wanted = Math.max(bytes.length * 2L, (long) size + more + MAX_VARINT_BYTES);
        if ((long) size + more > Integer.MAX_VALUE - 8) {
            throw new OutOfMemoryError("a message of over 2 GiB");
        }
        bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
    }
}
