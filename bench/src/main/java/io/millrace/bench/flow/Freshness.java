package io.millrace.bench.flow;

import java.util.Arrays;
import java.util.Locale;

/**
 * How long after a span was due to be sent it was visible: the first poll whose count includes it, less its due time. The
 * client's clock measures both, and the wait for the next poll counts.
 */
final class Freshness {
    private final long[] nanos;
    private final int size;
    private final long invisible;

    private Freshness(long[] nanos, int size, long invisible) {
        this.nanos = nanos;
        this.size = size;
        this.invisible = invisible;
    }

    /** What polls saw, in order. */
    static final class Polls {
        private long[] times = new long[1024];
        private long[] counts = new long[1024];
        private int size;
        private int dips;

        /** Notes that {@code count} spans were visible at {@code time}, in nanoseconds. */
        void add(long time, long count) {
            if (size == times.length) {
                times = Arrays.copyOf(times, size * 2);
                counts = Arrays.copyOf(counts, size * 2);
            }
            if (size > 0 && count < counts[size - 1]) {
                dips++;
            }
            times[size] = time;
            counts[size] = count;
            size++;
        }

        int size() {
            return size;
        }

        /** How often a count was smaller than the one before: it never should be. */
        int dips() {
            return dips;
        }
    }

    /** When requests are due, in nanoseconds of the polls' clock. */
    @FunctionalInterface
    interface DueTimes {
        long of(long request);
    }

    /**
     * Measures requests of equal size that were due in order.
     *
     * @param requests how many were sent
     * @param spansPerRequest of each
     */
    static Freshness measure(Polls polls, DueTimes due, long requests, int spansPerRequest) {
        long[] nanos = new long[(int) requests];
        int seen = 0;
        int poll = 0;
        for (long request = 0; request < requests; request++) {
            long needed = (request + 1) * spansPerRequest;
            while (poll < polls.size && polls.counts[poll] < needed) {
                poll++;
            }
            if (poll == polls.size) {
                break;
            }
            nanos[seen] = polls.times[poll] - due.of(request);
            seen++;
        }
        Arrays.sort(nanos, 0, seen);
        return new Freshness(nanos, seen, (requests - seen) * spansPerRequest);
    }

    /** The smallest measured time that at least this share of the visible spans does not exceed; NaN without any. */
    double quantileMillis(double share) {
        if (size == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(share * size);
        return nanos[Math.max(0, rank - 1)] / 1e6;
    }

    /** Spans that no poll saw. */
    long invisible() {
        return invisible;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "p50 %.0f ms, p90 %.0f ms, p99 %.0f ms, max %.0f ms",
                quantileMillis(0.5),
                quantileMillis(0.9),
                quantileMillis(0.99),
                quantileMillis(1));
    }
}
