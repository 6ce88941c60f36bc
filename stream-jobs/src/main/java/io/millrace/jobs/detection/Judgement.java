package io.millrace.jobs.detection;

/**
 * That a window is not normal in one measure.
 *
 * @param observed in the measure's unit
 * @param expected what is normal, in the same unit
 * @param lower the least that would have been normal
 * @param upper the most that would have been normal
 * @param score how unlikely it is that this is chance: about the negative decimal logarithm of that probability
 */
public record Judgement(
        Measure measure, AnomalyKind kind, double observed, double expected, double lower, double upper, double score) {
    private static final double SPREADS_TO_SCORE = 1 / (2 * Math.log(10));

    /** The score of what is so many spreads off, about that of a normal tail. */
    static double score(double spreads) {
        return spreads * spreads * SPREADS_TO_SCORE;
    }

    /** By how much it is off: observed over expected, or the other way round for what is too little; at least 1. */
    double factor() {
        double more = kind == AnomalyKind.SPIKE ? observed : expected;
        double less = kind == AnomalyKind.SPIKE ? expected : observed;
        return less <= 0 ? Double.POSITIVE_INFINITY : Math.max(1, more / less);
    }
}
