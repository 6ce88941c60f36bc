package io.millrace.bench.edge;

import io.millrace.bench.edge.Load.Pace;
import io.millrace.bench.edge.LoadTally.Counts;
import io.millrace.bench.process.ProcessMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Loads an edge with more and more at once, and then with three times as much as it took at most meanwhile. */
final class Overload {
    static final int TIMES_SATURATION = 3;
    private static final List<Integer> CONNECTIONS = List.of(16, 64, 256);
    /** A flood that is not refused needs one connection for each request that waits. */
    private static final int FLOOD_CONNECTIONS = 4_000;

    private static final int RAMP_SHARE = 4;

    private final Meter meter;
    private final Bodies bodies;
    private final Duration duration;

    /**
     * What became of the requests at one level.
     *
     * @param offered spans a second that were sent
     * @param total of all requests of the level, also those that were answered before and after it was measured
     * @param resident the most bytes of memory that the edge had
     */
    record Level(String name, Measurement measured, double offered, Counts total, long resident) {
        double goodput() {
            return measured.spansPerSecond();
        }
    }

    /** All levels, the flood last. */
    record Outcome(List<Level> levels) {
        Level flood() {
            return levels.get(levels.size() - 1);
        }

        /** The most spans a second that were taken below the flood. */
        double peak() {
            return levels.stream()
                    .limit(levels.size() - 1L)
                    .mapToDouble(Level::goodput)
                    .max()
                    .orElse(0);
        }

        /** Goodput under the flood relative to the peak. */
        double kept() {
            return flood().goodput() / peak();
        }

        /** Spans a second that were sent in the flood, relative to the peak. */
        double offered() {
            return flood().offered / peak();
        }

        /** The most bytes of memory that the edge had. */
        long resident() {
            return levels.stream().mapToLong(Level::resident).max().orElse(0);
        }

        long unanswered() {
            return levels.stream().mapToLong(level -> level.total.unanswered()).sum();
        }

        boolean isAnswered() {
            return levels.stream().allMatch(level -> level.total.isAnswered());
        }
    }

    Overload(Meter meter, Bodies bodies, Duration duration) {
        this.meter = meter;
        this.bodies = bodies;
        this.duration = duration;
    }

    Outcome run() throws IOException, InterruptedException {
        List<Level> levels = new ArrayList<>();
        double peak = 0;
        for (int connections : CONNECTIONS) {
            Level level = level("connections_" + connections, Pace.closed(connections), duration.dividedBy(RAMP_SHARE));
            levels.add(level);
            peak = Math.max(peak, level.goodput());
        }
        double requests = TIMES_SATURATION * peak / Payload.SPANS_PER_BODY;
        // Until all connections are there and as many requests wait as will.
        levels.add(level(TIMES_SATURATION + "x_saturation", new Pace(FLOOD_CONNECTIONS, requests), duration));
        return new Outcome(levels);
    }

    private Level level(String name, Pace pace, Duration ramp) throws IOException, InterruptedException {
        long pid = meter.subject().pid();
        Resident resident = new Resident(pid);
        Load load = Load.start(meter.subject().target(true), bodies, pace);
        Measurement measured;
        try (load) {
            measured = meter.measure(load, ramp, duration, resident::look);
        }
        double offered = measured.counts().sent() * Payload.SPANS_PER_BODY / measured.seconds();
        return new Level(name, measured, offered, load.counts(), resident.most);
    }

    /** The most that was seen. */
    private static final class Resident {
        private final long pid;
        private long most;

        Resident(long pid) {
            this.pid = pid;
        }

        void look() {
            most = Math.max(most, ProcessMemory.resident(pid));
        }
    }
}
