package io.millrace.bench.flow;

import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.Benchmark;
import io.millrace.bench.command.Results;
import io.millrace.bench.process.LoadAverage;
import io.millrace.bench.stack.Site;
import io.millrace.bench.stack.Stack;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** {@code ./millrace bench flow}: sustained rate, processor time per span, freshness and memory at half of it. */
public final class FlowBenchmark implements Benchmark {
    private static final Duration SEARCH_TRIAL = Duration.ofSeconds(45);
    private static final int CONFIRMATIONS = 4;
    private static final double BACK_OFF = 0.93;
    private static final Duration VISIBLE = Duration.ofSeconds(3);
    private static final Set<Integer> MEMORY_MINUTES = Set.of(2, 10);
    private static final Trial.EachSecond NOTHING = seconds -> {};

    @Override
    public int run(String[] words) throws Exception {
        Arguments arguments = Arguments.parse(words, FlowOptions.NAMES, FlowOptions.FLAGS);
        FlowOptions options = FlowOptions.of(arguments, System.currentTimeMillis());
        Stack.Launch launch = Site.launch(arguments, Map.of());
        Results results = new Results();
        results.say("flow, " + options + ", data in " + launch.data());
        results.keep("options", options.toString());
        boolean sustained;
        try (FlowSubject subject = FlowSubject.start(launch)) {
            results.say(LoadAverage.now().toString());
            sustained = new Run(subject, options, results).all();
        }
        results.keep("load_average", LoadAverage.now());
        results.say(LoadAverage.now().toString());
        results.write(arguments.path("json"));
        return sustained ? 0 : 1;
    }

    /** One run against one stack. */
    private record Run(FlowSubject subject, FlowOptions options, Results results) {

        boolean all() throws SQLException, IOException, InterruptedException {
            // At a rate at which the compiler meets what it will be asked for; far below it, it is still at work
            // afterwards.
            say("warm-up", trial(options.rate() / 2.0, options.warmUp(), NOTHING));
            TrialOutcome best = options.search() ? search() : trial(options.rate(), options.duration(), NOTHING);
            say("measured", best);
            FlowReport report = new FlowReport(results);
            results.figure("sustained", best.sustained(), "");
            results.figure("spans_per_second", Math.round(best.achieved()), best.sustained() ? "" : "(not sustained)");
            results.figure("acknowledged_p50", best.sends().p50(), "ms from the due time");
            results.figure("acknowledged_p99", best.sends().p99(), "ms from the due time");
            results.figure("generator_delay_p99", best.sends().ownDelayP99(), "ms");
            report.processorTime("full_load", best);
            half(best.rate() / 2, report);
            return best.sustained();
        }

        /** The highest sustained rate: short trials find it, long ones confirm it. */
        private TrialOutcome search() throws SQLException, IOException, InterruptedException {
            RateSearch search = new RateSearch(options.rate());
            TrialOutcome outcome;
            do {
                outcome = trial(search.next(), SEARCH_TRIAL, NOTHING);
                say("trial", outcome);
                search.tried(outcome.sustained());
            } while (!search.done());
            double rate = search.best();
            if (rate == 0) {
                return outcome;
            }
            outcome = trial(rate, options.duration(), NOTHING);
            for (int i = 1; i < CONFIRMATIONS && !outcome.sustained(); i++) {
                say("confirming", outcome);
                rate *= BACK_OFF;
                outcome = trial(rate, options.duration(), NOTHING);
            }
            return outcome;
        }

        private void half(double rate, FlowReport report) throws SQLException, IOException, InterruptedException {
            Set<Integer> due = new TreeSet<>(MEMORY_MINUTES);
            TrialOutcome outcome;
            try (FreshnessProbe probe = FreshnessProbe.start(subject.api())) {
                outcome = trial(rate, options.soak(), seconds -> memory(seconds, due, report));
                Thread.sleep(VISIBLE.toMillis());
                probe.close();
                say("half load", outcome);
                TrialOutcome.Sent sent = outcome.sent();
                report.freshness(
                        Freshness.measure(probe.polls(), sent.due(), sent.requests(), sent.spansPerRequest()), probe);
            }
            report.processorTime("half_load", outcome);
            report.memory("at_the_end", subject.memory());
        }

        private void memory(double seconds, Set<Integer> due, FlowReport report)
                throws IOException, InterruptedException {
            int minute = (int) (seconds / 60);
            if (due.remove(minute)) {
                report.memory("at_minute_" + minute, subject.memory());
            }
        }

        private TrialOutcome trial(double rate, Duration duration, Trial.EachSecond watch)
                throws SQLException, IOException, InterruptedException {
            return new Trial(subject, options).run(rate, duration, watch);
        }

        private void say(String what, TrialOutcome outcome) {
            results.say(what + ", " + LoadAverage.now());
            results.say(outcome.line());
        }
    }
}
