package io.millrace.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.window.Cube;
import io.millrace.schema.window.WindowValue;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A model whose calls take seconds, and are known when they end: what was begun before it is slow ends among what is. */
class SlowModelTest {
    private static final int WINDOW_SECONDS = 10;
    private static final double CALLS_PER_SECOND = 5;
    private static final double MEDIAN_SECONDS = 2.5;
    private static final double SLOWNESS = 5;
    /** The spread of the logarithm of how long calls take. */
    private static final double SIGMA = 0.3;

    private static final double EVEN = 0.05;
    private static final int NEVER = Integer.MAX_VALUE;

    private final SeriesDetector detector =
            new SeriesDetector(new Series(new UUID(1, 2), Cube.MODEL, List.of("openai", "gpt-4o")));
    private WindowValue window = new WindowValue();

    @Test
    void aSlowModelIsSeenWithinTenSecondsOfItsFirstSlowCall() {
        int[] seconds = new int[400];
        for (int history = 0; history < seconds.length; history++) {
            seconds[history] = secondsUntilTold(new Random(history), SIGMA, SLOWNESS);
        }
        Arrays.sort(seconds);
        assertThat(seconds[0]).isPositive();
        assertThat(seconds[seconds.length / 2]).isLessThanOrEqualTo(6);
        assertThat(seconds[seconds.length * 99 / 100]).isLessThanOrEqualTo(10);
    }

    @Test
    void aModelThatIsAThirdSlowerIsNotWorthTellingHoweverSureItIs() {
        for (int history = 0; history < 50; history++) {
            assertThat(secondsUntilTold(new Random(history), EVEN, 1.35)).isEqualTo(NEVER);
            assertThat(secondsUntilTold(new Random(history), EVEN, 1.8)).isBetween(1, 10);
        }
    }

    /** What ends first is short: by its measure much of what is usual is slow, in the next window and in none after it. */
    @Test
    void theFirstCallsToEndSayNothingOfHowSlowOnesVary() {
        Random random = new Random(1);
        close(0, DoubleStream.generate(() -> 1).limit(20));
        for (int window = 1; window < 15; window++) {
            close(window, DoubleStream.generate(() -> call(random, SIGMA)).limit(60));
        }
        int slow = 0;
        boolean told = false;
        while (!told && slow < 30) {
            slow++;
            told = isTold(150, DoubleStream.of(call(random, SIGMA), SLOWNESS * MEDIAN_SECONDS));
        }
        assertThat(slow).isBetween(5, 8);
    }

    private static double call(Random random, double sigma) {
        return MEDIAN_SECONDS * Math.exp(sigma * random.nextGaussian());
    }

    /** Counted from the second in which the first slow call ends, which is 1. */
    private static int secondsUntilTold(Random random, double sigma, double slowness) {
        int known = (12 + random.nextInt(15)) * WINDOW_SECONDS;
        int end = known + 12 * WINDOW_SECONDS;
        List<DoubleStream.Builder> ended =
                Stream.generate(DoubleStream::builder).limit(end).toList();
        int firstSlow = end;
        // The first window is a part of one.
        for (int second = WINDOW_SECONDS / 2; second < end; second++) {
            for (int calls = Poisson.draw(random, CALLS_PER_SECOND); calls > 0; calls--) {
                double took = call(random, sigma) * (second < known ? 1 : slowness);
                int at = (int) (second + random.nextDouble() + took);
                if (at < end) {
                    ended.get(at).add(took);
                    firstSlow = second < known ? firstSlow : Math.min(firstSlow, at);
                }
            }
        }
        SlowModelTest model = new SlowModelTest();
        for (int second = 0; second < end; second++) {
            if (model.isTold(second, ended.get(second).build())) {
                return second - firstSlow + 1;
            }
            if (second % WINDOW_SECONDS == WINDOW_SECONDS - 1) {
                model.close(second / WINDOW_SECONDS, DoubleStream.empty());
            }
        }
        return NEVER;
    }

    /** Takes calls that end in a second. */
    private boolean isTold(int second, DoubleStream seconds) {
        Calls known = detector.count(window);
        take(seconds);
        long start = second / WINDOW_SECONDS * SeriesDetector.WINDOW_MILLIS;
        return detector.open(start, window, detector.count(window).since(known), second * 1_000L, true).stream()
                .anyMatch(finding -> finding.worst().measure() == Measure.LATENCY_P95);
    }

    private void close(int number, DoubleStream seconds) {
        take(seconds);
        long start = number * SeriesDetector.WINDOW_MILLIS;
        detector.close(start, window, start + SeriesDetector.WINDOW_MILLIS, true);
        window = new WindowValue();
    }

    private void take(DoubleStream seconds) {
        seconds.forEach(took -> {
            window.span(1, false);
            window.request(1, false, 1_000 * took);
        });
    }
}
