package io.millrace.bench.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final long MILLI = 1_000_000;

    @Test
    void measuresFromTheDueTimeToTheFirstPollThatIncludesTheSpan() {
        // Given: four requests of ten spans, due at 0, 100, 200 and 300 ms
        Freshness.Polls polls = new Freshness.Polls();
        polls.add(50 * MILLI, 0);
        polls.add(120 * MILLI, 10);
        polls.add(260 * MILLI, 29);
        polls.add(450 * MILLI, 30);

        // When
        Freshness freshness = Freshness.measure(polls, request -> request * 100 * MILLI, 4, 10);

        // Then: 120, 160 and 250 ms; the last request was never seen
        assertThat(freshness.quantileMillis(0)).isEqualTo(120);
        assertThat(freshness.quantileMillis(0.5)).isEqualTo(160);
        assertThat(freshness.quantileMillis(0.67)).isEqualTo(250);
        assertThat(freshness.quantileMillis(1)).isEqualTo(250);
        assertThat(freshness.invisible()).isEqualTo(10);
        assertThat(polls.dips()).isZero();
    }

    @Test
    void noticesACountThatDips() {
        Freshness.Polls polls = new Freshness.Polls();
        polls.add(1, 10);
        polls.add(2, 9);
        polls.add(3, 12);

        assertThat(polls.dips()).isEqualTo(1);
    }

    @Test
    void measuresNothingWithoutPolls() {
        Freshness freshness = Freshness.measure(new Freshness.Polls(), request -> 0, 2, 10);

        assertThat(freshness.quantileMillis(0.5)).isNaN();
        assertThat(freshness.invisible()).isEqualTo(20);
    }
}
