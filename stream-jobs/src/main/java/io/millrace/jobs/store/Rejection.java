package io.millrace.jobs.store;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a record that could not be understood: where it is and how large, never what is in it.
 *
 * @param project null when the record does not say
 * @param receivedAtMillis the edge's clock, in milliseconds since the epoch
 * @param partition of the record where it came first, as is {@code offset}
 * @param items that it answers for
 * @param bytes of its value, as is {@code sha256}
 * @param replayedAtMillis when the last replay was asked for; {@link #NEVER}
 * @param recovered a replay was understood
 */
public record Rejection(
        @Nullable UUID project,
        long receivedAtMillis,
        int partition,
        long offset,
        String reason,
        long items,
        int bytes,
        byte[] sha256,
        long replayedAtMillis,
        boolean recovered) {
    public static final long NEVER = -1;

    private static final int VERSION_7 = 0x7000;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final int OFFSET_BITS = 50;

    /** A version 7 UUID of the record's time and place: whoever reads the record again makes the same. */
    public UUID id() {
        long high = receivedAtMillis << 16 | VERSION_7 | partition & 0xFFF;
        long low = VARIANT | (partition >>> 12 & 0xFFFL) << OFFSET_BITS | offset & (1L << OFFSET_BITS) - 1;
        return new UUID(high, low);
    }

    /** Whether it has just come, and is not the outcome of a replay. */
    public boolean isNew() {
        return replayedAtMillis == NEVER;
    }
}
