package io.millrace.bench.clients;

import java.time.Duration;

/**
 * How long a client goes on with a batch before it drops it, as it was recorded against a server that failed; jitter and what a
 * server may ask for are taken in the client's favour.
 *
 * @param interval from one batch to the next
 * @param unanswered how long after a batch's first try it is still taken, if tries meet with a 503 after 3.5 s
 * @param refused the same, if tries find nobody at the port
 * @param inTurn whether a batch waits, and then for another interval, while the one before it is tried
 * @param reason in words
 */
record Persistence(Duration interval, Duration unanswered, Duration refused, boolean inTurn, String reason) {
    private static final Duration STEP = Duration.ofMillis(100);

    static Persistence inTurn(double unanswered, double refused, String reason) {
        return new Persistence(Duration.ofSeconds(5), seconds(unanswered), seconds(refused), true, reason);
    }

    static Persistence sideBySide(double interval, double unanswered, double refused, String reason) {
        return new Persistence(seconds(interval), seconds(unanswered), seconds(refused), false, reason);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }

    /**
     * The least time whose spans are lost to an outage, whenever in the client's interval it begins.
     *
     * @param length until spans were taken again
     */
    Duration leastLost(Outage outage, Duration length) {
        return switch (outage) {
            case KAFKA -> leastLost(length, unanswered);
            case EDGE -> leastLost(length, refused);
            // Nothing has to be refused: Redis can be done without, and what floods the edge is somebody else's.
            case REDIS, OVERLOAD -> Duration.ZERO;
        };
    }

    private Duration leastLost(Duration length, Duration patience) {
        Duration least = length;
        for (Duration first = Duration.ZERO; first.compareTo(interval) <= 0; first = first.plus(STEP)) {
            Duration lost = lost(length, patience, first);
            least = lost.compareTo(least) < 0 ? lost : least;
        }
        return least;
    }

    /** @param first when the first batch of the outage is sent, after its beginning */
    private Duration lost(Duration length, Duration patience, Duration first) {
        Duration lost = Duration.ZERO;
        Duration before = first.minus(interval);
        Duration batch = first;
        while (batch.plus(patience).compareTo(length) < 0) {
            lost = lost.plus(batch.minus(before));
            before = batch;
            batch = batch.plus(interval).plus(inTurn ? patience : Duration.ZERO);
        }
        return lost;
    }
}
