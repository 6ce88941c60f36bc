package io.millrace.standalone.demo.scenario;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** When users come: a Poisson process whose rate swings slowly, with short bursts now and then. */
final class Arrivals {
    /** Users in a second, on the whole. */
    static final double RATE = 20;

    private static final double SWING = 0.08;
    private static final double SWING_SECONDS = 90;
    private static final double BURST = 1.2;
    private static final double SECONDS_BETWEEN_BURSTS = 40;
    private static final double SHORTEST_BURST_SECONDS = 2;
    private static final double LONGEST_BURST_SECONDS = 5;

    private final RandomGenerator random;
    private double seconds;
    private double burstBegins;
    private double burstEnds;

    Arrivals(RandomGenerator random) {
        this.random = random;
        planBurst();
    }

    /** Later than all before. */
    Duration next() {
        if (seconds >= burstEnds) {
            planBurst();
        }
        seconds += random.nextExponential() / rate();
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    private double rate() {
        double swung = RATE * (1 + SWING * Math.sin(2 * Math.PI * seconds / SWING_SECONDS));
        return seconds >= burstBegins ? swung * BURST : swung;
    }

    private void planBurst() {
        burstBegins = seconds + random.nextExponential() * SECONDS_BETWEEN_BURSTS;
        burstEnds = burstBegins + random.nextDouble(SHORTEST_BURST_SECONDS, LONGEST_BURST_SECONDS);
    }
}
