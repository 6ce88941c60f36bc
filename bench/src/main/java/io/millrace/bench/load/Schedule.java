package io.millrace.bench.load;

/**
 * When each request is due, whatever happened to those before it.
 *
 * @param startNanos when the first one is due, since the epoch
 * @param requestsPerSecond above 0
 */
public record Schedule(long startNanos, double requestsPerSecond) {
    public Schedule {
        if (!(requestsPerSecond > 0)) {
            throw new IllegalArgumentException("requests per second must be above 0, not " + requestsPerSecond);
        }
    }

    /** When the request is due, since the epoch. */
    public long dueNanos(long sequence) {
        return startNanos + offsetNanos(sequence);
    }

    /** How long after the first request this one is due. */
    public long offsetNanos(long sequence) {
        return (long) (sequence * 1e9 / requestsPerSecond);
    }

    /** How many requests are due within this time. */
    public long requestsIn(double seconds) {
        return (long) Math.floor(seconds * requestsPerSecond);
    }
}
