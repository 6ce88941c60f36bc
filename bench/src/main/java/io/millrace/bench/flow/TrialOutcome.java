package io.millrace.bench.flow;

import io.millrace.bench.load.Tally;
import io.millrace.bench.process.ProcessorTime;
import java.time.Duration;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What traffic at one rate showed.
 *
 * @param rate spans per second that were due
 * @param before when measuring began
 * @param after when the traffic ended
 */
record TrialOutcome(double rate, Trial.Mark before, Trial.Mark after, Lag lag, Sends sends, Sent sent) {
    private static final double ALLOWED_GROWTH = 0.02;
    private static final double ALLOWED_SHORTFALL = 0.02;
    private static final Duration ALLOWED_DRAIN = Duration.ofSeconds(20);

    /**
     * What was sent.
     *
     * @param due when each request was due
     */
    record Sent(Freshness.DueTimes due, long requests, int spansPerRequest) {}

    /**
     * How storing kept up.
     *
     * @param growth of the lag, in spans per second
     * @param highest lag, in spans
     * @param drained how long after the traffic's end everything was stored
     */
    record Lag(double growth, long highest, Duration drained) {}

    /**
     * How sending went; times in milliseconds from when a request was due.
     *
     * @param failed sends that were not acknowledged
     * @param refused spans that a success refused
     */
    record Sends(long failed, long refused, double p50, double p99, double ownDelayP99) {
        static Sends of(Tally tally) {
            long failed = tally.failures().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            Histogram latency = tally.takeLatency();
            return new Sends(
                    failed,
                    tally.refusedSpans(),
                    latency.getValueAtPercentile(50) / 1e3,
                    latency.getValueAtPercentile(99) / 1e3,
                    tally.takeLateness().getValueAtPercentile(99) / 1e3);
        }
    }

    /** Spans per second acknowledged while measuring. */
    double achieved() {
        return measuredSpans() / Math.max(1e-9, after.seconds() - before.seconds());
    }

    long measuredSpans() {
        return after.acknowledged() - before.acknowledged();
    }

    ProcessorTime processorTime() {
        return after.processorTime().since(before.processorTime());
    }

    /** Processor microseconds per span. */
    double microsPerSpan(long micros) {
        return micros / (double) Math.max(1, measuredSpans());
    }

    /** Whether everything was acknowledged in time and stored, and storing did not fall behind. */
    boolean sustained() {
        return sends.failed == 0
                && sends.refused == 0
                && achieved() >= rate * (1 - ALLOWED_SHORTFALL)
                && lag.growth <= rate * ALLOWED_GROWTH
                && lag.drained.compareTo(ALLOWED_DRAIN) <= 0;
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "  %8.0f spans/s due: %8.0f acknowledged, lag grows %+7.0f/s, highest %8d, stored %5.1f s after the end,"
                        + " acknowledged p50 %.0f p99 %.0f ms, %d failed sends, %.1f us/span -> %s",
                rate,
                achieved(),
                lag.growth,
                lag.highest,
                lag.drained.toMillis() / 1e3,
                sends.p50,
                sends.p99,
                sends.failed,
                microsPerSpan(processorTime().system()),
                sustained() ? "sustained" : "NOT sustained");
    }
}
