package io.millrace.bench.demo;

import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.Benchmark;
import io.millrace.bench.command.Results;
import io.millrace.bench.command.UsageException;
import io.millrace.bench.process.LoadAverage;
import io.millrace.bench.stack.Site;
import io.millrace.bench.stack.Stack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code ./millrace bench demo}: the demo on a fresh folder, seed after seed; seconds from the acknowledgement of an
 * incident's first span until an anomaly was told, and the anomalies that were none.
 */
public final class DemoBenchmark implements Benchmark {
    /** Nothing was ever tuned with these. */
    private static final String SEEDS = "12007,13001,14009,15013,16001";

    private static final Duration CALM = Duration.ofMinutes(10);

    @Override
    public int run(String[] words) throws Exception {
        Arguments arguments =
                Arguments.parse(words, Set.of("seeds", "incidents", "minutes", "data", "millrace", "json"), Set.of());
        boolean incidents = incidents(arguments.text("incidents").orElse("all"));
        List<Long> seeds = seeds(arguments.text("seeds").orElse(SEEDS));
        Duration calm = Duration.ofMinutes(arguments.number("minutes", CALM.toMinutes()));
        Stack.Launch launch = Site.launch(arguments, Map.of());
        Results results = new Results();
        results.say("the demo with seeds " + seeds + (incidents ? "" : ", " + calm.toMinutes() + " calm minutes each")
                + ", data in " + launch.data());
        double firstTrace = new DemoRun().firstTrace(launch.in("first-trace", options(seeds.get(0), incidents)));
        results.figure("command_to_first_trace_on_the_feed", Math.round(10 * firstTrace) / 10.0, "s");
        List<Finding> findings = new ArrayList<>();
        List<ToldAnomaly> falseAlarms = new ArrayList<>();
        for (long seed : seeds) {
            results.say("seed " + seed + ", " + LoadAverage.now());
            Stack.Launch own = launch.in("seed-" + seed, options(seed, incidents));
            Verdicts verdicts = incidents ? new DemoRun().withIncidents(own) : new DemoRun().calm(own, calm);
            verdicts.findings().forEach(finding -> results.say("  " + finding));
            verdicts.falseAlarms().forEach(alarm -> results.say("  false alarm: " + alarm.sentence()));
            findings.addAll(verdicts.findings());
            falseAlarms.addAll(verdicts.falseAlarms());
        }
        boolean good = conclude(findings, falseAlarms, results);
        results.write(arguments.path("json"));
        return good ? 0 : 1;
    }

    private static boolean conclude(List<Finding> findings, List<ToldAnomaly> falseAlarms, Results results) {
        long found = findings.stream().filter(Finding::found).count();
        if (!findings.isEmpty()) {
            double[] seconds = findings.stream()
                    .map(Finding::seconds)
                    .flatMap(Optional::stream)
                    .mapToDouble(Double::doubleValue)
                    .sorted()
                    .toArray();
            results.keep("incidents", findings.stream().map(Finding::asMap).toList());
            results.figure("incidents_found", found, "of " + findings.size());
            if (seconds.length > 0) {
                results.figure("acknowledged_to_told_median", seconds[seconds.length / 2], "s");
                results.figure("acknowledged_to_told_slowest", seconds[seconds.length - 1], "s");
            }
        }
        results.keep(
                "false_alarm_sentences",
                falseAlarms.stream().map(ToldAnomaly::sentence).toList());
        results.figure("false_alarms", falseAlarms.size(), "");
        return found == findings.size();
    }

    private static List<String> options(long seed, boolean incidents) {
        return List.of("--demo", "--demo-seed", Long.toString(seed), "--demo-incidents", incidents ? "all" : "none");
    }

    private static boolean incidents(String text) {
        return switch (text) {
            case "all" -> true;
            case "none" -> false;
            default -> throw new UsageException("--incidents takes all or none, not '" + text + "'");
        };
    }

    private static List<Long> seeds(String text) {
        try {
            return Arrays.stream(text.split(",")).map(Long::valueOf).toList();
        } catch (NumberFormatException e) {
            throw new UsageException("--seeds takes whole numbers with commas between them, not '" + text + "'");
        }
    }
}
