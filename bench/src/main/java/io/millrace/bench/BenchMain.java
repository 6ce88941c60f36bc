package io.millrace.bench;

import io.millrace.bench.clients.ClientsBenchmark;
import io.millrace.bench.command.Benchmark;
import io.millrace.bench.command.UsageException;
import io.millrace.bench.demo.DemoBenchmark;
import io.millrace.bench.edge.EdgeBenchmark;
import io.millrace.bench.faults.FaultBenchmark;
import io.millrace.bench.feed.FeedBenchmark;
import io.millrace.bench.flow.FlowBenchmark;
import io.millrace.bench.refusals.RefusalsBenchmark;
import io.millrace.bench.silence.SilenceBenchmark;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Runs one benchmark by name. */
public final class BenchMain {
    private static final Map<String, Benchmark> BENCHMARKS = new TreeMap<>(Map.of(
            "clients", new ClientsBenchmark(),
            "demo", new DemoBenchmark(),
            "edge", new EdgeBenchmark(),
            "faults", new FaultBenchmark(),
            "feed", new FeedBenchmark(),
            "flow", new FlowBenchmark(),
            "refusals", new RefusalsBenchmark(),
            "silence", new SilenceBenchmark()));
    private static final int MISUSE = 2;

    private BenchMain() {}

    /**
     * Runs a benchmark and prints its figures.
     *
     * @param arguments the benchmark's name and its options
     */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** The exit code: 0 when all is as promised, 1 when not, 2 for a name or option that does not exist. */
    @SuppressWarnings("SystemOut")
    static int run(String[] arguments) {
        String name = arguments.length == 0 ? "" : arguments[0];
        Benchmark benchmark = BENCHMARKS.get(name);
        if (benchmark == null) {
            System.err.println("millrace: there is no benchmark '" + name + "'; there are: "
                    + String.join(", ", BENCHMARKS.keySet()));
            return MISUSE;
        }
        try {
            return benchmark.run(Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (UsageException e) {
            System.err.println("millrace: bench " + name + ": " + e.getMessage());
            return MISUSE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } catch (Exception e) {
            System.err.println("millrace: bench " + name + " failed: " + e);
            return 1;
        }
    }
}
