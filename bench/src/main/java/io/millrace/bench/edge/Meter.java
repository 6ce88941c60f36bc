package io.millrace.bench.edge;

import io.millrace.bench.edge.LoadTally.Counts;
import io.millrace.bench.edge.Measurement.Used;
import io.millrace.bench.process.ProcessTimes;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** Measures a subject under load; the broker and the cache behind it apart. */
record Meter(EdgeSite site, Subject subject) {
    /** Connections are opened, and the first answers come. */
    static final Duration RAMP = Duration.ofMillis(300);

    /** Names of threads, without digits, that begin so: both compilers. */
    private static final String COMPILER = "C CompilerThre";

    /** Looks at something now and then while the load goes on. */
    @FunctionalInterface
    interface Watch {
        Watch NOTHING = () -> {};

        void look();
    }

    private record Mark(long nanoTime, Counts counts, Used used) {}

    /**
     * Measures a load that has just begun.
     *
     * @param ramp how long to wait before
     */
    Measurement measure(Load load, Duration ramp, Duration duration, Watch watch)
            throws IOException, InterruptedException {
        Thread.sleep(ramp.toMillis());
        Mark before = mark(load);
        long until = before.nanoTime + duration.toNanos();
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            watch.look();
            Thread.sleep(Math.max(1, Math.min(left / 1_000_000, 100)));
        }
        Mark after = mark(load);
        return new Measurement(
                (after.nanoTime - before.nanoTime) / 1e9,
                after.counts.since(before.counts),
                after.used.since(before.used));
    }

    private Mark mark(Load load) throws IOException {
        ProcessTimes times = new ProcessTimes();
        return new Mark(
                System.nanoTime(),
                load.counts(),
                new Used(
                        times.ofProcess(subject.pid()),
                        compiler(times),
                        times.ofProcess(site.brokerPid()),
                        times.ofProcess(site.redisPid()),
                        times.ofProcess(ProcessHandle.current().pid())));
    }

    private long compiler(ProcessTimes times) {
        return times.byThread(subject.pid()).entrySet().stream()
                .filter(thread -> thread.getKey().startsWith(COMPILER))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
