package io.millrace.jobs.assembly;

/**
 * How many come per millisecond: an exponentially weighted average over a second, so that what has waited for a pause of ours
 * and comes at once is not taken for a flood.
 */
final class ArrivalRate {
    private static final double MEMORY_MILLIS = 1_000;

    private double perMilli;
    private long since;
    private long arrived;

    /** @param now by the machine's clock */
    ArrivalRate(long now) {
        this.since = now;
    }

    void arrived() {
        arrived++;
    }

    /** @param now by the machine's clock */
    double perMilli(long now) {
        long millis = now - since;
        if (millis > 0) {
            double kept = Math.exp(-millis / MEMORY_MILLIS);
            perMilli = kept * perMilli + (1 - kept) * arrived / millis;
            since = now;
            arrived = 0;
        }
        return perMilli;
    }
}
