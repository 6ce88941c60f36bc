package io.millrace.bench.faults;

import io.millrace.bench.burst.Burst;
import io.millrace.bench.burst.BurstTraffic;
import io.millrace.bench.burst.ToldBursts;
import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.Benchmark;
import io.millrace.bench.command.Results;
import io.millrace.bench.load.Schedule;
import io.millrace.bench.load.Sender;
import io.millrace.bench.load.Workload;
import io.millrace.bench.process.LoadAverage;
import io.millrace.bench.stack.Ledger;
import io.millrace.bench.stack.Site;
import io.millrace.bench.stack.Stack;
import io.millrace.bench.stack.TotalsStore;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code ./millrace bench faults}: kills under load, then the account. */
public final class FaultBenchmark implements Benchmark {
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration ENDING = Duration.ofSeconds(20);
    private static final Duration LONGEST_LATENESS = Duration.ofMinutes(30);

    @Override
    public int run(String[] words) throws Exception {
        Arguments arguments = Arguments.parse(words, FaultOptions.NAMES, Set.of());
        FaultOptions options = FaultOptions.of(arguments, System.currentTimeMillis());
        Stack.Launch launch = Site.launch(arguments, Map.of("MILLRACE_FAULT_HOOK", "1"));
        Results results = new Results();
        results.say("fault run, " + options + ", data in " + launch.data());
        results.keep("options", options.toString());
        results.say(LoadAverage.now().toString());
        boolean passed;
        try (Subject subject = Subject.start(launch)) {
            passed = run(subject, options, results);
        }
        results.figure("verdict", passed ? "everything agrees" : "DIFFERENCES, see above", "");
        results.keep("load_average", LoadAverage.now());
        results.say(LoadAverage.now().toString());
        results.write(arguments.path("json"));
        return passed ? 0 : 1;
    }

    private static boolean run(Subject subject, FaultOptions options, Results results) throws Exception {
        try (TotalsStore store = subject.store()) {
            if (store.factCount(subject.project()) > 0) {
                throw new IOException("the project has spans already: choose an empty data folder");
            }
        }
        Instant start = Instant.now();
        Workload workload = options.workload();
        double requests = (double) options.rate() / workload.spansPerRequest();
        long epochNanos = start.getEpochSecond() * 1_000_000_000L + start.getNano();
        Sender sender = new Sender(
                workload,
                new Schedule(epochNanos, requests),
                subject::endpoint,
                new Sender.Settings(
                        Long.MAX_VALUE,
                        options.connections(),
                        Duration.ofSeconds(10),
                        Duration.ofMillis(200),
                        options.repeatEvery()));
        String burstKey = subject.newProject("bursts");
        sender.start(epochNanos);
        try (BurstTraffic bursts = new BurstTraffic(subject::ingest, burstKey, options.seed()).start()) {
            warmUp(sender);
            FaultRun run = new FaultRun(subject, sender, results, start);
            List<FaultOutcome> outcomes = run.kill(new FaultPlan(options.seed(), options.faults()), options.kills());
            Instant calmUntil = Instant.now().minus(ENDING);
            run.finishTraffic();
            bursts.finish();
            results.keep("kills", outcomes.stream().map(FaultBenchmark::asMap).toList());
            results.figure("kills_with_unanswered_requests", FaultRun.hits(outcomes), "of " + outcomes.size());
            traffic(sender, results);
            results.figure("settled_after", run.settle().toMillis() / 1e3, "s");
            boolean told = anomalies(subject, burstKey, bursts, calmUntil, results);
            return conclude(subject, sender, results, start) && told && FaultRun.hits(outcomes) >= options.kills();
        } finally {
            sender.abort();
        }
    }

    private static void warmUp(Sender sender) throws IOException, InterruptedException {
        Thread.sleep(WARM_UP.toMillis());
        if (sender.tally().acknowledgedRequests() == 0) {
            throw new IOException(
                    "no request was acknowledged: " + sender.tally().failures());
        }
    }

    private static void traffic(Sender sender, Results results) {
        results.figure("spans_acknowledged", sender.tally().acknowledgedSpans(), "spans");
        results.figure("requests_acknowledged", sender.tally().acknowledgedRequests(), "requests");
        results.figure("sends", sender.tally().attempts(), "requests");
        results.figure("sends_not_acknowledged", sender.tally().failures(), "");
        results.figure("repeated_on_purpose", sender.tally().repeats(), "requests");
    }

