package io.millrace.bench.silence;

import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.Benchmark;
import io.millrace.bench.command.Results;
import io.millrace.bench.command.UsageException;
import io.millrace.bench.process.LoadAverage;
import io.millrace.bench.stack.Ready;
import io.millrace.bench.stack.Site;
import io.millrace.bench.stack.Stack;
import io.millrace.bench.stack.StackFolder;
import io.millrace.bench.stack.TotalsStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code ./millrace bench silence}: sends spans, stops in the middle of a window, and watches Postgres until the window's
 * row is final; over a handful of windows, stopping later in each.
 */
public final class SilenceBenchmark implements Benchmark {
    private static final Duration START = Duration.ofMinutes(5);
    private static final Duration PROMISED = Duration.ofSeconds(7);
    private static final int WINDOWS = 6;

    @Override
    public int run(String[] words) throws Exception {
        Arguments arguments = Arguments.parse(words, Set.of("windows", "data", "millrace", "json"), Set.of());
        int windows = Math.toIntExact(arguments.number("windows", WINDOWS));
        if (windows < 1) {
            throw new UsageException("--windows takes a whole number from 1");
        }
        Stack.Launch launch = Site.launch(arguments, Map.of());
        Results results = new Results();
        results.say("silence after spans, " + windows + " windows, data in " + launch.data());
        List<Silence> silences = new ArrayList<>();
        try (Stack stack = Stack.start(launch)) {
            Ready ready = stack.awaitReady(START);
            StackFolder.Credentials credentials = stack.folder().credentials();
            results.say(LoadAverage.now().toString());
            try (TotalsStore store = TotalsStore.open(stack.folder().postgres())) {
                Trickle trickle = new Trickle(ready.ingest(), credentials.secret());
                Watch watch = new Watch(trickle, store, credentials.project());
                for (int i = 0; i < windows; i++) {
                    Silence silence = watch.observe(Duration.ofMillis(1_000 + 8_900L * i / Math.max(1, windows - 1)));
                    results.say("  " + silence);
                    silences.add(silence);
                }
            }
        }
        boolean kept = conclude(silences, results);
        results.say(LoadAverage.now().toString());
        results.write(arguments.path("json"));
        return kept ? 0 : 1;
    }

    private static boolean conclude(List<Silence> silences, Results results) {
        Duration slowest = silences.stream()
                .map(Silence::row)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        Duration slowestTraces = silences.stream()
                .map(Silence::traces)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        results.keep("windows", silences.stream().map(Silence::asMap).toList());
        results.figure("final_row_after_end_slowest", seconds(slowest), "s (promised: " + PROMISED.toSeconds() + ")");
        results.figure("settled_traces_in_it_after_end_slowest", seconds(slowestTraces), "s");
        boolean kept = slowest.compareTo(PROMISED) <= 0;
        results.figure("verdict", kept ? "kept" : "LATE", "");
        return kept;
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }
}
