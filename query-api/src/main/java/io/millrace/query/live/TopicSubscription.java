package io.millrace.query.live;

import io.millrace.query.live.TopicHistory.Batch;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's way through a topic. All it has is its position, what it last sent of each entity, and at most one batch
 * from the log; where states are conflated, also the newest of those that wait for their time.
 */
final class TopicSubscription<D> implements Subscription {
    private static final Logger LOGGER = LoggerFactory.getLogger(TopicSubscription.class);
    /** Entities of which it knows what was sent; and most that wait to be conflated. */
    static final int MAX_ENTITIES = 4_096;
    /** How often the newest value of an entity is sent. */
    static final long CONFLATE_MILLIS = 500;

    private static final int SLICE = 128;
    private static final long RETRY_MILLIS = 1_000;

    private final LiveRequest request;
    private final UUID project;
    private final boolean conflated;
    private final Decoder.Selection<D> selection;
    private final Link link;
    private final Parts<D> parts;
    private final SentRevisions sent = new SentRevisions(MAX_ENTITIES);
    private final Map<String, LiveEvent<D>> waiting = new LinkedHashMap<>();

    /** The next offset of each partition that it has not looked at. */
    private long[] positions;
    /** Where states are conflated: the next offset of each partition of which it has not sent all. */
    private long[] told;
    /** Where it is in the ring. */
    private long sequence;

    private List<LiveEvent<D>> held = List.of();
    private int index;
    private long[] behindHeld;
    private long sequenceBehindHeld;
    private boolean fromLog;
    private boolean reading;
    private boolean caughtUp;
    /** Whether the log knows the position that the client came with. */
    private boolean known;

    private long flushedAt = Long.MIN_VALUE / 2;
    private boolean closed;
    private Runnable onClose = () -> {};

    /** Reads the log; it blocks. */
    @FunctionalInterface
    interface Past<D> {
        Batch<D> read(UUID project, long[] positions);
    }

    /** What it shares with all subscriptions of its channel. */
    record Parts<D>(EventRing<D> ring, Past<D> past, Executor readers, LongSupplier millis, LiveFigures figures) {}

    TopicSubscription(
            LiveRequest request,
            UUID project,
            long[] positions,
            boolean conflated,
            Decoder.Selection<D> selection,
            Link link,
            Parts<D> parts) {
        this.request = request;
        this.project = project;
        this.positions = positions.clone();
        this.told = positions.clone();
        this.behindHeld = positions.clone();
        this.known = request.after().isEmpty();
        this.conflated = conflated;
        this.selection = selection;
        this.link = link;
        this.parts = parts;
    }

    void onClose(Runnable action) {
        onClose = action;
    }

    @Override
    public Progress pump(int most) {
        int done = 0;
        while (done < most && !closed) {
            if (link.isFull() || waiting.size() >= MAX_ENTITIES && !flush()) {
                letGoOfRing();
                return Progress.WAITING;
            }
            if (index < held.size()) {
                take(held.get(index++));
                done++;
            } else if (!endHeld() || !fill()) {
                return Progress.WAITING;
            }
        }
        return Progress.MORE;
    }

    /** What was taken from the ring is there to be taken again; holding it would keep it from making room. */
    private void letGoOfRing() {
        if (!fromLog) {
            held = List.of();
            index = 0;
            behindHeld = positions.clone();
            sequenceBehindHeld = sequence;
        }
    }

    /** False when there is nothing to do before something else happens. */
    private boolean endHeld() {
        positions = behindHeld.clone();
        sequence = sequenceBehindHeld;
        held = List.of();
        index = 0;
        if (fromLog) {
            fromLog = false;
            link.endReading();
        }
        if (waiting.isEmpty()) {
            told = positions.clone();
            return true;
        }
        long due = flushedAt + CONFLATE_MILLIS - parts.millis.getAsLong();
        return due > 0 || flush();
    }

    private boolean fill() {
        if (reading) {
            return false;
        }
        fit(parts.ring.end().length);
        if (!known && isAhead()) {
            return read();
        }
        EventRing.Slice<D> slice = parts.ring.read(project, sequence, positions, SLICE);
        if (slice.behind()) {
            return read();
        }
        known = true;
        held = slice.events();
        index = 0;
        behindHeld = slice.positions();
        sequenceBehindHeld = slice.sequence();
        return !held.isEmpty() || !slice.last() || atEnd();
    }

