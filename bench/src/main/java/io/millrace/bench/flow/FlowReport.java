package io.millrace.bench.flow;

import io.millrace.bench.command.Results;
import io.millrace.bench.process.ProcessMemory;
import io.millrace.bench.process.ProcessorTime;
import io.millrace.bench.process.ThreadClass;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Says what was measured. */
final class FlowReport {
    private static final int LONGEST_LIST = 14;
    private static final double MIB = 1 << 20;

    private final Results results;

    FlowReport(Results results) {
        this.results = results;
    }

    /** Processor time per span, by process and by what threads work for. */
    void processorTime(String name, TrialOutcome outcome) {
        ProcessorTime used = outcome.processorTime();
        results.say(name + ": processor time per stored span");
        figure(name + "_system", outcome.microsPerSpan(used.system()));
        figure(name + "_virtual_machine", outcome.microsPerSpan(used.machine()));
        figure(name + "_postgres", outcome.microsPerSpan(used.postgres()));
        figure(name + "_generator", outcome.microsPerSpan(used.generator()));
        results.figure(
                name + "_generator_share",
                decimal(100.0 * used.generator() / Math.max(1, used.system() + used.generator())),
                "% of all");
        ThreadClass.sums(used.threads())
                .forEach((kind, micros) -> figure(
                        name + "_threads_" + kind.name().toLowerCase(Locale.ROOT), outcome.microsPerSpan(micros)));
        Map<String, Object> threads = new LinkedHashMap<>();
        used.threads().entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(LONGEST_LIST)
                .forEach(thread -> threads.put(thread.getKey(), decimal(outcome.microsPerSpan(thread.getValue()))));
        results.keep(name + "_busiest_threads_us_per_span", threads);
        results.say("  busiest threads, us/span: " + threads);
    }

    void memory(String when, ProcessMemory memory) {
        results.figure("resident_virtual_machine_" + when, decimal(memory.machineResident() / MIB), "MiB");
        results.figure(
                "memory_postgres_" + when, decimal(memory.postgresProportional() / MIB), "MiB (shared pages once)");
        memory.heapAfterCollection()
                .ifPresent(bytes -> results.figure("heap_after_collection_" + when, decimal(bytes / MIB), "MiB"));
    }

    void freshness(Freshness freshness, FreshnessProbe probe) {
        results.figure("freshness_p50", decimal(freshness.quantileMillis(0.5)), "ms");
        results.figure("freshness_p90", decimal(freshness.quantileMillis(0.9)), "ms");
        results.figure("freshness_p99", decimal(freshness.quantileMillis(0.99)), "ms");
        results.figure("freshness_max", decimal(freshness.quantileMillis(1)), "ms");
        results.figure("freshness_spans_never_visible", freshness.invisible(), "spans");
        results.figure("freshness_polls", probe.polls().size(), "");
        results.figure("freshness_polls_failed", probe.errors(), "");
        results.figure("freshness_totals_dipped", probe.polls().dips(), "times");
    }

    private void figure(String name, double microsPerSpan) {
        results.figure(name, decimal(microsPerSpan), "us/span");
    }

    private static double decimal(double value) {
        return Double.isNaN(value) ? value : Math.round(value * 10) / 10.0;
    }
}
