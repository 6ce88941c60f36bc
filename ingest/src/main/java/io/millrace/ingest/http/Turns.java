package io.millrace.ingest.http;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * In which order an event loop begins with the requests that arrive. Left to itself it begins with all at once, reads a little
 * of each whenever there is some, and under overload ends them all too late. So it begins with a few in each of its rounds;
 * the others wait unread, at the expense of their senders, and are refused when that takes too long or when too many do.
 *
 * <p>Each project has a queue, and the queues take turns (Nagle 1987). When there is no place left, a project that has less
 * than its share of them gets the last one of the longest queue. So a flood of one waits and is refused by itself.
 *
 * <p>One for each event loop and port, used by that loop alone; only the room in which all wait is shared.
 */
public final class Turns {
    /** Enough to keep a loop busy, and about as many milliseconds of work at most. */
    private static final int PER_ROUND = 32;
    /** These have a place however many wait at other loops and ports, where none can be given up for them. */
    private static final int OWN_PLACES = 16;

    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Executor endOfRound;
    private final Executor nextRound;
    private final LongSupplier nanos;
    private final WaitingRoom room;
    private final Map<UUID, Queue> queues = new HashMap<>();
    /** Those in which somebody waits, the one whose turn it is first. */
    private final Deque<Queue> order = new ArrayDeque<>();

    private int waiting;
    private int begun;
    private boolean ends;

    /** A request of which the headers have arrived. */
    interface Arrival {
        void begin();

        /** Stops reading until it begins or is refused. */
        void hold();

        void refuse();

        /** How many bytes it may hold while it waits. */
        int bytes();
    }

    private record Waiting(Arrival arrival, long since) {}

    private record Queue(UUID project, Deque<Waiting> waiting) {
        Queue(UUID project) {
            this(project, new ArrayDeque<>());
        }

        int size() {
            return waiting.size();
        }
    }

    /** @param room in which requests of all loops of the edge wait */
    public static Turns on(Vertx loop, WaitingRoom room) {
        return new Turns(
                step -> loop.runOnContext(round -> step.run()),
                step -> loop.setTimer(1, round -> step.run()),
                System::nanoTime,
                room);
    }

    /**
     * @param endOfRound runs something when the loop has seen what had arrived
     * @param nextRound runs something a little later, when the loop has looked for more
     * @param nanos the time to wait by; it never goes back
     */
    Turns(Executor endOfRound, Executor nextRound, LongSupplier nanos, WaitingRoom room) {
        this.endOfRound = endOfRound;
        this.nextRound = nextRound;
        this.nanos = nanos;
        this.room = room;
    }

    /** Begins with a request of a project now, or lets it wait, or refuses it. */
    void take(UUID project, Arrival arrival) {
        if (waiting == 0 && begun < PER_ROUND) {
            begun++;
            arrival.begin();
            if (!ends) {
                ends = true;
                endOfRound.execute(this::endRound);
            }
        } else if (makePlaceFor(project, arrival.bytes())) {
            arrival.hold();
            add(project, new Waiting(arrival, nanos.getAsLong()));
            if (waiting == 1) {
                nextRound.execute(this::round);
            }
        } else {
            arrival.refuse();
        }
    }

    /** Whether there is a place, if need be where the longest queue has given up as many as that takes. */
    private boolean makePlaceFor(UUID project, int bytes) {
        while (waiting >= OWN_PLACES && !room.hasPlaceFor(bytes)) {
            Queue own = queues.get(project);
            int held = own == null ? 0 : own.size();
            if (held * order.size() >= waiting) {
                return false;
            }
            Queue longest =
                    order.stream().max(Comparator.comparingInt(Queue::size)).orElseThrow();
            if (longest.size() <= held + 1) {
                return false;
            }
            Waiting last = longest.waiting.removeLast();
            left(last);
            last.arrival.refuse();
        }
        return true;
    }

    private void add(UUID project, Waiting one) {
        Queue queue = queues.computeIfAbsent(project, Queue::new);
        if (queue.waiting.isEmpty()) {
            order.add(queue);
        }
        queue.waiting.add(one);
        waiting++;
        room.enter(one.arrival.bytes());
    }

    private Waiting removeFirst() {
        Queue queue = order.remove();
        Waiting first = queue.waiting.remove();
        if (queue.waiting.isEmpty()) {
            queues.remove(queue.project);
        } else {
            order.add(queue);
        }
        left(first);
        return first;
    }

    private void left(Waiting one) {
        waiting--;
        room.leave(one.arrival.bytes());
    }

    private void endRound() {
        ends = false;
        begun = 0;
    }

    private void round() {
        begun = 0;
        long now = nanos.getAsLong();
        try {
            while (begun < PER_ROUND && waiting > 0) {
                Waiting first = removeFirst();
                if (now - first.since > PATIENCE_NANOS) {
                    first.arrival.refuse();
                } else {
                    begun++;
                    first.arrival.begin();
                }
            }
        } finally {
            if (waiting > 0) {
                nextRound.execute(this::round);
            }
        }
    }
}
