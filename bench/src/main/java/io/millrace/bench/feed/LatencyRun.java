package io.millrace.bench.feed;

import io.millrace.bench.command.Results;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/** How soon traces and anomalies are pushed under load, beside the log's own latency at the same time. */
final class LatencyRun {
    private static final int[] PERCENTILES = {50, 99};
    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final Duration BETWEEN_OUTAGES = Duration.ofMillis(500);

    private final FeedSubject subject;
    private final OutageTraffic outages;
    private final FeedOptions options;
    private final Results results;

    LatencyRun(FeedSubject subject, OutageTraffic outages, FeedOptions options, Results results) {
        this.subject = subject;
        this.outages = outages;
        this.options = options;
        this.results = results;
    }

    void run() throws Exception {
        LogProbe ofLog = new LogProbe(subject.folder());
        AnomalyProbe ofAnomalies = new AnomalyProbe(subject, outages, options.seed());
        CompletableFuture<Histogram> ends = beside(() -> ofLog.measure(options.latency(), INTERVAL));
        CompletableFuture<AnomalyProbe.Measured> anomalies =
                beside(() -> ofAnomalies.measure(options.latency(), BETWEEN_OUTAGES));
        Histogram traces = new PushProbe(subject, options.seed()).measure(options.latency(), INTERVAL);
        report(traces, anomalies.get(), ends.get());
    }

    private static <T> CompletableFuture<T> beside(Callable<T> probe) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return probe.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void report(Histogram traces, AnomalyProbe.Measured anomalies, Histogram log) {
        for (int percentile : PERCENTILES) {
            results.figure("log_end_to_end_p" + percentile, millis(log, percentile), "ms");
        }
        compare("acknowledged_to_push", "ratio", traces, log);
        results.figure("pushes_timed", traces.getTotalCount(), "traces of one span, under load");
        compare("anomaly_appended_to_push", "anomaly_appended_ratio", anomalies.sinceAppended(), log);
        results.figure(
                "anomaly_pushes_timed",
                anomalies.sinceAppended().getTotalCount(),
                "states, from their records' time: the producer's, by the same clock, in whole ms");
        compare("anomaly_acknowledged_to_push", "anomaly_acknowledged_ratio", anomalies.sinceAcknowledged(), log);
        long made = anomalies.sinceAcknowledged().getTotalCount();
        results.figure("anomalies_timed", made, "first states, from the ack of the one request that made the anomaly");
        results.figure(
                "anomalies_not_made",
                (long) Outage.ANOMALIES * anomalies.outages() - made,
                "by " + anomalies.outages() + " such requests, of " + Outage.ANOMALIES + " each");
    }

    private void compare(String way, String ratio, Histogram push, Histogram log) {
        for (int percentile : PERCENTILES) {
            double pushed = millis(push, percentile);
            results.figure(way + "_p" + percentile, pushed, "ms");
            results.figure(ratio + "_p" + percentile, Math.round(10 * pushed / millis(log, percentile)) / 10.0, "x");
        }
    }

    private static double millis(Histogram micros, double percentile) {
        return micros.getValueAtPercentile(percentile) / 1e3;
    }
}
