package io.millrace.bench.feed;

import io.millrace.bench.command.Arguments;
import io.millrace.bench.load.Workload;
import java.time.Duration;
import java.util.Set;

/**
 * What a feed run is asked for.
 *
 * @param rate spans per second
 * @param clients how many follow and are cut off
 * @param latency how long pushes are timed, with nobody else following
 * @param idle how long a client stays connected that reads nothing
 * @param duration of the load while the clients follow; everything is killed half-way
 * @param away the longest time a client is cut off
 * @param connections how many requests may be unanswered at a time
 * @param run tells the traffic's ids apart from those of other runs in the same folder
 */
record FeedOptions(
        long rate,
        int clients,
        Duration latency,
        Duration idle,
        Duration duration,
        Duration away,
        int connections,
        long seed,
        long run) {
    static final Set<String> NAMES = Set.of(
            "rate",
            "clients",
            "latency",
            "idle",
            "seconds",
            "away",
            "connections",
            "seed",
            "run",
            "json",
            "data",
            "millrace");
    private static final int TRACES_PER_BATCH = 4;
    private static final int TEXT_EVERY = 10;

    static FeedOptions of(Arguments arguments, long freshRun) {
        return new FeedOptions(
                arguments.number("rate", 5_000),
                (int) arguments.number("clients", 20),
                arguments.duration("latency", Duration.ofSeconds(60)),
                arguments.duration("idle", Duration.ofMinutes(5)),
                arguments.duration("seconds", Duration.ofMinutes(3)),
                arguments.duration("away", Duration.ofSeconds(60)),
                (int) arguments.number("connections", 32),
                arguments.number("seed", 1),
                arguments.number("run", freshRun));
    }

    /** Each trace takes two requests, so that it is seen to grow. */
    Workload workload() {
        return new Workload(
                new Workload.Identity(seed, run, 0), new Workload.Shape(TRACES_PER_BATCH, true, TEXT_EVERY, 0));
    }
}
