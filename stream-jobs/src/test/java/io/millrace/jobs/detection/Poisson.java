package io.millrace.jobs.detection;

import java.util.Random;

/** Draws of a Poisson distribution. */
final class Poisson {
    private Poisson() {}

    /** Knuth's way, in steps that do not underflow. */
    static int draw(Random random, double mean) {
        int count = 0;
        for (double left = mean; left > 0; left -= 30) {
            double limit = Math.exp(-Math.min(30, left));
            double product = random.nextDouble();
            while (product > limit) {
                count++;
                product *= random.nextDouble();
            }
        }
        return count;
    }
}
