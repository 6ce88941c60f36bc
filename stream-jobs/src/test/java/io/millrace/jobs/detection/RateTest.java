package io.millrace.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RateTest {
    /** The sum of the probabilities themselves, with as many digits as a long division has. */
    @Test
    void scoreIsTheExactBinomialTail() {
        // P(X >= 3) of 4 with 1/2: 4/16 + 1/16
        assertThat(Rate.score(3, 4, 0.5)).isCloseTo(-Math.log10(5.0 / 16), within(1e-12));
        // P(X >= 5) of 5 with 1/100
        assertThat(Rate.score(5, 5, 0.01)).isCloseTo(10, within(1e-9));
        // P(X >= 2) of 10 with 1/10: 1 - 0.9^10 - 10 * 0.1 * 0.9^9
        assertThat(Rate.score(2, 10, 0.1))
                .isCloseTo(-Math.log10(1 - Math.pow(0.9, 10) - Math.pow(0.9, 9)), within(1e-12));
    }

    @Test
    void whatIsExpectedOrLessScoresNothing() {
        assertThat(Rate.score(0, 100, 0.1)).isZero();
        assertThat(Rate.score(10, 100, 0.1)).isZero();
        assertThat(Rate.score(3, 0, 0.1)).isZero();
    }

    @Test
    void aProbabilityTooSmallForADoubleIsStillAScore() {
        assertThat(Rate.score(100_000, 100_000, 0.01)).isEqualTo(300);
    }

    @Test
    void theLatestWindowsWeighMost() {
        Rate rate = new Rate();
        for (int i = 0; i < 500; i++) {
            rate.learn(0, 100);
        }
        for (int i = 0; i < 100; i++) {
            rate.learn(50, 100);
        }
        assertThat(rate.value()).isBetween(0.4, 0.5);
    }

    @Test
    void hitsThatComeInClumpsVaryMore() {
        Random random = new Random(11);
        Rate single = new Rate();
        Rate clumped = new Rate();
        for (int window = 0; window < 400; window++) {
            long singles = 0;
            long clumps = 0;
            for (int i = 0; i < 100; i++) {
                singles += random.nextDouble() < 0.04 ? 1 : 0;
                clumps += random.nextDouble() < 0.01 ? 4 : 0;
            }
            single.learn(singles, 100);
            clumped.learn(Math.min(100, clumps), 100);
        }
        // Clumps of four have four times the variance of as many single hits.
        assertThat(single.dispersion()).isBetween(1.0, 1.4);
        assertThat(clumped.dispersion()).isBetween(3.0, 5.0);
    }
}
