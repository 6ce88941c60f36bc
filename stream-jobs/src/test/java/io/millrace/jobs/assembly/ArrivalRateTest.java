package io.millrace.jobs.assembly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ArrivalRateTest {
    private final ArrivalRate rate = new ArrivalRate(0);

    @Test
    void steadyArrivalsHaveTheirRate() {
        arriveUntil(0, 10_000, 7);
        assertThat(rate.perMilli(10_000)).isEqualTo(7, within(0.001));
    }

    @Test
    void whatAPauseHeldBackRaisesItByItsShareOfASecond() {
        arriveUntil(0, 10_000, 5);
        arrive(500);
        // All of it in the first millisecond after a tenth of a second in which nothing came.
        assertThat(rate.perMilli(10_100)).isEqualTo(5, within(0.001));
        arrive(500);
        assertThat(rate.perMilli(10_101)).isEqualTo(5.495, within(0.005));
    }

    @Test
    void aFloodIsSeenWithinASecond() {
        arriveUntil(0, 10_000, 5);
        arriveUntil(10_000, 10_500, 50);
        assertThat(rate.perMilli(10_500)).isGreaterThan(20);
    }

    @Test
    void askedTwiceInAMillisecondItForgetsNothing() {
        arrive(10);
        assertThat(rate.perMilli(0)).isZero();
        arrive(10);
        assertThat(rate.perMilli(1_000)).isEqualTo(0.01264, within(0.0001));
    }

    private void arriveUntil(long from, long to, int perMilli) {
        for (long at = from; at < to; at += 10) {
            arrive(10 * perMilli);
            rate.perMilli(at + 10);
        }
    }

    private void arrive(int many) {
        for (int i = 0; i < many; i++) {
            rate.arrived();
        }
    }
}
