package io.millrace.bench.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends a workload on its schedule: a request is due at its time whatever became of those before it, and its latency
 * counts from then. When all connections are busy, due requests wait for one, and their waiting counts. A request that is
 * not acknowledged is sent again with the same bytes until it is.
 */
public final class Sender {
    private final Workload workload;
    private final Schedule schedule;
    private final Supplier<Endpoint> target;
    private final Settings settings;
    private final Truth truth;
    private final Tally tally = new Tally();
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong limit;
    private final AtomicLongArray open;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean aborted;
    private long nanoTimeAtStart;

    /**
     * How to send.
     *
     * @param requests how many to send at most
     * @param connections how many requests may be unanswered at a time
     * @param timeout after which an unanswered request is sent again
     * @param pause before a request is sent again
     * @param repeatEvery one request in so many is sent once more after its acknowledgement; 0: none
     */
    public record Settings(long requests, int connections, Duration timeout, Duration pause, int repeatEvery) {}

    /** @param target where to send just now; asked for each new connection */
    public Sender(Workload workload, Schedule schedule, Supplier<Endpoint> target, Settings settings) {
        this.workload = workload;
        this.schedule = schedule;
        this.target = target;
        this.settings = settings;
        this.truth = new Truth(workload.series());
        this.limit = new AtomicLong(settings.requests);
        this.open = new AtomicLongArray(settings.connections);
    }

    /** Starts to send; the schedule's start is a moment of {@code epochNanosNow}'s clock. */
    public void start(long epochNanosNow) {
        nanoTimeAtStart = System.nanoTime() + schedule.startNanos() - epochNanosNow;
        for (int i = 0; i < settings.connections; i++) {
            int connection = i;
            Thread thread = new Thread(() -> work(connection), "load-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** When a request is due, in the time of {@link System#nanoTime()}; only after the start. */
    public long dueNanoTime(long sequence) {
        return nanoTimeAtStart + schedule.offsetNanos(sequence);
    }

    public Tally tally() {
        return tally;
    }

    public Truth truth() {
        return truth;
    }

    /** Lets no new request begin but the second half of a batch whose first half began. */
    public void finish() {
        limit.getAndUpdate(old -> Math.min(old, (next.get() + 1) / 2 * 2));
    }

    /** Gives up all that is unanswered. */
    public void abort() {
        aborted = true;
        threads.forEach(LockSupport::unpark);
    }

    /** Waits until every request that began is acknowledged; false when that takes longer. */
    public boolean await(Duration longest) throws InterruptedException {
        long deadline = System.nanoTime() + longest.toNanos();
        for (Thread thread : threads) {
            long left = deadline - System.nanoTime();
            if (left > 0) {
                thread.join(Math.max(1, left / 1_000_000));
            }
            if (thread.isAlive()) {
                return false;
            }
        }
        return true;
    }

    /** Requests that are sent whole and not answered yet, one number per connection; 0 where there is none. */
    public long[] unanswered() {
        long[] attempts = new long[open.length()];
        for (int i = 0; i < attempts.length; i++) {
            attempts[i] = open.get(i);
        }
        return attempts;
    }

    /** How many of these are still unanswered. */
    public int stillUnanswered(long[] before) {
        int count = 0;
        for (int i = 0; i < before.length; i++) {
            if (before[i] != 0 && open.get(i) == before[i]) {
                count++;
            }
        }
        return count;
    }

    private void work(int connection) {
        byte[] body = new byte[workload.longestRequest()];
        Line line = new Line(connection);
        for (long i = next.getAndIncrement(); i < limit.get() && !aborted; i = next.getAndIncrement()) {
            long due = dueNanoTime(i);
            waitUntil(due);
            int length = workload.fill(schedule, i, body);
            tally.started(System.nanoTime() - due);
            Answer answer = line.deliver(body, length);
            if (answer != null) {
                truth.acknowledge(workload, schedule, i);
                tally.acknowledged(workload.spansPerRequest(), answer.refused(), System.nanoTime() - due);
                repeat(i, line, body, length);
            }
        }
        line.close();
    }

    private void repeat(long sequence, Line line, byte[] body, int length) {
        if (settings.repeatEvery > 0 && Mix.below(Mix.of(sequence), settings.repeatEvery) == 0) {
            tally.repeated();
            line.deliver(body, length);
        }
    }

    private void waitUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0 && !aborted; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    /** A connection that is made anew whenever it breaks. */
    private final class Line {
        private final int number;
        private @Nullable HttpConnection connection;
        private long attempt;

        Line(int number) {
            this.number = number;
        }

        /** Sends until acknowledged; null when the sender gave up. */
        @Nullable
        Answer deliver(byte[] body, int length) {
            while (!aborted) {
                Answer answer = attempt(body, length);
                if (answer != null && answer.acknowledges()) {
                    return answer;
                }
                waitUntil(System.nanoTime() + settings.pause.toNanos());
            }
            return null;
        }

        private @Nullable Answer attempt(byte[] body, int length) {
            tally.attempt();
            try {
                Answer answer = exchange(body, length);
                if (!answer.acknowledges()) {
                    tally.failed("status " + answer.status());
                }
                return answer;
            } catch (IOException | RuntimeException e) {
                tally.failed(e.getClass().getSimpleName());
                close();
                return null;
            } finally {
                open.set(number, 0);
            }
        }

        private Answer exchange(byte[] body, int length) throws IOException {
            HttpConnection line = connected();
            line.send(body, length);
            attempt++;
            open.set(number, attempt);
            Answer answer = line.receive();
            open.set(number, 0);
            if (!line.reusable()) {
                close();
            }
            return answer;
        }

        private HttpConnection connected() throws IOException {
            Endpoint endpoint = target.get();
            HttpConnection current = connection;
            if (current != null && current.endpoint().equals(endpoint)) {
                return current;
            }
            close();
            HttpConnection made = new HttpConnection(endpoint, settings.timeout);
            connection = made;
            return made;
        }

        void close() {
            if (connection != null) {
                connection.close();
                connection = null;
            }
        }
    }
}
