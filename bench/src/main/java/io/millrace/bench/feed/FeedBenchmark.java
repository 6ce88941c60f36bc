package io.millrace.bench.feed;

import io.millrace.bench.burst.BurstTraffic;
import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.Benchmark;
import io.millrace.bench.command.Results;
import io.millrace.bench.load.Schedule;
import io.millrace.bench.load.Sender;
import io.millrace.bench.process.LoadAverage;
import io.millrace.bench.stack.Site;
import io.millrace.bench.stack.Stack;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** {@code ./millrace bench feed}: how soon traces and anomalies are pushed, and that nobody who is cut off misses anything. */
public final class FeedBenchmark implements Benchmark {
    /** A minute of windows is learnt from before anything can be an anomaly, and time is told some seconds late. */
    private static final Duration WARM_UP = Duration.ofSeconds(80);

    @Override
    public int run(String[] words) throws Exception {
        Arguments arguments = Arguments.parse(words, FeedOptions.NAMES, Set.of());
        FeedOptions options = FeedOptions.of(arguments, System.currentTimeMillis());
        Stack.Launch launch = Site.launch(arguments, Map.of());
        Results results = new Results();
        results.say("feed, " + options + ", data in " + launch.data());
        results.keep("options", options.toString());
        results.say(LoadAverage.now().toString());
        boolean passed;
        try (FeedSubject subject = FeedSubject.start(launch)) {
            passed = run(subject, options, results);
        }
        results.figure("verdict", passed ? "every client has every row" : "DIFFERENCES, see above", "");
        results.keep("load_average", LoadAverage.now());
        results.say(LoadAverage.now().toString());
        results.write(arguments.path("json"));
        return passed ? 0 : 1;
    }

    private static boolean run(FeedSubject subject, FeedOptions options, Results results) throws Exception {
        Instant start = Instant.now();
        long epochNanos = start.getEpochSecond() * 1_000_000_000L + start.getNano();
        var workload = options.workload();
        Sender sender = new Sender(
                workload,
                new Schedule(epochNanos, (double) options.rate() / workload.spansPerRequest()),
                subject::endpoint,
                new Sender.Settings(
                        Long.MAX_VALUE, options.connections(), Duration.ofSeconds(10), Duration.ofMillis(200), 0));
        sender.start(epochNanos);
        try (BurstTraffic bursts =
                new BurstTraffic(subject::ingest, subject.bursts().secret(), options.seed()).start()) {
            try (OutageTraffic outages = new OutageTraffic(subject, options.seed()).start()) {
                Thread.sleep(WARM_UP.toMillis());
                new LatencyRun(subject, outages, options, results).run();
            }
            boolean told = new IdleReader(subject).run(options.idle(), results);
            return new CutRun(subject, sender, bursts, options, results).run(start) && told;
        } finally {
            sender.abort();
        }
    }
}
