package io.millrace.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShortfallTest {
    private static final long SECOND = 1_000;
    private static final int HOUR = 3_600;

    private Shortfall shortfall = new Shortfall();
    private long now;

    @ParameterizedTest
    @CsvSource({"1, 0.3", "2, 1", "3, 5", "4, 20", "5, 200"})
    void poissonTrafficIsNoShortfallInTwoDays(long seed, double perSecond) {
        Random random = new Random(seed);
        assertThat(toldIn(48 * HOUR, perSecond, 1, second -> Poisson.draw(random, perSecond)))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 10})
    void aSenderThatSendsInBatchesIsNoShortfall(int interval) {
        Random random = new Random(interval);
        LongUnaryOperator batches = second -> second % interval == 0 ? Poisson.draw(random, 8.0 * interval) : 0;
        // Until it is known that they come in batches it cannot be told from a silence.
        toldIn(60, 8, 1, batches);
        assertThat(toldIn(12 * HOUR, 8, 1, batches)).isZero();
        assertThat(secondsUntilTold(8, 1, 0)).isBetween(interval, 6 * interval);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatStopsIsSeenInAFewSeconds(long seed) {
        Random random = new Random(seed);
        toldIn(600, 20, 1, second -> Poisson.draw(random, 20));
        assertThat(secondsUntilTold(20, 1, 0)).isLessThanOrEqualTo(4);
        assertThat(now - shortfall.since()).isLessThanOrEqualTo(6 * SECOND);
        assertThat(shortfall.spansPer(10 * SECOND)).isLessThan(100);
    }

    /** Of so little traffic three seconds in a row are empty by chance a few times an hour. */
    @Test
    void whatChanceDoesNowAndThenDelaysNothing() {
        int slowest = 0;
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            shortfall = new Shortfall();
            toldIn(600, 2.4, 1, second -> second % 120 < 3 ? 0 : Math.max(1, Poisson.draw(random, 2.4)));
            slowest = Math.max(slowest, secondsUntilTold(2.4, 1, 0));
        }
        assertThat(slowest).isLessThanOrEqualTo(8);
    }

    /** What one look adds is no sign of batches, however often it does. */
    @Test
    void thatEachEmptySecondAddsMuchDelaysNothing() {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            shortfall = new Shortfall();
            toldIn(2 * HOUR, 2.8, 1, second -> Poisson.draw(random, 2.8));
            assertThat(secondsUntilTold(2.8, 1, 0)).isLessThanOrEqualTo(9);
        }
    }

    /** Looks show clumps before windows do: of two, and windows allow for as much. */
    @ParameterizedTest
    @CsvSource({"1, 2.8", "2, 5", "3, 20"})
    void clumpsThatAreNotKnownOfAreNoShortfall(long seed, double perSecond) {
        Random random = new Random(seed);
        LongUnaryOperator clumps = second -> 2L * Poisson.draw(random, perSecond / 2);
        toldIn(600, perSecond, 1, clumps);
        assertThat(toldIn(24 * HOUR, perSecond, 1, clumps)).isZero();
    }

    @Test
    void whatWasSilentForLongIsSeenAgainAsSoon() {
        Random random = new Random(7);
        toldIn(600, 2.8, 1, second -> Poisson.draw(random, 2.8));
        toldIn(HOUR, 2.8, 1, second -> 0);
        toldIn(600, 2.8, 1, second -> Poisson.draw(random, 2.8));
        assertThat(secondsUntilTold(2.8, 1, 0)).isLessThanOrEqualTo(9);
    }

    @Test
    void clumsAreWeaker() {
        Random random = new Random(7);
        toldIn(600, 20, 10, second -> 10L * Poisson.draw(random, 2));
        assertThat(secondsUntilTold(20, 10, 0)).isBetween(5, 15);
    }

    @Test
    void aThirdOfTheTrafficIsSeenAndHalfIsNot() {
        Random random = new Random(7);
        toldIn(600, 20, 1, second -> Poisson.draw(random, 20));
        assertThat(secondsUntilTold(20, 1, 10)).isEqualTo(-1);
        assertThat(secondsUntilTold(20, 1, 5)).isBetween(1, 20);
    }

    @Test
    void itIsOverSoonAfterTrafficIsBackHoweverLongItWas() {
        Random random = new Random(7);
        toldIn(600, 20, 1, second -> Poisson.draw(random, 20));
        toldIn(HOUR, 20, 1, second -> 0);
        assertThat(shortfall.isTold()).isTrue();
        toldIn(2, 20, 1, second -> 20);
        assertThat(shortfall.isTold()).isFalse();
    }

    @Test
    void whatIsRestoredIsTheSame() throws IOException {
        Random random = new Random(7);
        toldIn(600, 20, 1, second -> Poisson.draw(random, 20));
        toldIn(2, 20, 1, second -> 0);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        shortfall.writeTo(new DataOutputStream(bytes));
        Shortfall restored = new Shortfall();
        restored.readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        assertThat(restored).usingRecursiveComparison().isEqualTo(shortfall);
    }

    /** In how many seconds it was told. */
    private int toldIn(int seconds, double expected, double dispersion, LongUnaryOperator arrivals) {
        int told = 0;
        for (int second = 0; second < seconds; second++) {
            long arrived = arrivals.applyAsLong(second);
            shortfall.take(expected, arrived, arrived, dispersion, 2 * dispersion, now, now + SECOND);
            now += SECOND;
            told += shortfall.isTold() ? 1 : 0;
        }
        return told;
    }

    private int secondsUntilTold(double expected, double dispersion, long arriving) {
        for (int second = 1; second <= 60; second++) {
            if (toldIn(1, expected, dispersion, any -> arriving) > 0) {
                return second;
            }
        }
        return -1;
    }
}
