package io.millrace.query.live;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A loop whose work is done when a test says so, and the clock it goes by. */
final class ManualLoop extends Clock implements Loop {
    private final Deque<Runnable> work = new ArrayDeque<>();
    private final List<Timer> timers = new ArrayList<>();
    private long now = 1_000_000;

    private record Timer(long due, Runnable work) {}

    @Override
    public synchronized void execute(Runnable piece) {
        work.add(piece);
    }

    @Override
    public synchronized void after(long millis, Runnable piece) {
        timers.add(new Timer(now + millis, piece));
    }

    /** Does all that there is to do, and what comes of it. */
    void run() {
        for (Runnable piece = next(); piece != null; piece = next()) {
            piece.run();
        }
    }

    private synchronized Runnable next() {
        return work.poll();
    }

    /** Lets time pass. */
    void advance(long millis) {
        synchronized (this) {
            now += millis;
            List<Timer> due = timers.stream().filter(timer -> timer.due <= now).toList();
            timers.removeAll(due);
            due.forEach(timer -> work.add(timer.work));
        }
        run();
    }

    @Override
    public synchronized long millis() {
        return now;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
