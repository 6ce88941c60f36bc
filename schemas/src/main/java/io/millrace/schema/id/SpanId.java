package io.millrace.schema.id;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A span's identity within its trace: 8 bytes (OpenTelemetry) or 16 (clients that use UUIDs), never all zero.
 *
 * @param high the first eight bytes of a wide id; 0 in a narrow one
 * @param low the last eight bytes, big-endian
 * @param wide whether the id has 16 bytes
 */
public record SpanId(long high, long low, boolean wide) implements Comparable<SpanId> {
    /**
     * @throws IllegalArgumentException when all bytes are zero, or a narrow id has high bits
     */
    public SpanId {
        if (high == 0 && low == 0) {
            throw new IllegalArgumentException("a span id of zeros");
        }
        if (!wide && high != 0) {
            throw new IllegalArgumentException("a narrow span id has eight bytes");
        }
    }

    /**
     * Reads {@code length} bytes from {@code offset} on.
     *
     * @throws IllegalArgumentException when the length is neither 8 nor 16, or all bytes are zero
     */
    public static SpanId of(byte[] bytes, int offset, int length) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        return switch (length) {
            case 8 -> new SpanId(0, buffer.getLong(), false);
            case 16 -> new SpanId(buffer.getLong(), buffer.getLong(), true);
            default -> throw new IllegalArgumentException("a span id of " + length + " bytes");
        };
    }

    public static SpanId of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** The id that a client's text means: 16 or 32 hex digits, a UUID, or any other text, hashed with its project. */
    public static SpanId parse(UUID project, String text) {
        if (text.length() == 16 && Hex.isHex(text, 0, 16)) {
            return new SpanId(0, Hex.parse(text, 0), false);
        }
        if (text.length() == 32 && Hex.isHex(text, 0, 32)) {
            return new SpanId(Hex.parse(text, 0), Hex.parse(text, 16), true);
        }
        if (TraceId.isUuid(text)) {
            UUID uuid = UUID.fromString(text);
            return new SpanId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits(), true);
        }
        return of(TraceId.hash(project, text), 0, 16);
    }

    /** Whether {@code text} names the bytes itself, so that no external id need be kept beside them. */
    public static boolean isCanonical(String text) {
        return text.length() == 16 && Hex.isHex(text, 0, 16) || TraceId.isCanonical(text);
    }

    public byte[] bytes() {
        return wide
                ? ByteBuffer.allocate(16).putLong(high).putLong(low).array()
                : ByteBuffer.allocate(8).putLong(low).array();
    }

    /** Narrow before wide, then as the bytes do, unsigned. */
    @Override
    public int compareTo(SpanId other) {
        int width = Boolean.compare(wide, other.wide);
        int first = width != 0 ? width : Long.compareUnsigned(high, other.high);
        return first != 0 ? first : Long.compareUnsigned(low, other.low);
    }

    /** 16 or 32 lower-case hex digits. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(32);
        if (wide) {
            Hex.append(out, high);
        }
        Hex.append(out, low);
        return out.toString();
    }
}
