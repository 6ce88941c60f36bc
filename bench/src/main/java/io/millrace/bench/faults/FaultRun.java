package io.millrace.bench.faults;

import io.millrace.bench.command.Results;
import io.millrace.bench.load.Sender;
import io.millrace.bench.stack.Ledger;
import io.millrace.bench.stack.TotalsStore;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One run: kills until enough of them hit unanswered requests, then waits until everything is quiet. */
final class FaultRun {
    private static final Duration RECOVERY = Duration.ofMinutes(5);
    private static final Duration SETTLING = Duration.ofMinutes(8);
    private static final long POLL_MILLIS = 1_000;
    private static final int EXTRA_KILLS = 10;
    private static final long JOINT_WINDOW_SECONDS = 60;

    private final Subject subject;
    private final Sender sender;
    private final Results results;
    private final Instant start;
    private String lastLedger = "the ledger was not asked";

    FaultRun(Subject subject, Sender sender, Results results, Instant start) {
        this.subject = subject;
        this.sender = sender;
        this.results = results;
        this.start = start;
    }

    /** Kills until {@code wanted} kills hit unanswered requests. */
    List<FaultOutcome> kill(FaultPlan plan, int wanted) throws IOException, InterruptedException {
        List<FaultOutcome> outcomes = new ArrayList<>();
        results.say(FaultOutcome.header());
        while (hits(outcomes) < wanted && outcomes.size() < wanted + EXTRA_KILLS) {
            FaultPlan.Kill kill = plan.next();
            pause(kill.pauseMillis());
            FaultOutcome outcome = carryOut(kill);
            outcomes.add(outcome);
            results.say(outcome.line(outcomes.size()));
        }
        return outcomes;
    }

    static long hits(List<FaultOutcome> outcomes) {
        return outcomes.stream().filter(outcome -> outcome.unanswered() > 0).count();
    }

    private FaultOutcome carryOut(FaultPlan.Kill kill) throws IOException, InterruptedException {
        int unanswered = new Strike(subject, sender).carryOut(kill.fault());
        long struck = System.nanoTime();
        double at = Duration.between(start, Instant.now()).toMillis() / 1e3;
        long acknowledged = sender.tally().acknowledgedSpans();
        if (kill.fault().needsRestart()) {
            subject.restart();
        }
        Duration acknowledging =
                await("a success", struck, 20, () -> sender.tally().acknowledgedSpans() > acknowledged);
        Duration caughtUp =
                kill.duringCatchUp() ? null : await("storing", struck, POLL_MILLIS, () -> stored() >= acknowledged);
        return new FaultOutcome(kill.fault(), at, unanswered, acknowledging, caughtUp);
    }

    /** Spans that the ledger calls stored; 0 while it cannot be asked. */
    private long stored() throws InterruptedException {
        try {
            Ledger ledger = subject.ledger(start);
            lastLedger = ledger.toString();
            return ledger.stored();
        } catch (IOException e) {
            lastLedger = "the ledger answers: " + e;
            return 0;
        }
    }

    /** What a recovery is waited for. */
    private interface Condition {
        boolean holds() throws InterruptedException;
    }

    private Duration await(String what, long since, long pollMillis, Condition condition)
            throws IOException, InterruptedException {
        while (!condition.holds()) {
            if (System.nanoTime() - since > RECOVERY.toNanos()) {
                throw new IOException(what + " did not come back within " + RECOVERY.toSeconds() + " s; " + lastLedger
                        + "; " + subject.stack().dumpThreads());
            }
            pause(pollMillis);
        }
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /** Ends the traffic and waits until every request that began is acknowledged. */
    void finishTraffic() throws IOException, InterruptedException {
        sender.finish();
        if (!sender.await(RECOVERY)) {
            throw new IOException("requests were still unanswered " + RECOVERY.toSeconds() + " s after the last one");
        }
    }

    /**
     * Waits until nothing is in flight, all windows of the traffic are closed and nothing waits to be computed anew.
     *
     * @return how long that took
     */
    Duration settle() throws InterruptedException {
        long began = System.nanoTime();
        long lastWindowEnd = (Instant.now().getEpochSecond() / JOINT_WINDOW_SECONDS + 1) * JOINT_WINDOW_SECONDS;
        String state = "";
        for (int quiet = 0; quiet < 3; ) {
            String now = unsettled(lastWindowEnd);
            quiet = now.isEmpty() ? quiet + 1 : 0;
            if (!now.isEmpty() && !now.equals(state)) {
                results.say("  waiting: " + now);
            }
            state = now;
            if (System.nanoTime() - began > SETTLING.toNanos()) {
                results.say("  not quiet after " + SETTLING.toSeconds() + " s: " + state);
                break;
            }
            pause(POLL_MILLIS);
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** What is not quiet yet; empty when everything is. */
    private String unsettled(long lastWindowEnd) throws InterruptedException {
        try (TotalsStore store = subject.store()) {
            long streamTime = store.streamTime();
            if (streamTime <= lastWindowEnd) {
                return "windows are open";
            }
            long marks = store.marks();
            if (marks > 0) {
                return "windows wait to be computed anew";
            }
            Ledger ledger = subject.ledger(start);
            return ledger.inFlight() > 0 ? "messages are in flight" : "";
        } catch (SQLException | IOException e) {
            return "cannot ask: " + e.getMessage();
        }
    }

    private static void pause(long millis) throws InterruptedException {
        Thread.sleep(millis);
    }
}
