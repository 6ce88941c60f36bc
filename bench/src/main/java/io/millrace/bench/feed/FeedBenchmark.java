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
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/** {@code ./millrace bench feed}: how soon a span is pushed, and that nobody who is cut off misses anything. */
public final class FeedBenchmark implements Benchmark {
    private static final Duration WARM_UP = Duration.ofSeconds(60);
    private static final Duration INTERVAL = Duration.ofMillis(50);

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
            Thread.sleep(WARM_UP.toMillis());
            latency(subject, options, results);
            boolean told = new IdleReader(subject).run(options.idle(), results);
            return new CutRun(subject, sender, bursts, options, results).run(start) && told;
        } finally {
            sender.abort();
        }
    }

    private static void latency(FeedSubject subject, FeedOptions options, Results results) throws Exception {
        LogProbe log = new LogProbe(subject.folder());
        CompletableFuture<Histogram> ofLog = CompletableFuture.supplyAsync(() -> {
            try {
                return log.measure(options.latency(), INTERVAL);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        Histogram push = new PushProbe(subject, options.seed()).measure(options.latency(), INTERVAL);
        Histogram ends = ofLog.get();
        for (double percentile : new double[] {50, 99}) {
            double pushed = push.getValueAtPercentile(percentile) / 1e3;
            double logged = ends.getValueAtPercentile(percentile) / 1e3;
            String p = "_p" + (int) percentile;
            results.figure("acknowledged_to_push" + p, pushed, "ms");
            results.figure("log_end_to_end" + p, logged, "ms");
            results.figure("ratio" + p, Math.round(10 * pushed / logged) / 10.0, "x");
        }
        results.figure("pushes_timed", push.getTotalCount(), "traces of one span, under load");
    }
}