    /** Whether each burst of errors was told once and ended, and nothing else was told of any project. */
    private static boolean anomalies(
            Subject subject, String burstKey, BurstTraffic traffic, Instant calmUntil, Results results)
            throws IOException, InterruptedException {
        List<Burst> bursts = traffic.bursts();
        ToldBursts told = ToldBursts.of(bursts, subject.api(burstKey).anomalies(), traffic.until());
        ToldBursts ofCalm = ToldBursts.of(List.of(), subject.api().anomalies(), calmUntil);
        results.figure("error_bursts_told_once", told.told(), "of " + bursts.size());
        results.figure("error_bursts_told_with_the_one_before", told.joined(), "whose calm between came late");
        results.figure("error_bursts_lost", told.lost().size(), words(told.lost()));
        results.figure("error_bursts_told_twice", told.doubled().size(), words(told.doubled()));
        List<String> invented = Stream.concat(told.invented().stream(), ofCalm.invented().stream())
                .toList();
        results.figure("anomalies_invented", invented.size(), words(invented));
        results.figure("anomalies_without_end", told.endless().size(), words(told.endless()));
        return told.lost().isEmpty()
                && told.doubled().isEmpty()
                && invented.isEmpty()
                && told.endless().isEmpty();
    }

    private static String words(List<String> few) {
        return few.isEmpty() ? "" : few.toString();
    }

    private static boolean conclude(Subject subject, Sender sender, Results results, Instant start) throws Exception {
        try (TotalsStore store = subject.store()) {
            boolean durable = durability(store, results);
            List<Check> checks = new Verification(subject.project(), sender.truth(), store, subject.api())
                    .run(start.minus(LONGEST_LATENESS), Instant.now().plus(Duration.ofMinutes(2)));
            checks.forEach(check -> check.lines().forEach(results::say));
            results.keep("checks", checks);
            boolean equal = checks.stream().allMatch(Check::passed);
            return sabotage(subject, store, results, start) && equal && durable;
        }
    }

    /** Says, as the running server has it, whether a commit survives; false when it need not. */
    private static boolean durability(TotalsStore store, Results results) throws SQLException {
        Map<String, String> settings = store.durability();
        settings.forEach((name, value) -> results.figure("postgres_" + name, value, ""));
        Map<String, Long> persistence = store.persistence().values().stream()
                .collect(Collectors.groupingBy(kind -> kind, Collectors.counting()));
        results.figure("tables_by_relpersistence", persistence, "(p: permanent)");
        List<String> ofRoles = store.roleSettings();
        results.figure("settings_of_roles", ofRoles.isEmpty() ? "none" : ofRoles, "");
        boolean on = List.of("fsync", "synchronous_commit", "full_page_writes").stream()
                .allMatch(name -> "on".equals(settings.get(name)));
        boolean weakened = ofRoles.stream().anyMatch(setting -> setting.contains("synchronous_commit"));
        return on && !weakened && persistence.keySet().equals(Set.of("p"));
    }

    /** Deletes one fact behind the system's back: the ledger must say that it does not balance. */
    private static boolean sabotage(Subject subject, TotalsStore store, Results results, Instant start)
            throws SQLException, IOException, InterruptedException {
        String victim = store.deleteOneFact(subject.project());
        Ledger ledger = subject.ledger(start);
        results.say("  after deleting fact " + victim + " by SQL: stored " + ledger.stored() + ", balanced "
                + ledger.balanced());
        results.keep("ledger_balanced_after_deleting_one_fact", ledger.balanced());
        return !ledger.balanced();
    }

    private static Map<String, Object> asMap(FaultOutcome outcome) {
        Duration caughtUp = outcome.caughtUp();
        return Map.of(
                "fault", outcome.fault().label(),
                "at_seconds", outcome.atSeconds(),
                "unanswered", outcome.unanswered(),
                "acknowledging_seconds", outcome.acknowledging().toMillis() / 1e3,
                "caught_up_seconds", caughtUp == null ? "next kill came first" : caughtUp.toMillis() / 1e3);
    }
}
