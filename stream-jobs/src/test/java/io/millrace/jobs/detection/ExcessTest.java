package io.millrace.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExcessTest {
    private final Excess excess = new Excess();

    @ParameterizedTest
    @CsvSource({"1, 0.002", "2, 0.007", "3, 0.02", "4, 0.05", "5, 0.1", "6, 0.2"})
    void whatIsUsualIsNoExcessInTwoMillionTrials(long seed, double usual) {
        Random random = new Random(seed);
        assertThat(trialsUntilTold(random, usual, usual, 2_000_000)).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({"0.005, 0.18, 160", "0.02, 0.28, 110", "0.02, 0.5, 45", "0.1, 0.5, 100", "0.01, 1, 7"})
    void aBurstIsToldSoon(double usual, double burst, int trials) {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            Excess fresh = new Excess();
            trials(fresh, random, usual, usual, 1_000);
            assertThat(trials(fresh, random, usual, burst, 1_000)).isBetween(5, trials);
        }
    }

    @Test
    void fewHitsAreAnAccident() {
        excess.take(4, 4, 0.001, 0.5, 1, 0);
        assertThat(excess.isTold()).isFalse();
        excess.take(1, 1, 0.001, 0.5, 1, 0);
        assertThat(excess.isTold()).isTrue();
    }

    @Test
    void knowsItsShareAndWhereItBegan() {
        excess.take(0, 50, 0.02, 0.2, 1, 10_000);
        excess.take(4, 10, 0.02, 0.2, 1, 20_000);
        excess.take(4, 10, 0.02, 0.2, 1, 30_000);
        assertThat(excess.isTold()).isTrue();
        assertThat(excess.share()).isEqualTo(0.4);
        assertThat(excess.since()).isEqualTo(20_000);
    }

    @Test
    void beganInNoWindowWithoutHitsHoweverLateItComes() {
        excess.take(8, 10, 0.02, 0.2, 1, 30_000);
        excess.take(0, 5, 0.02, 0.2, 1, 10_000);
        assertThat(excess.since()).isEqualTo(30_000);
        excess.take(1, 5, 0.02, 0.2, 1, 20_000);
        assertThat(excess.since()).isEqualTo(20_000);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.005, 0.02, 0.1})
    void itIsOverSoonHoweverLongItWas(double usual) {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            take(excess, random.nextDouble() < 0.6, usual);
        }
        assertThat(excess.isTold()).isTrue();
        for (int i = 0; i < 80; i++) {
            take(excess, false, usual);
        }
        assertThat(excess.isTold()).isFalse();
    }

    @Test
    void whatIsRestoredIsTheSame() throws IOException {
        trialsUntilTold(new Random(3), 0.02, 0.3, 40);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        excess.writeTo(new DataOutputStream(bytes));
        Excess restored = new Excess();
        restored.readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        assertThat(restored).usingRecursiveComparison().isEqualTo(excess);
    }

    private int trialsUntilTold(Random random, double usual, double real, int most) {
        return trials(excess, random, usual, real, most);
    }

    private static int trials(Excess excess, Random random, double usual, double real, int most) {
        for (int trial = 1; trial <= most; trial++) {
            take(excess, random.nextDouble() < real, usual);
            if (excess.isTold()) {
                return trial;
            }
        }
        return -1;
    }

    /** With the shares by which the errors of a series are judged. */
    private static void take(Excess excess, boolean hit, double usual) {
        double tolerated = 1.5 * usual + 0.01;
        double suspected = Math.max(tolerated + 0.1, Math.min(4 * tolerated, tolerated + 0.25));
        excess.take(hit ? 1 : 0, 1, tolerated, suspected, 1, 0);
    }
}
