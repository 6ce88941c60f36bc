package io.millrace.bench.flow;

/** Finds the highest rate that is sustained: up by steps until one is not, then halving what lies between. */
final class RateSearch {
    private static final double STEP = 1.4;
    private static final double CLOSE_ENOUGH = 1.08;
    private static final double LOWEST = 100;

    private double sustained;
    private double failed = Double.POSITIVE_INFINITY;
    private double next;

    RateSearch(double first) {
        next = first;
    }

    /** The rate to try now. */
    double next() {
        return next;
    }

    /** Takes in whether {@link #next()} was sustained. */
    void tried(boolean wasSustained) {
        if (wasSustained) {
            sustained = next;
        } else {
            failed = next;
        }
        if (failed == Double.POSITIVE_INFINITY) {
            next = sustained * STEP;
        } else if (sustained == 0) {
            next = failed / 2;
        } else {
            next = Math.sqrt(sustained * failed);
        }
    }

    /** Whether nothing more is to be learnt. */
    boolean done() {
        return failed / Math.max(sustained, LOWEST) <= CLOSE_ENOUGH;
    }

    /** The highest rate that was sustained; 0 when none was. */
    double best() {
        return sustained;
    }
}
