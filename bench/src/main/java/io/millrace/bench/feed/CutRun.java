package io.millrace.bench.feed;

import io.millrace.bench.burst.BurstTraffic;
import io.millrace.bench.command.Results;
import io.millrace.bench.load.Sender;
import io.millrace.bench.stack.TotalsStore;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Clients that are cut off at random while the load runs, and a kill of everything in the middle; then the account. */
final class CutRun {
    private static final Duration RECOVERY = Duration.ofMinutes(5);
    private static final Duration SETTLING = Duration.ofMinutes(5);
    private static final int ANOMALY_CLIENTS = 5;

    private final FeedSubject subject;
    private final Sender sender;
    private final BurstTraffic bursts;
    private final FeedOptions options;
    private final Results results;

    CutRun(FeedSubject subject, Sender sender, BurstTraffic bursts, FeedOptions options, Results results) {
        this.subject = subject;
        this.sender = sender;
        this.bursts = bursts;
        this.options = options;
        this.results = results;
    }

    /**
     * @param start of the load
     * @return whether every client has what the tables have
     */
    boolean run(Instant start) throws Exception {
        Instant since = Instant.now();
        Follower.Followed ofTraces = new Follower.Followed(subject::live, subject.secret(), "traces");
        Follower.Followed ofAnomalies =
                new Follower.Followed(subject::live, subject.bursts().secret(), "anomalies");
        try (Audience traces = Audience.start(ofTraces, options.clients(), options);
                Audience anomalies = Audience.start(ofAnomalies, ANOMALY_CLIENTS, options)) {
            Thread.sleep(options.duration().toMillis() / 2);
            results.figure("killed_and_ready_after", subject.killAndRestart().toMillis() / 1e3, "s");
            Thread.sleep(options.duration().toMillis() / 2);
            sender.finish();
            bursts.finish();
            if (!sender.await(RECOVERY)) {
                throw new IOException("requests were still unanswered after " + RECOVERY.toSeconds() + " s");
            }
            results.figure("spans_acknowledged", sender.tally().acknowledgedSpans(), "spans");
            awaitQuiet(start);
            Map<String, Long> traceRows;
            Map<String, Long> anomalyRows;
            try (TotalsStore store = subject.store()) {
                traceRows = store.traceRevisions(subject.project(), since, Deliveries::revision);
                anomalyRows = store.anomalyRevisions(subject.bursts().project(), since, Deliveries::revision);
            }
            long began = System.nanoTime();
            traces.stay();
            anomalies.stay();
            boolean whole = traces.await(traceRows) && anomalies.await(anomalyRows);
            results.figure("all_caught_up_after", (System.nanoTime() - began) / 1_000_000 / 1e3, "s");
            return traces.account(traceRows, results) & anomalies.account(anomalyRows, results) && whole;
        }
    }

    /** Waits until every trace is settled and nothing is in flight. */
    private void awaitQuiet(Instant start) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SETTLING.toNanos();
        for (int quiet = 0; quiet < 3; ) {
            quiet = isQuiet(start) ? quiet + 1 : 0;
            if (System.nanoTime() > deadline) {
                throw new IOException("not quiet after " + SETTLING.toSeconds() + " s");
            }
            Thread.sleep(1_000);
        }
    }

    private boolean isQuiet(Instant start) throws InterruptedException {
        try (TotalsStore store = subject.store()) {
            return store.unsettledTraces(subject.project()) == 0
                    && subject.api()
                                    .ledger(start, Instant.now().plus(Duration.ofHours(1)))
                                    .inFlight()
                            == 0;
        } catch (SQLException | IOException e) {
            return false;
        }
    }
}
