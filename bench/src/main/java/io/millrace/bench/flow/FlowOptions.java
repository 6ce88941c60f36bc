package io.millrace.bench.flow;

import io.millrace.bench.command.Arguments;
import io.millrace.bench.load.Workload;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a flow run is asked for.
 *
 * @param rate spans per second to begin with
 * @param search whether to look for the highest rate that is sustained; else only {@code rate} is tried
 * @param duration of the measurement at that rate
 * @param soak how long half of that rate is sent
 * @param warmUp before anything is measured
 * @param connections how many requests may be unanswered at a time
 * @param nextRun numbers the parts of the run, so that they share no ids
 */
record FlowOptions(
        long rate,
        boolean search,
        Duration duration,
        Duration soak,
        Duration warmUp,
        int connections,
        long seed,
        AtomicLong nextRun) {
    static final Set<String> NAMES =
            Set.of("rate", "seconds", "soak", "warm-up", "connections", "seed", "json", "data", "millrace");
    static final Set<String> FLAGS = Set.of("search");
    private static final int TRACES_PER_REQUEST = 16;
    private static final int TEXT_EVERY = 10;
    private static final Duration MINUTES = Duration.ofMinutes(2);

    static FlowOptions of(Arguments arguments, long freshRun) {
        return new FlowOptions(
                arguments.number("rate", 6_000),
                arguments.has("search") || !arguments.has("rate"),
                arguments.duration("seconds", MINUTES),
                arguments.duration("soak", MINUTES),
                arguments.duration("warm-up", Duration.ofSeconds(30)),
                (int) arguments.number("connections", 64),
                arguments.number("seed", 1),
                new AtomicLong(freshRun));
    }

    /** Whole traces of lean spans with a tenth that carry text; new ids at each call. */
    Workload workload() {
        return new Workload(
                new Workload.Identity(seed, nextRun.getAndIncrement(), 0),
                new Workload.Shape(TRACES_PER_REQUEST, false, TEXT_EVERY, 0));
    }
}
