package io.millrace.bench.clients;

import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * How long a client goes on with a batch before it drops it, as its source says and as it was recorded against a server that
 * failed. The edge answers 503 after 3 to 3.5 s while the log hangs, and asks to come again after 1 s.
 *
 * @param interval from one batch to the next
 * @param unanswered how long after a batch's first try it is tried, if tries meet with that
 * @param refused the same, if tries find nobody at the port
 * @param inTurn whether a batch waits, and then for another interval, while the one before it is tried
 * @param reason in words
 */
record Persistence(Duration interval, Patience unanswered, Patience refused, boolean inTurn, String reason) {
    private static final Duration STEP = Duration.ofMillis(100);
    /** What a client gave up may still wait in the edge, and be written when the log goes on. */
    private static final Duration WRITTEN_LATE = Duration.ofSeconds(6);

    /**
     * From a batch's first try.
     *
     * @param least when the last one begins, if jitter and rounding are against the client: up to then it is taken for certain;
     *     negative if a client goes on failing for some time when nothing fails any more
     * @param most when the last one ends, if they are in its favour
     */
    record Patience(Duration least, Duration most) {
        static Patience seconds(double least, double most) {
            return new Patience(Persistence.seconds(least), Persistence.seconds(most));
        }
    }

    static Persistence inTurn(double interval, Patience unanswered, Patience refused, String reason) {
        return new Persistence(seconds(interval), unanswered, refused, true, reason);
    }

    static Persistence sideBySide(double interval, Patience unanswered, Patience refused, String reason) {
        return new Persistence(seconds(interval), unanswered, refused, false, reason);
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
        return lost(outage, length, true).min(Comparator.naturalOrder()).orElseThrow();
    }

    /**
     * The most time whose spans are lost to it; what is lost beyond that, the client's retries do not explain.
     *
     * @param length until spans were taken again
     */
    Duration mostLost(Outage outage, Duration length) {
        return lost(outage, length, false).max(Comparator.naturalOrder()).orElseThrow();
    }

    private Stream<Duration> lost(Outage outage, Duration length, boolean atBest) {
        return switch (outage) {
            case KAFKA -> lost(length, unanswered, atBest ? unanswered.most.plus(WRITTEN_LATE) : unanswered.least);
            case EDGE -> lost(length, refused, atBest ? refused.most : refused.least);
            // Nothing has to be refused: Redis can be done without, and what floods the edge is somebody else's.
            case REDIS, OVERLOAD -> Stream.of(Duration.ZERO);
        };
    }

    private Stream<Duration> lost(Duration length, Patience patience, Duration until) {
        return Stream.iterate(Duration.ZERO, first -> first.compareTo(interval) <= 0, first -> first.plus(STEP))
                .flatMap(first -> Stream.of(patience.least, patience.most)
                        .filter(busy -> !busy.isNegative())
                        .map(busy -> lost(length, first, until, inTurn ? busy : Duration.ZERO)));
    }

    /**
     * @param first when the first batch of the outage is sent, after its beginning
     * @param until when a batch is lost, after its first try
     * @param busy for how long the next one waits
     */
    private Duration lost(Duration length, Duration first, Duration until, Duration busy) {
        Duration lost = Duration.ZERO;
        Duration before = first.minus(interval);
        Duration batch = first;
        while (batch.plus(until).compareTo(length) < 0) {
            lost = lost.plus(batch.minus(before));
            before = batch;
            batch = batch.plus(interval).plus(busy);
        }
        return lost;
    }
}
