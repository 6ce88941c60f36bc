package io.millrace.ingest;

import io.millrace.ingest.http.Alarm;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An alarm that rings when a test says so. */
final class ManualAlarm implements Alarm {
    private final List<Waiting> waiting = new CopyOnWriteArrayList<>();

    private record Waiting(Duration delay, Runnable late, Context context) {}

    @Override
    public Runnable set(Vertx vertx, Duration delay, Runnable late) {
        Waiting set = new Waiting(delay, late, vertx.getOrCreateContext());
        waiting.add(set);
        return () -> waiting.remove(set);
    }

    /** When those ring that were set and not turned off. */
    List<Duration> delays() {
        return waiting.stream().map(Waiting::delay).toList();
    }

    /** Rings all that have that delay or a shorter one. */
    void ring(Duration elapsed) {
        waiting.stream()
                .filter(set -> set.delay.compareTo(elapsed) <= 0)
                .forEach(set -> set.context.runOnContext(now -> set.late.run()));
    }
}
