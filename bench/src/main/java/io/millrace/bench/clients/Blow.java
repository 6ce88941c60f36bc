package io.millrace.bench.clients;

import io.millrace.bench.command.Results;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Carries out one outage while clients send. */
final class Blow {
    private static final Duration LENGTH = Duration.ofSeconds(20);
    private static final long BETWEEN_BLOWS_MILLIS = 200;

    private final Ground ground;
    private final Edge edge;
    private final Flood flood;
    private final Results results;

    Blow(Ground ground, Edge edge, Results results) {
        this.ground = ground;
        this.edge = edge;
        this.flood = new Flood(edge.http(), ground.secret());
        this.results = results;
    }

    /** What is known before clients send: spans a second that the edge takes. */
    double measure(Outage outage) throws IOException, InterruptedException {
        return outage == Outage.OVERLOAD ? flood.capacity() : 0;
    }

    /**
     * Begins it, waits, and ends it.
     *
     * @param capacity what {@link #measure} said
     * @return from its beginning until a span is acknowledged again
     */
    Duration carryOut(Outage outage, List<Tap> taps, double capacity) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        switch (outage) {
            case KAFKA -> stopKafka();
            case EDGE -> killEdge(taps);
            case REDIS -> killRedis();
            case OVERLOAD -> overload(capacity);
        }
        edge.awaitTaking(ground.secret());
        Duration length = Duration.ofNanos(System.nanoTime() - begun);
        results.say(String.format(
                Locale.ROOT, "  spans were taken again %.1f s after it had begun", length.toMillis() / 1e3));
        return length;
    }

    private void stopKafka() throws IOException, InterruptedException {
        ground.signalKafka("STOP");
        try {
            Thread.sleep(LENGTH.toMillis());
        } finally {
            ground.signalKafka("CONT");
        }
    }

    private void killEdge(List<Tap> taps) throws IOException, InterruptedException {
        edge.kill();
        for (Tap tap : taps) {
            tap.shut();
        }
        edge.again();
        for (Tap tap : taps) {
            tap.open();
        }
    }

    private void killRedis() throws InterruptedException {
        long end = System.nanoTime() + LENGTH.toNanos();
        while (System.nanoTime() < end) {
            ground.killRedis();
            Thread.sleep(BETWEEN_BLOWS_MILLIS);
        }
    }

    private void overload(double capacity) throws IOException, InterruptedException {
        Flood.Course course = flood.flood(capacity, LENGTH);
        results.say(String.format(
                Locale.ROOT,
                "  the edge took %.0f spans/s before; of %.0f then it took %.0f and refused %.0f, offered to taken %.1f%s",
                capacity,
                course.offered(),
                course.taken(),
                course.refused(),
                course.times(),
                course.times() < Flood.TIMES ? ", TOO FEW" : ""));
        if (course.other() > 0) {
            results.say(
                    "  " + course.other() + " requests of the flood were neither taken nor refused with Retry-After");
        }
    }
}
