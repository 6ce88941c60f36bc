package io.millrace.jobs.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the format of {@code COPY ... (FORMAT binary)}: a header, then for each row the number of its fields and for
 * each field its length and bytes, then a trailer. The buffer is used again for the next batch.
 *
 * <p>Text is what Postgres accepts, whatever clients sent: NUL and half surrogate pairs become U+FFFD, and what is longer
 * than {@link SeriesText#MAX_CHARS} is cut.
 */
final class CopyBuffer {
    private static final byte[] HEADER = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long POSTGRES_EPOCH_DAY = 10_957;
    private static final long POSTGRES_EPOCH_MICROS = POSTGRES_EPOCH_DAY * 86_400_000_000L;
    private static final int TEXT_OID = 25;
    private static final int INT4_OID = 23;
    private static final int NUMERIC_POSITIVE = 0x0000;
    private static final int NUMERIC_NEGATIVE = 0x4000;
    private static final BigInteger NUMERIC_BASE = BigInteger.valueOf(10_000);
    private static final int MAX_BYTES_PER_CHAR = 3;

    private byte[] bytes = new byte[1 << 16];
    private int length;

    /** Forgets all rows. */
    void start() {
        System.arraycopy(HEADER, 0, bytes, 0, HEADER.length);
        length = HEADER.length;
    }

    /** Lets go of what is in it, which is on its way; more rows follow. */
    void sent() {
        length = 0;
    }

    /** Ends the last row; the buffer is complete. */
    void finish() {
        putShort(-1);
    }

    byte[] array() {
        return bytes;
    }

    int length() {
        return length;
    }

    CopyBuffer row(int fields) {
        putShort(fields);
        return this;
    }

    CopyBuffer uuid(UUID value) {
        ensure(20);
        INT.set(bytes, length, 16);
        LONG.set(bytes, length + 4, value.getMostSignificantBits());
        LONG.set(bytes, length + 12, value.getLeastSignificantBits());
        length += 20;
        return this;
    }

    CopyBuffer bool(boolean value) {
        ensure(5);
        INT.set(bytes, length, 1);
        bytes[length + 4] = (byte) (value ? 1 : 0);
        length += 5;
        return this;
    }

    CopyBuffer int2(int value) {
        ensure(6);
        INT.set(bytes, length, 2);
        SHORT.set(bytes, length + 4, (short) value);
        length += 6;
        return this;
    }

    CopyBuffer int4(int value) {
        ensure(8);
        INT.set(bytes, length, 4);
        INT.set(bytes, length + 4, value);
        length += 8;
        return this;
    }

    CopyBuffer int8(long value) {
        ensure(12);
        INT.set(bytes, length, 8);
        LONG.set(bytes, length + 4, value);
        length += 12;
        return this;
    }

    CopyBuffer int8OrNone(@Nullable Long value) {
        return value == null ? none() : int8(value.longValue());
    }

    CopyBuffer float8(double value) {
        return int8(Double.doubleToLongBits(value));
    }

    CopyBuffer date(long epochDay) {
        return int4(Math.toIntExact(epochDay - POSTGRES_EPOCH_DAY));
    }

    /** A {@code timestamptz}, whose unit is the microsecond. */
    CopyBuffer timeOfNanos(long epochNanos) {
        return int8(Math.floorDiv(epochNanos, 1_000L) - POSTGRES_EPOCH_MICROS);
    }

    CopyBuffer timeOfMillis(long epochMillis) {
        return int8(Math.multiplyExact(epochMillis, 1_000L) - POSTGRES_EPOCH_MICROS);
    }

    CopyBuffer none() {
        putInt(-1);
        return this;
    }

    CopyBuffer bytea(byte[] value) {
        ensure(4 + value.length);
        INT.set(bytes, length, value.length);
        System.arraycopy(value, 0, bytes, length + 4, value.length);
        length += 4 + value.length;
        return this;
    }

    CopyBuffer text(String value) {
        int chars = SeriesText.cutLength(value);
        ensure(4 + chars * MAX_BYTES_PER_CHAR);
        int start = length + 4;
        int end = utf8(value, chars, start);
        INT.set(bytes, length, end - start);
        length = end;
        return this;
    }

    /** Null where the text is empty. */
    CopyBuffer textOrNone(String value) {
        return value.isEmpty() ? none() : text(value);
    }

    CopyBuffer texts(List<String> values) {
        int start = startArray(values.size(), TEXT_OID);
        values.forEach(this::text);
        return endField(start);
    }

    CopyBuffer ints(List<Integer> values) {
        int start = startArray(values.size(), INT4_OID);
        for (int value : values) {
            int4(value);
        }
        return endField(start);
    }

    /** A whole number as {@code numeric}: digits to the base of 10,000, the greatest first, trailing zeros cut. */
    CopyBuffer numeric(BigInteger value) {
        int[] digits = new int[8];
        int count = 0;
        for (BigInteger rest = value.abs(); rest.signum() != 0; count++) {
            BigInteger[] parts = rest.divideAndRemainder(NUMERIC_BASE);
            digits = count == digits.length ? Arrays.copyOf(digits, count * 2) : digits;
            digits[count] = parts[1].intValue();
            rest = parts[0];
        }
        int zeros = 0;
        while (zeros < count && digits[zeros] == 0) {
            zeros++;
        }
        putInt(8 + 2 * (count - zeros));
        putShort(count - zeros);
        putShort(Math.max(0, count - 1));
        putShort(value.signum() < 0 ? NUMERIC_NEGATIVE : NUMERIC_POSITIVE);
        putShort(0);
        for (int i = count - 1; i >= zeros; i--) {
            putShort(digits[i]);
        }
        return this;
    }

    private int startArray(int size, int elementOid) {
        int start = length;
        putInt(0);
        putInt(size == 0 ? 0 : 1);
        putInt(0);
        putInt(elementOid);
        if (size > 0) {
            putInt(size);
            putInt(1);
        }
        return start;
    }

    private CopyBuffer endField(int start) {
        INT.set(bytes, start, length - start - 4);
        return this;
    }

    private int utf8(String value, int chars, int start) {
        int at = start;
        for (int i = 0; i < chars; i++) {
            char c = value.charAt(i);
            if (c != 0 && c < 0x80) {
                bytes[at++] = (byte) c;
            } else if (Character.isHighSurrogate(c) && i + 1 < chars && Character.isLowSurrogate(value.charAt(i + 1))) {
                at = putCodePoint(at, Character.toCodePoint(c, value.charAt(++i)));
            } else {
                at = putCodePoint(at, c == 0 || Character.isSurrogate(c) ? SeriesText.REPLACEMENT : c);
            }
        }
        return at;
    }

    private int putCodePoint(int start, int code) {
        int at = start;
        if (code < 0x800) {
            bytes[at++] = (byte) (0xC0 | code >> 6);
        } else if (code < 0x10000) {
            bytes[at++] = (byte) (0xE0 | code >> 12);
            bytes[at++] = (byte) (0x80 | code >> 6 & 0x3F);
        } else {
            bytes[at++] = (byte) (0xF0 | code >> 18);
            bytes[at++] = (byte) (0x80 | code >> 12 & 0x3F);
            bytes[at++] = (byte) (0x80 | code >> 6 & 0x3F);
        }
        bytes[at++] = (byte) (0x80 | code & 0x3F);
        return at;
    }

    private void putShort(int value) {
        ensure(2);
        SHORT.set(bytes, length, (short) value);
        length += 2;
    }

    private void putInt(int value) {
        ensure(4);
        INT.set(bytes, length, value);
        length += 4;
    }

    private void ensure(int more) {
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
