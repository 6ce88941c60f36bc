package io.millrace.bench.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateSearchTest {
    @ParameterizedTest
    @ValueSource(doubles = {900, 6_000, 6_001, 31_000, 250_000})
    void findsTheLimitWithinEightPercent(double limit) {
        RateSearch search = new RateSearch(6_000);
        int trials = 0;
        while (!search.done() && trials < 40) {
            search.tried(search.next() <= limit);
            trials++;
        }

        assertThat(search.best()).isBetween(limit / 1.08, limit);
        assertThat(trials).isLessThan(20);
    }

    @Test
    void givesUpWhereNothingIsSustained() {
        RateSearch search = new RateSearch(6_000);
        for (int i = 0; i < 40 && !search.done(); i++) {
            search.tried(false);
        }

        assertThat(search.done()).isTrue();
        assertThat(search.best()).isZero();
    }
}
