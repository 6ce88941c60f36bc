package io.millrace.jobs.detection;

import io.millrace.schema.usage.Usage;
import io.millrace.schema.window.WindowValue;
import java.util.Random;

/**
 * Believable traffic of a series, window by window: requests come in bursts, latencies are lognormal with the odd slow
 * one, a few fail, costs are lognormal.
 */
final class Traffic {
    private final Random random;
    private final double requests;
    double slowness = 1;
    double errorRate = 0.01;
    /** How many of an agent's calls fail because all of them do. */
    double jointErrors;

    double price = 1;
    double volume = 1;

    /**
     * @param requests how many a window has on average
     */
    Traffic(long seed, double requests) {
        this.random = new Random(seed);
        this.requests = requests;
    }

    /** What a window has when {@code part} of it has passed. */
    WindowValue window(double part) {
        WindowValue value = new WindowValue();
        int count = Poisson.draw(random, requests * volume * part / 2.5);
        for (int i = 0; i < count; i++) {
            // An agent makes one to four calls at once.
            int calls = 1 + random.nextInt(4);
            boolean allFail = jointErrors > 0 && random.nextDouble() < jointErrors;
            for (int call = 0; call < calls; call++) {
                boolean failed = random.nextDouble() < errorRate || allFail;
                double latency = 800 * slowness * Math.exp(0.5 * random.nextGaussian());
                if (random.nextDouble() < 0.01) {
                    latency *= 4;
                }
                value.span(1, failed);
                value.request(1, failed, latency);
                long pico = (long) (2e9 * price * Math.exp(0.8 * random.nextGaussian()));
                value.usage(1, Usage.of(new long[] {100, 0, 0, 0, 0, 0, 20, 0, 0, 0}), true, pico);
            }
        }
        return value;
    }
}
