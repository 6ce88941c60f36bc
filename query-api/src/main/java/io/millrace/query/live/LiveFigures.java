package io.millrace.query.live;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What the service counts of its feed. Thread-safe. */
final class LiveFigures {
    private final Map<Channel, LongAdder> events = new EnumMap<>(Channel.class);
    private final LongAdder gaps = new LongAdder();
    private final LongAdder tooSlow = new LongAdder();

    LiveFigures() {
        for (Channel channel : Channel.values()) {
            events.put(channel, new LongAdder());
        }
    }

    void sent(Channel channel) {
        adder(channel).increment();
    }

    void gap() {
        gaps.increment();
    }

    void tooSlow() {
        tooSlow.increment();
    }

    long events(Channel channel) {
        return adder(channel).sum();
    }

    /** How often a client was told that a range is gone. */
    long gaps() {
        return gaps.sum();
    }

    /** How many connections were ended because their clients did not read. */
    long closedAsTooSlow() {
        return tooSlow.sum();
    }

    private LongAdder adder(Channel channel) {
        return Objects.requireNonNull(events.get(channel));
    }
}
