package io.millrace.query.db;

import java.time.Clock;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Ids of our own rows: UUID version 7 of RFC 9562, in the order of their making to the millisecond. */
public final class Uuid7 {
    private final Clock clock;
    private final RandomGenerator random;

    public Uuid7(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    public UUID next() {
        long high = clock.millis() << 16 | 0x7000 | random.nextLong() & 0x0FFF;
        long low = random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
