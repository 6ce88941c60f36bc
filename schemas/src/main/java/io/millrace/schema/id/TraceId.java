package io.millrace.schema.id;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * A trace's identity within its project: 16 bytes, never all zero.
 *
 * @param high the first eight bytes, big-endian
 * @param low the last eight bytes, big-endian
 */
public record TraceId(long high, long low) implements Comparable<TraceId> {
    /**
     * @throws IllegalArgumentException when both halves are zero, which OTLP forbids
     */
    public TraceId {
        if (high == 0 && low == 0) {
            throw new IllegalArgumentException("a trace id of zeros");
        }
    }

    /** Reads 16 bytes from {@code offset} on. */
    public static TraceId of(byte[] bytes, int offset) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, 16);
        return new TraceId(buffer.getLong(), buffer.getLong());
    }

    public static TraceId of(UUID uuid) {
        return new TraceId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    /**
     * The id that a client's text means: 32 hex digits or a UUID are those bytes; any other text is hashed with its
     * project, so that two projects with the same text never share a trace.
     */
    public static TraceId parse(UUID project, String text) {
        if (text.length() == 32 && Hex.isHex(text, 0, 32)) {
            return new TraceId(Hex.parse(text, 0), Hex.parse(text, 16));
        }
        if (isUuid(text)) {
            return of(UUID.fromString(text));
        }
        return of(hash(project, text), 0);
    }

    /** Whether {@code text} names the 16 bytes itself, so that no external id need be kept beside them. */
    public static boolean isCanonical(String text) {
        return text.length() == 32 && Hex.isHex(text, 0, 32) || isUuid(text);
    }

    /** The same bytes as a UUID, the type of the column. */
    public UUID uuid() {
        return new UUID(high, low);
    }

    public byte[] bytes() {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /** Orders as the bytes do, unsigned. */
    @Override
    public int compareTo(TraceId other) {
        int first = Long.compareUnsigned(high, other.high);
        return first != 0 ? first : Long.compareUnsigned(low, other.low);
    }

    /** 32 lower-case hex digits. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(32);
        Hex.append(out, high);
        Hex.append(out, low);
        return out.toString();
    }

    static boolean isUuid(String text) {
        return text.length() == 36
                && text.charAt(8) == '-'
                && text.charAt(13) == '-'
                && text.charAt(18) == '-'
                && text.charAt(23) == '-'
                && Hex.isHex(text, 0, 8)
                && Hex.isHex(text, 9, 13)
                && Hex.isHex(text, 14, 18)
                && Hex.isHex(text, 19, 23)
                && Hex.isHex(text, 24, 36);
    }

    static byte[] hash(UUID project, String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(project.toString().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return digest.digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
