package io.millrace.jobs.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SeenTracesTest {
    private static final long HORIZON = 900_000;
    private static final int CHUNKS = 64;
    private static final int PER_CHUNK = 65_536;

    private final SeenTraces seen = new SeenTraces(HORIZON, CHUNKS);

    @Test
    void everyTraceIsRemembered() {
        fill(20 * PER_CHUNK);
        Random again = new Random(1);
        for (int i = 0; i < 20 * PER_CHUNK; i++) {
            assertThat(seen.mayContain(again.nextLong())).isTrue();
        }
    }

    /** Each false hit is a look-up that halts assembly. By the filter's theory 23 are to be expected: 600,000 times 20 chunks at 1.9 in a million. */
    @Test
    void whatIsNewIsHardlyEverTakenForSeen() {
        fill(20 * PER_CHUNK);
        Random others = new Random(2);
        int hits = 0;
        for (int i = 0; i < 600_000; i++) {
            hits += seen.mayContain(others.nextLong()) ? 1 : 0;
        }
        assertThat(hits).isLessThanOrEqualTo(60);
    }

    @Test
    void whatIsRestoredRemembersTheSameAndNothingTwice() {
        fill(2 * PER_CHUNK + 100);
        SeenTraces restored = new SeenTraces(HORIZON, CHUNKS);
        restored.restore(seen.encode());
        restored.restore(seen.encode());
        assertThat(restored.chunks()).isEqualTo(3);
        Random again = new Random(1);
        for (int i = 0; i < 2 * PER_CHUNK + 100; i++) {
            assertThat(restored.mayContain(again.nextLong())).isTrue();
        }
        assertThat(restored.mayContain(new Random(2).nextLong())).isFalse();
    }

    @Test
    void theOldestAreDroppedBeyondTheHorizonOnly() {
        SeenTraces few = new SeenTraces(HORIZON, 1);
        Random random = new Random(1);
        long first = random.nextLong();
        few.add(first, 0);
        for (int i = 1; i <= 3 * PER_CHUNK; i++) {
            few.add(random.nextLong(), HORIZON / 2);
        }
        assertThat(few.mayContain(first)).isTrue();
        for (int i = 0; i <= PER_CHUNK; i++) {
            few.add(random.nextLong(), 2 * HORIZON);
        }
        assertThat(few.mayContain(first)).isFalse();
    }

    private void fill(int traces) {
        Random random = new Random(1);
        for (int i = 0; i < traces; i++) {
            seen.add(random.nextLong(), 0);
        }
    }
}