    /** Always false: there is nothing more for now. */
    private boolean atEnd() {
        positions = behindHeld.clone();
        sequence = sequenceBehindHeld;
        if (!caughtUp && flush()) {
            caughtUp = true;
            link.say(LiveMessages.caughtUp(request.id(), cursor()), cursor());
        }
        if (waiting.isEmpty()) {
            told = positions.clone();
        } else {
            link.wakeAfter(Math.max(1, flushedAt + CONFLATE_MILLIS - parts.millis.getAsLong()));
        }
        return false;
    }

    /** A topic that was made with fewer partitions has grown: of the new ones nothing was seen. */
    private void fit(int partitions) {
        if (positions.length < partitions) {
            positions = Arrays.copyOf(positions, partitions);
            told = Arrays.copyOf(told, partitions);
        }
    }

    /** Whether the client has seen what the ring has not: another process was faster, or the topic is another one. */
    private boolean isAhead() {
        long[] end = parts.ring.end();
        for (int partition = 0; partition < end.length; partition++) {
            if (positions[partition] > end[partition]) {
                return true;
            }
        }
        return false;
    }

    /** Always false: what is read comes later. */
    private boolean read() {
        if (link.beginReading()) {
            reading = true;
            long[] from = positions.clone();
            parts.readers.execute(() -> read(from));
        }
        return false;
    }

    /** On a thread that may block. */
    private void read(long[] from) {
        @Nullable Batch<D> batch = null;
        try {
            batch = parts.past.read(project, from);
        } catch (KafkaException e) {
            LOGGER.atWarn()
                    .addKeyValue("project", project)
                    .setCause(e)
                    .log("the log does not answer a client that is behind");
        }
        @Nullable Batch<D> result = batch;
        link.execute(() -> took(result));
    }

    private void took(@Nullable Batch<D> batch) {
        reading = false;
        if (closed || batch == null) {
            link.endReading();
            link.wakeAfter(RETRY_MILLIS);
            return;
        }
        known = true;
        if (batch.gap()) {
            parts.figures.gap();
            String to = LiveCursor.encode(request.channel(), batch.positions());
            link.say(LiveMessages.gap(request.id(), LiveCursor.encode(request.channel(), positions), to), to);
            positions = batch.positions().clone();
        }
        held = batch.events();
        index = 0;
        behindHeld = batch.positions().clone();
        fromLog = true;
        sequence = 0;
        sequenceBehindHeld = 0;
        link.wake();
    }

    private void take(LiveEvent<D> event) {
        positions[event.partition()] = event.offset() + 1;
        if (!selection.takes(event.data()) || !sent.isNewer(event)) {
            return;
        }
        if (!conflated) {
            send(event);
            return;
        }
        @Nullable LiveEvent<D> before = waiting.get(event.entity());
        if (before == null || event.revision().compareTo(before.revision()) > 0) {
            // Behind all others: they are sent in the order of the log, so that the cursor of each is true.
            waiting.remove(event.entity());
            waiting.put(event.entity(), event);
        }
    }

    /** Sends what waits; false when the link was full before all was sent. */
    private boolean flush() {
        Iterator<LiveEvent<D>> events = waiting.values().iterator();
        while (events.hasNext()) {
            if (link.isFull()) {
                return false;
            }
            LiveEvent<D> event = events.next();
            told[event.partition()] = event.offset() + 1;
            send(event);
            events.remove();
        }
        flushedAt = parts.millis.getAsLong();
        told = positions.clone();
        return true;
    }

    private void send(LiveEvent<D> event) {
        String cursor = cursor();
        link.say(
                LiveMessages.event(
                        request.id(), cursor, event.entity(), event.revision(), selection.json(event.data())),
                cursor);
        sent.sent(event);
        parts.figures.sent(request.channel());
    }

    @Override
    public boolean isBehind() {
        return index < held.size() || reading || !waiting.isEmpty() || parts.ring.isBeyond(positions);
    }

    @Override
    public String cursor() {
        return LiveCursor.encode(request.channel(), conflated ? told : positions);
    }

    @Override
    public void close() {
        closed = true;
        held = List.of();
        waiting.clear();
        if (fromLog) {
            fromLog = false;
            link.endReading();
        }
        onClose.run();
    }

    @Override
    public int held() {
        return held.size() - index + waiting.size();
    }
}
