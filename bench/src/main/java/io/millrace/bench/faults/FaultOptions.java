package io.millrace.bench.faults;

import io.millrace.bench.command.Arguments;
import io.millrace.bench.command.UsageException;
import io.millrace.bench.load.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a fault run is asked for.
 *
 * @param seed of faults and of traffic
 * @param run tells the traffic's ids apart from those of other runs in the same folder
 * @param kills how many that hit unanswered requests
 * @param faults of which kinds
 * @param rate spans per second
 * @param connections how many requests may be unanswered at a time
 * @param repeatEvery one acknowledged request in so many is sent again; 0: none
 * @param lateEvery one batch in so many comes minutes late; 0: none
 */
record FaultOptions(
        long seed,
        long run,
        int kills,
        List<Fault> faults,
        long rate,
        int connections,
        int repeatEvery,
        int lateEvery) {
    static final Set<String> NAMES = Set.of(
            "seed",
            "run",
            "kills",
            "only",
            "rate",
            "connections",
            "repeat-every",
            "late-every",
            "json",
            "data",
            "millrace");
    private static final int TRACES_PER_BATCH = 4;
    private static final int TEXT_EVERY = 10;

    static FaultOptions of(Arguments arguments, long freshRun) {
        return new FaultOptions(
                arguments.number("seed", 1),
                arguments.number("run", freshRun),
                (int) arguments.number("kills", 20),
                arguments.text("only").map(FaultOptions::faults).orElse(List.of(Fault.values())),
                arguments.number("rate", 3_000),
                (int) arguments.number("connections", 32),
                (int) arguments.number("repeat-every", 100),
                (int) arguments.number("late-every", 0));
    }

    private static List<Fault> faults(String names) {
        try {
            return Arrays.stream(names.toUpperCase(Locale.ROOT).split(","))
                    .map(Fault::valueOf)
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new UsageException("--only takes some of " + Arrays.toString(Fault.values()) + ", not " + names);
        }
    }

    /** Small requests, so that many are under way; each trace takes two, its parents apart from its inner calls. */
    Workload workload() {
        return new Workload(
                new Workload.Identity(seed, run, 0), new Workload.Shape(TRACES_PER_BATCH, true, TEXT_EVERY, lateEvery));
    }
}
