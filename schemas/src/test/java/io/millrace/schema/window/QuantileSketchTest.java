package io.millrace.schema.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QuantileSketchTest {
    private final QuantileSketch sketch = new QuantileSketch();

    @Test
    void anEmptySketchHasNoQuantileAndNoBytes() {
        assertThat(sketch.isEmpty()).isTrue();
        assertThat(sketch.count()).isZero();
        assertThat(sketch.quantile(0.5)).isNaN();
        assertThat(sketch.encode()).isEmpty();
        assertThat(QuantileSketch.decode(QuantileSketch.EMPTY)).isEqualTo(sketch);
    }

    @Test
    void quantilesOfOneToAHundredAreWithinOnePercent() {
        for (int value = 1; value <= 100; value++) {
            sketch.add(value);
        }

        assertThat(sketch.count()).isEqualTo(100);
        assertThat(sketch.quantile(0)).isCloseTo(1, within(0.01));
        assertThat(sketch.quantile(0.5)).isCloseTo(50, within(0.5));
        assertThat(sketch.quantile(0.95)).isCloseTo(95, within(0.95));
        assertThat(sketch.quantile(1)).isCloseTo(100, within(1.0));
    }

    @Test
    void valuesTooSmallToMatterCountAsZero() {
        sketch.add(0);
        sketch.add(-0.0);
        sketch.add(Double.MIN_VALUE);
        sketch.add(9.99e-10);
        sketch.add(1e-9);

        assertThat(sketch.quantile(0.75)).isZero();
        assertThat(sketch.quantile(1)).isCloseTo(1e-9, within(1e-11));
    }

    @Test
    void hugeValuesCountAsTheHighestBucket() {
        sketch.add(Double.MAX_VALUE);

        assertThat(sketch.quantile(0.5)).isCloseTo(1e15, within(1e13));
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {-1e-300, -1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, Double.NaN, -Double.MAX_VALUE})
    void refusesWhatIsNoMeasurement(double value) {
        assertThatIllegalArgumentException().isThrownBy(() -> sketch.add(value));
        assertThat(sketch.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 1.01, Double.NaN})
    void refusesWhatIsNoQuantile(double q) {
        assertThatIllegalArgumentException().isThrownBy(() -> sketch.quantile(q));
    }

    @Test
    void aTakeBackMayComeFirst() {
        sketch.add(40, -1);

        assertThat(sketch.isEmpty()).isFalse();
        assertThat(sketch.quantile(0.5)).isNaN();

        sketch.add(40);

        assertThat(sketch.isEmpty()).isTrue();
        assertThat(sketch.encode()).isEmpty();
    }

    @Test
    void zerosAloneSurviveWhatWasTakenBack() {
        sketch.add(0);
        sketch.add(40);
        sketch.add(40, -1);
        QuantileSketch zero = new QuantileSketch();
        zero.add(0);

        assertThat(sketch.encode()).isEqualTo(zero.encode());
        assertThat(sketch.quantile(1)).isZero();
    }

    @Test
    void bucketsBelowZeroArePassedOver() {
        sketch.add(10, -1);
        sketch.add(0, -1);
        sketch.add(100, 2);
        sketch.add(1_000, 2);

        assertThat(sketch.count()).isEqualTo(2);
        assertThat(sketch.quantile(0)).isCloseTo(100, within(1.0));
        assertThat(sketch.quantile(1)).isCloseTo(1_000, within(10.0));
    }

    @Test
    void aCountOfZeroIsNotEmptiness() {
        sketch.add(10);
        sketch.add(1_000, -1);

        assertThat(sketch.count()).isZero();
        assertThat(sketch.isEmpty()).isFalse();
        assertThat(sketch.quantile(0.5)).isNaN();
        assertThat(QuantileSketch.decode(sketch.encode())).isEqualTo(sketch);
    }

    @Test
    void mergingAndSubtractingItselfDoublesAndEmpties() {
        sketch.add(0, 2);
        sketch.add(17, 3);
        sketch.add(1_700, 5);

        sketch.merge(sketch);
        assertThat(sketch.count()).isEqualTo(20);
        assertThat(sketch.quantile(0.4)).isCloseTo(17, within(0.17));

        sketch.subtract(sketch);
        assertThat(sketch.isEmpty()).isTrue();
    }

    @Test
    void aCopyGoesItsOwnWay() {
        sketch.add(5);
        QuantileSketch copy = sketch.copy();
        copy.add(5);

        assertThat(sketch.count()).isEqualTo(1);
        assertThat(copy.count()).isEqualTo(2);
        assertThat(copy).isNotEqualTo(sketch);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-9, 0.37, 1, 12.5, 800, 61_000, 3.6e6, 1e15})
    void oneValueIsAFewBytes(double value) {
        sketch.add(value);

        assertThat(sketch.encode()).hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void sizeIsBoundedByTheSpreadOfTheValues() {
        assertThat(encodedSizeOfLognormal(100)).isLessThan(171);
        assertThat(encodedSizeOfLognormal(1_000)).isLessThan(466);
        assertThat(encodedSizeOfLognormal(10_000)).isLessThan(900);
        assertThat(encodedSizeOfLognormal(1_000_000)).isLessThan(2_000);
    }

    @Test
    void theWholeRangeOfDoublesStaysBounded() {
        for (double value = 1e-300; value < 1e300; value *= 1.005) {
            sketch.add(value, 1_000_000);
        }

        assertThat(sketch.encode()).hasSizeLessThan(15_000);
    }

    private static int encodedSizeOfLognormal(int values) {
        Random random = new Random(7);
        QuantileSketch sketch = new QuantileSketch();
        for (int i = 0; i < values; i++) {
            sketch.add(Math.exp(6 + random.nextGaussian()));
        }
        return sketch.encode().length;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00",
                "01",
                "02 09",
                "01 09 80",
                "01 89 00",
                "01 08",
                "01 08 80 00",
                "01 ff ff ff ff ff ff ff ff ff 01",
                "01 ff ff ff ff ff ff ff ff ff 02",
                "01 00 f0 ff ff ff ff ff ff ff ff 01",
                "01 81 ff 07"
            })
    void refusesBytesThatItWouldNotWrite(String hex) {
        byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(hex);

        assertThatIllegalArgumentException().isThrownBy(() -> QuantileSketch.decode(bytes));
    }

    @Test
    void extremeCountsSurviveTheWire() {
        for (long times : new long[] {1, 7, 8, 71, 72, -1, -64, -65, Long.MAX_VALUE, Long.MIN_VALUE}) {
            QuantileSketch extreme = new QuantileSketch();
            extreme.add(250, times);

            assertThat(QuantileSketch.decode(extreme.encode()).count()).isEqualTo(times);
        }
    }
}
