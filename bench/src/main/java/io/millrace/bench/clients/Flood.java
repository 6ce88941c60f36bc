package io.millrace.bench.clients;

import io.millrace.bench.load.Endpoint;
import io.millrace.bench.load.Schedule;
import io.millrace.bench.load.Sender;
import io.millrace.bench.load.Workload;
import java.time.Duration;
import java.time.Instant;

/** One sender that sends all that an edge takes, and then three times as much. */
final class Flood {
    private static final Workload.Shape SHAPE = new Workload.Shape(60, false, 10, 0);
    private static final double WITHOUT_END = 100_000;
    private static final int TO_FIND_OUT = 16;
    private static final int TO_FLOOD = 160;
    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final Duration MEASURE = Duration.ofSeconds(6);

    private final Endpoint endpoint;
    private final long run = System.currentTimeMillis();
    private int workloads;

    Flood(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** Requests per second that the edge takes of a sender that always has more. */
    double capacity() throws InterruptedException {
        Sender sender = start(WITHOUT_END, TO_FIND_OUT);
        Thread.sleep(WARM_UP.toMillis());
        long before = sender.tally().acknowledgedRequests();
        Thread.sleep(MEASURE.toMillis());
        long taken = sender.tally().acknowledgedRequests() - before;
        end(sender);
        return (double) taken / MEASURE.toSeconds();
    }

    /**
     * What became of a flood.
     *
     * @param offered requests per second that were sent, again or not
     * @param taken requests per second that were acknowledged
     */
    record Course(double offered, double taken) {}

    /** Sends at that rate for that long. */
    Course flood(double requestsPerSecond, Duration length) throws InterruptedException {
        Sender sender = start(requestsPerSecond, TO_FLOOD);
        Thread.sleep(length.toMillis());
        double seconds = length.toMillis() / 1e3;
        Course course =
                new Course(sender.tally().attempts() / seconds, sender.tally().acknowledgedRequests() / seconds);
        end(sender);
        return course;
    }

    int spansPerRequest() {
        return SHAPE.spansPerRequest();
    }

    private Sender start(double requestsPerSecond, int connections) {
        workloads++;
        Workload workload = new Workload(new Workload.Identity(1, run, workloads), SHAPE);
        Instant now = Instant.now();
        long epochNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        Sender sender = new Sender(
                workload,
                new Schedule(epochNanos, requestsPerSecond),
                () -> endpoint,
                new Sender.Settings(Long.MAX_VALUE, connections, Duration.ofSeconds(10), Duration.ofMillis(20), 0));
        sender.start(epochNanos);
        return sender;
    }

    /** What is unanswered is given up: nothing has to come of it. */
    private static void end(Sender sender) throws InterruptedException {
        sender.abort();
        sender.await(Duration.ofSeconds(15));
    }
}
