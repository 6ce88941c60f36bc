package io.millrace.bench.flow;

import io.millrace.bench.load.Schedule;
import io.millrace.bench.load.Sender;
import io.millrace.bench.load.Workload;
import io.millrace.bench.process.ProcessorTime;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Traffic at one rate for a while, with the lag of storing and the processor time watched. */
final class Trial {
    /** While compilers and caches follow a new rate, nothing is judged. */
    private static final double RAMP_SHARE = 1.0 / 3;

    private static final long SAMPLE_MILLIS = 1_000;
    private static final Duration DRAIN = Duration.ofMinutes(3);

    private final FlowSubject subject;
    private final FlowOptions options;

    /** What happens once a second during the traffic. */
    @FunctionalInterface
    interface EachSecond {
        /** @param seconds since the traffic began */
        void at(double seconds) throws IOException, InterruptedException;
    }

    Trial(FlowSubject subject, FlowOptions options) {
        this.subject = subject;
        this.options = options;
    }

    /**
     * Sends for a while and waits until all is stored.
     *
     * @param rate spans per second
     */
    TrialOutcome run(double rate, Duration duration, EachSecond watch)
            throws SQLException, IOException, InterruptedException {
        Workload workload = options.workload();
        Instant start = Instant.now().plusMillis(500);
        long epochNanos = start.getEpochSecond() * 1_000_000_000L + start.getNano();
        Schedule schedule = new Schedule(epochNanos, rate / workload.spansPerRequest());
        Sender sender = new Sender(workload, schedule, subject::endpoint, settings(schedule, duration));
        long requests = requests(schedule, duration);
        TrialOutcome.Sent sent = new TrialOutcome.Sent(sender::dueNanoTime, requests, workload.spansPerRequest());
        Traffic traffic = new Traffic(sender, sent, rate, duration.toMillis() / 1e3);
        Instant now = Instant.now();
        sender.start(now.getEpochSecond() * 1_000_000_000L + now.getNano());
        try {
            return watch(traffic, watch);
        } finally {
            sender.abort();
        }
    }

    /** Traffic under way. */
    private record Traffic(Sender sender, TrialOutcome.Sent sent, double rate, double seconds) {}

    private Sender.Settings settings(Schedule schedule, Duration duration) {
        return new Sender.Settings(
                requests(schedule, duration), options.connections(), Duration.ofSeconds(20), Duration.ofMillis(250), 0);
    }

    private static long requests(Schedule schedule, Duration duration) {
        return Math.max(1, schedule.requestsIn(duration.toMillis() / 1e3));
    }

    private TrialOutcome watch(Traffic traffic, EachSecond watch)
            throws SQLException, IOException, InterruptedException {
        long inserted = subject.store().factInserts();
        long began = System.nanoTime();
        Backlog backlog = new Backlog();
        double ramp = traffic.seconds * RAMP_SHARE;
        @Nullable Mark before = null;
        double seconds = 0;
        while (seconds < traffic.seconds) {
            Thread.sleep(SAMPLE_MILLIS);
            seconds = (System.nanoTime() - began) / 1e9;
            long acknowledged = traffic.sender.tally().acknowledgedSpans();
            backlog.add(seconds, acknowledged - (subject.store().factInserts() - inserted));
            if (before == null && seconds >= ramp) {
                before = new Mark(seconds, acknowledged, subject.processorTime());
            }
            watch.at(seconds);
        }
        Mark after = new Mark(seconds, traffic.sender.tally().acknowledgedSpans(), subject.processorTime());
        double growth = backlog.growth(ramp, Math.max(10, (traffic.seconds - ramp) / 5));
        Duration drained = drain(traffic, inserted);
        return new TrialOutcome(
                traffic.rate,
                before == null ? after : before,
                after,
                new TrialOutcome.Lag(growth, backlog.highest(), drained),
                TrialOutcome.Sends.of(traffic.sender.tally()),
                traffic.sent);
    }

    /** The state of things at a moment of the traffic. */
    record Mark(double seconds, long acknowledged, ProcessorTime processorTime) {}

    /** How long after the traffic's end everything was stored; the longest time that is waited when it was not. */
    private Duration drain(Traffic traffic, long insertedBefore) throws SQLException, InterruptedException {
        long began = System.nanoTime();
        traffic.sender.await(DRAIN);
        while (System.nanoTime() - began < DRAIN.toNanos()
                && subject.store().factInserts() - insertedBefore
                        < traffic.sender.tally().acknowledgedSpans()) {
            Thread.sleep(SAMPLE_MILLIS / 4);
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
