package io.millrace.ingest.http;

import io.vertx.core.Vertx;
import java.time.Duration;

/** Tells a request that its time is up. */
@FunctionalInterface
public interface Alarm {
    /** By the machine's clock. */
    Alarm CLOCK = (vertx, delay, late) -> {
        long timer = vertx.setTimer(delay.toMillis(), rings -> late.run());
        return () -> vertx.cancelTimer(timer);
    };

    /**
     * Runs {@code late} after {@code delay}, in the context of the caller.
     *
     * @return turns it off; to be run in the same context
     */
    Runnable set(Vertx vertx, Duration delay, Runnable late);
}
