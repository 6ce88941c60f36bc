package io.millrace.bench.edge;

import io.millrace.bench.edge.Load.Pace;
import io.millrace.bench.edge.LoadTally.Counts;
import io.millrace.bench.process.ProcessMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Loads an edge with more and more at once, and then with three times as much as it took at most meanwhile. Then what refuses
 * at the least cost gets as many requests as the edge has refused.
 */
final class Overload {
    static final int TIMES_SATURATION = 3;
    private static final List<Integer> CONNECTIONS = List.of(16, 64, 256);
    /** A flood that is not refused needs one connection for each request that waits. */
    private static final int FLOOD_CONNECTIONS = 4_000;

    private static final int RAMP_SHARE = 4;

    private final Meter meter;
    private final Meter refuser;
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

        /** Requests a second. */
        double refused() {
            return measured.counts().refused() / measured.seconds();
        }

        /** Microseconds of processor time a second, of the edge and of what is behind it. */
        double busy() {
            Measurement.Used used = measured.used();
            return (used.subject() + used.broker() + used.redis()) / measured.seconds();
        }
    }

    /**
     * All levels, the flood last.
     *
     * @param bareRefusal microseconds of processor time for a request of what refuses at the least cost
     */
    record Outcome(List<Level> levels, double bareRefusal) {
        Level flood() {
            return levels.get(levels.size() - 1);
        }

        /** That of the most spans a second below the flood. */
        private Level best() {
            return levels.stream()
                    .limit(levels.size() - 1L)
                    .max(Comparator.comparingDouble(Level::goodput))
                    .orElseThrow();
        }

        /** The most spans a second that were taken below the flood. */
        double peak() {
            return best().goodput();
        }

        /** Microseconds of processor time of a span that is taken, at the peak. */
        private double span() {
            return best().busy() / peak();
        }

        /** Microseconds of processor time of a request that is refused, if what is taken costs as much as at the peak. */
        double refusal() {
            return (flood().busy() - flood().goodput() * span()) / flood().refused();
        }

        /**
         * Goodput relative to the peak, if refusals cost as little as they can: with the processor time of the flood, what is
         * taken and what is refused of what was offered.
         */
        double keptAtMost() {
            double each = bareRefusal / Payload.SPANS_PER_BODY;
            return (flood().busy() - flood().offered * each) / (span() - each) / peak();
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

    /** @param refuser measures a {@link RefuserSubject} at the same processors */
    Overload(Meter meter, Meter refuser, Bodies bodies, Duration duration) {
        this.meter = meter;
        this.refuser = refuser;
        this.bodies = bodies;
        this.duration = duration;
    }

    Outcome run() throws IOException, InterruptedException {
        List<Level> levels = new ArrayList<>();
        double peak = 0;
        for (int connections : CONNECTIONS) {
            Level level = level(
                    meter, "connections_" + connections, Pace.closed(connections), duration.dividedBy(RAMP_SHARE));
            levels.add(level);
            peak = Math.max(peak, level.goodput());
        }
        double requests = TIMES_SATURATION * peak / Payload.SPANS_PER_BODY;
        // Until all connections are there and as many requests wait as will.
        Level flood = level(meter, TIMES_SATURATION + "x_saturation", new Pace(FLOOD_CONNECTIONS, requests), duration);
        levels.add(flood);
        return new Outcome(levels, bareRefusal(flood.refused()));
    }

    private double bareRefusal(double requests) throws IOException, InterruptedException {
        if (requests == 0) {
            return 0;
        }
        Level bare = level(refuser, "bare", new Pace(FLOOD_CONNECTIONS, requests), duration.dividedBy(RAMP_SHARE));
        if (!bare.total.isAnswered()) {
            throw new IOException("not every request was refused: " + bare.total);
        }
        return (double) bare.measured.used().subject() / bare.measured.counts().refused();
    }

    private Level level(Meter meter, String name, Pace pace, Duration ramp) throws IOException, InterruptedException {
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
