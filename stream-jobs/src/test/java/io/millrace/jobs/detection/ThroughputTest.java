package io.millrace.jobs.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.window.WindowValue;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ThroughputTest {
    private static final long SECOND = 1_000;
    private static final int WINDOW_SECONDS = 10;
    private static final double TRACES_PER_SECOND = 2.8;
    /** Of a trace. */
    private static final int SPANS = 6;

    private static final int LONGEST_SECONDS = 10;

    /** Two to four minutes are known of it: enough to be wrong about how much it varies. */
    @Test
    void aQuietApplicationThatStopsIsSeenWithinTenSeconds() {
        int[] seconds = new int[500];
        for (int history = 0; history < seconds.length; history++) {
            seconds[history] = secondsUntilTold(new Random(history));
        }
        Arrays.sort(seconds);
        assertThat(seconds[seconds.length / 2]).isLessThanOrEqualTo(7);
        assertThat(seconds[seconds.length * 99 / 100]).isLessThanOrEqualTo(10);
    }

    /** What is under way when it stops comes for ten seconds more. */
    private static int secondsUntilTold(Random random) {
        Throughput throughput = new Throughput();
        int stops = (12 + random.nextInt(15)) * WINDOW_SECONDS;
        int[] spans = new int[stops + 60 + LONGEST_SECONDS];
        WindowValue window = new WindowValue();
        for (int second = 0; second < stops + 60; second++) {
            int traces = second < stops ? Poisson.draw(random, TRACES_PER_SECOND) : 0;
            for (int span = 0; span < traces * SPANS; span++) {
                spans[second + random.nextInt(LONGEST_SECONDS)]++;
            }
            Arrivals arrivals = new Arrivals(spans[second], spans[second] / 2, traces);
            throughput.arrived(arrivals, second * SECOND, (second + 1) * SECOND);
            if (throughput.shortfall(0).isPresent()) {
                assertThat(second).isGreaterThanOrEqualTo(stops);
                return second + 1 - stops;
            }
            add(window, arrivals);
            if (second % WINDOW_SECONDS == WINDOW_SECONDS - 1) {
                throughput.learn(window);
                window = new WindowValue();
            }
        }
        return Integer.MAX_VALUE;
    }

    private static void add(WindowValue window, Arrivals arrivals) {
        for (int span = 0; span < arrivals.spans(); span++) {
            window.span(1, false);
        }
        for (int request = 0; request < arrivals.requests(); request++) {
            window.request(1, false, 800);
        }
        for (int trace = 0; trace < arrivals.traces(); trace++) {
            window.begun();
        }
    }
}
