package io.millrace.schema.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.mapping.LogarithmicMapping;
import com.datadoghq.sketch.ddsketch.store.UnboundedSizeDenseStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against sorted data and against the published implementation of the same algorithm at the same accuracy. */
final class QuantileAccuracyTest {
    private static final double[] QUANTILES = {
        0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 1
    };
    private static final double GAMMA = 1.01 / 0.99;

    static Stream<Arguments> data() {
        Random random = new Random(20_261_120);
        return Stream.of(
                Arguments.of("one value", new double[] {812.25}),
                Arguments.of("two far apart", new double[] {1e-9, 1e15}),
                Arguments.of("all the same", draw(10_000, () -> 41.7)),
                Arguments.of("lognormal latencies", draw(100_000, () -> Math.exp(6.5 + 1.2 * random.nextGaussian()))),
                Arguments.of("a small lognormal window", draw(37, () -> Math.exp(6.5 + 1.2 * random.nextGaussian()))),
                Arguments.of("uniform", draw(100_000, () -> 10_000 * random.nextDouble())),
                Arguments.of(
                        "bimodal",
                        draw(
                                100_000,
                                () -> random.nextInt(10) < 9
                                        ? Math.abs(40 + 5 * random.nextGaussian())
                                        : Math.abs(30_000 + 900 * random.nextGaussian()))),
                Arguments.of("heavy tail", draw(100_000, () -> Math.pow(random.nextDouble(), -2.5))),
                Arguments.of("half zeros", draw(10_001, () -> Math.max(0, random.nextGaussian()))),
                Arguments.of("over the whole range", draw(50_000, () -> Math.pow(10, 24 * random.nextDouble() - 9))),
                Arguments.of("on the borders of buckets", borders(0)),
                Arguments.of("just below the borders", borders(-1)),
                Arguments.of("just above the borders", borders(1)),
                Arguments.of(
                        "whole milliseconds",
                        IntStream.rangeClosed(1, 60_000).asDoubleStream().toArray()),
                Arguments.of("growing downwards", sortedDown(draw(5_000, () -> Math.exp(4 * random.nextGaussian())))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("data")
    void isWithinOnePercentOfTheTruth(String name, double[] values) {
        assertWithinOnePercent(sketchOf(values), values);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("data")
    void agreesWithThePublishedImplementation(String name, double[] values) {
        QuantileSketch ours = sketchOf(values);
        DDSketch theirs = new DDSketch(new LogarithmicMapping(0.01), UnboundedSizeDenseStore::new);
        for (double value : values) {
            theirs.accept(value);
        }

        assertThat((double) ours.count()).isEqualTo(theirs.getCount());
        for (double q : QUANTILES) {
            double reference = theirs.getValueAtQuantile(q);
            // each may be 1 % off, to either side
            assertThat(Math.abs(ours.quantile(q) - reference))
                    .as("q=%s ours=%s theirs=%s", q, ours.quantile(q), reference)
                    .isLessThanOrEqualTo(0.0203 * reference);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("data")
    void isAsGoodWhenMergedFromManyWindows(String name, double[] values) {
        QuantileSketch merged = new QuantileSketch();
        int window = Math.max(1, values.length / 97);
        for (int from = 0; from < values.length; from += window) {
            double[] part = Arrays.copyOfRange(values, from, Math.min(values.length, from + window));
            merged.merge(QuantileSketch.decode(sketchOf(part).encode()));
        }

        assertThat(merged).isEqualTo(sketchOf(values));
        assertWithinOnePercent(merged, values);
    }

    @Test
    void isWithinOnePercentOnRecordedRequestLatencies() throws IOException {
        String data = System.getenv("MILLRACE_DATA");
        assumeTrue(data != null, "MILLRACE_DATA is not set: no recorded latencies to measure with");
        Path file = Path.of(data, "nab/data/realKnownCause/ec2_request_latency_system_failure.csv");
        assumeTrue(Files.exists(file), () -> "no " + file);
        double[] latencies;
        try (Stream<String> lines = Files.lines(file)) {
            latencies = lines.skip(1)
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(',') + 1)))
                    .toArray();
        }

        assertThat(latencies).hasSizeGreaterThan(1_000);
        assertWithinOnePercent(sketchOf(latencies), latencies);
    }

    private static void assertWithinOnePercent(QuantileSketch sketch, double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        for (double q : QUANTILES) {
            double exact = sorted[(int) Math.floor(q * (sorted.length - 1))];
            assertThat(Math.abs(sketch.quantile(q) - exact))
                    .as("q=%s estimate=%s exact=%s", q, sketch.quantile(q), exact)
                    .isLessThanOrEqualTo(0.01 * exact);
        }
    }

    private static QuantileSketch sketchOf(double[] values) {
        QuantileSketch sketch = new QuantileSketch();
        for (double value : values) {
            sketch.add(value);
        }
        return sketch;
    }

    private static double[] draw(int size, DoubleSupplier value) {
        return DoubleStream.generate(value).limit(size).toArray();
    }

    private static double[] borders(int ulps) {
        return IntStream.rangeClosed(-1_000, 1_700)
                .mapToDouble(i -> Math.pow(GAMMA, i))
                .map(border -> border + ulps * Math.ulp(border))
                .toArray();
    }

    private static double[] sortedDown(double[] values) {
        return Arrays.stream(values)
                .map(value -> -value)
                .sorted()
                .map(Math::abs)
                .toArray();
    }
}
