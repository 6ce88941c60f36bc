package io.millrace.bench.clients;

import io.millrace.bench.edge.PackedLoad;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** One sender that sends all that an edge takes, and then three times as much. */
final class Flood {
    static final int TIMES = 3;
    /** It may take more under the flood than it took before. */
    private static final double MARGIN = 1.2;

    private static final int TO_FIND_OUT = 16;
    /** A flood that is not refused needs one for each request that waits. */
    private static final int TO_FLOOD = 8_000;

    /** The edge has just begun, and takes more and more until it is compiled. */
    private static final Duration WARM_UP = Duration.ofSeconds(15);

    private static final Duration MEASURE = Duration.ofSeconds(6);

    private final URI edge;
    private final String secret;

    Flood(URI edge, String secret) {
        this.edge = edge;
        this.secret = secret;
    }

    /**
     * What became of a flood.
     *
     * @param offered spans a second that were sent
     * @param taken spans a second that were acknowledged
     * @param refused spans a second that were refused as they should be
     * @param other requests that were neither taken nor refused as they should be
     */
    record Course(double offered, double taken, double refused, long other) {
        private static Course between(PackedLoad.Counts before, PackedLoad.Counts after, long nanos) {
            double spans = PackedLoad.SPANS_PER_REQUEST * 1e9 / nanos;
            return new Course(
                    (after.sent() - before.sent()) * spans,
                    (after.taken() - before.taken()) * spans,
                    (after.refused() - before.refused()) * spans,
                    after.other() - before.other());
        }

        double times() {
            return offered / taken;
        }
    }

    /** Spans a second that the edge takes of a sender that always has more. */
    double capacity() throws IOException, InterruptedException {
        try (PackedLoad load = PackedLoad.asFastAsAnswered(edge, secret, TO_FIND_OUT)) {
            Thread.sleep(WARM_UP.toMillis());
            return course(load, MEASURE).taken();
        }
    }

    /** Sends more than {@value #TIMES} times as much as that for so long. */
    Course flood(double capacity, Duration length) throws IOException, InterruptedException {
        double requests = MARGIN * TIMES * capacity / PackedLoad.SPANS_PER_REQUEST;
        try (PackedLoad load = PackedLoad.atRate(edge, secret, requests, TO_FLOOD)) {
            return course(load, length);
        }
    }

    private static Course course(PackedLoad load, Duration length) throws InterruptedException {
        long begun = System.nanoTime();
        PackedLoad.Counts before = load.counts();
        Thread.sleep(length.toMillis());
        return Course.between(before, load.counts(), System.nanoTime() - begun);
    }
}
