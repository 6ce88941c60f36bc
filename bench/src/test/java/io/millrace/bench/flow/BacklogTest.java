package io.millrace.bench.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BacklogTest {
    @Test
    void aSawtoothDoesNotGrow() {
        // Given: 1,000 spans a second, stored every ten seconds
        Backlog backlog = new Backlog();
        for (int second = 0; second < 123; second++) {
            backlog.add(second, second % 10 * 1_000L + 500);
        }

        // Then
        assertThat(backlog.growth(40, 15)).isCloseTo(0, within(1.0));
        assertThat(backlog.highest()).isEqualTo(9_500);
        assertThat(backlog.last()).isEqualTo(2_500);
    }

    @Test
    void findsTheGrowthUnderASawtooth() {
        // Given: of 1,000 spans a second 30 stay behind
        Backlog backlog = new Backlog();
        for (int second = 0; second < 120; second++) {
            backlog.add(second, second % 10 * 1_000L + second / 10 * 300L);
        }

        // Then
        assertThat(backlog.growth(40, 20)).isCloseTo(30, within(1.0));
    }

    @Test
    void growsNotWithoutSamples() {
        assertThat(new Backlog().growth(0, 10)).isZero();
    }
}
