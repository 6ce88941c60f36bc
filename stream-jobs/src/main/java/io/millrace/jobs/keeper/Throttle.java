package io.millrace.jobs.keeper;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers when something was last done. What is forgotten for lack of space is done sooner than it need be. */
final class Throttle {
    private static final int CAPACITY = 20_000;

    private final Clock clock;
    private final Map<Object, Instant> done = new LinkedHashMap<>(256, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Instant> eldest) {
            return size() > CAPACITY;
        }
    };

    Throttle(Clock clock) {
        this.clock = clock;
    }

    boolean isDue(Object key, Duration interval) {
        Instant last = done.get(key);
        return last == null || !clock.instant().isBefore(last.plus(interval));
    }

    void done(Object key) {
        done.put(key, clock.instant());
    }
}
