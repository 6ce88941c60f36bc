package io.millrace.standalone.demo.scenario;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A quantity whose logarithm is normal: half of it lies below the median, a little of it far above.
 *
 * @param sigma the standard deviation of the logarithm
 */
record Lognormal(double median, double sigma) {
    double draw(RandomGenerator random) {
        return median * Math.exp(sigma * random.nextGaussian());
    }

    /** A count, at least 1. */
    int count(RandomGenerator random) {
        return (int) Math.max(1, Math.round(draw(random)));
    }

    /** Of a quantity in milliseconds. */
    Duration time(RandomGenerator random) {
        return Duration.ofNanos(Math.round(draw(random) * 1e6));
    }
}
