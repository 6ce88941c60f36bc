package io.millrace.query.live;

import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;

/** A channel over a topic: one ring and one tail for all its subscriptions, and the log for those who are further behind. */
final class TopicFeed<D> implements Feed {
    private final Channel channel;
    private final Decoder<D> decoder;
    private final EventRing<D> ring;
    private final TopicTail<D> tail;
    private final TopicHistory<D> history;
    private final Executor readers;
    private final LongSupplier millis;
    private final LiveFigures figures;

    /**
     * What all channels have in common.
     *
     * @param readers runs reads of the log
     * @param millis as {@link java.time.Clock#millis}
     */
    record Shared(LiveSettings settings, Executor readers, LongSupplier millis, LiveFigures figures) {}

    TopicFeed(Channel channel, Decoder<D> decoder, Supplier<Consumer<byte[], byte[]>> consumers, Shared shared) {
        this.channel = channel;
        this.decoder = decoder;
        this.ring = new EventRing<>(shared.settings.ringEvents(), shared.settings.ringBytes());
        this.tail = new TopicTail<>(decoder, consumers, ring);
        this.history = new TopicHistory<>(decoder, consumers, shared.settings);
        this.readers = shared.readers;
        this.millis = shared.millis;
        this.figures = shared.figures;
    }

    @Override
    public void start() {
        tail.start();
    }

    @Override
    public boolean isReady() {
        return ring.isOpen();
    }

    @Override
    public Subscription subscribe(LiveRequest request, UUID project, Link link) {
        Decoder.Selection<D> selection = decoder.select(request.filter());
        long[] end = ring.end();
        if (end.length == 0) {
            throw Problem.unavailable("the channel is still being opened");
        }
        long[] positions =
                request.after().map(cursor -> positions(cursor, end.length)).orElse(end);
        var parts = new TopicSubscription.Parts<>(ring, history::read, readers, millis, figures);
        var subscription =
                new TopicSubscription<>(request, project, positions, decoder.isConflated(), selection, link, parts);
        Runnable waiter = link::wake;
        tail.wake(waiter);
        subscription.onClose(() -> tail.forget(waiter));
        return subscription;
    }

    /** Partitions that a cursor does not know are newer than it is: all of them is still to come. */
    private long[] positions(String cursor, int partitions) {
        long[] positions = LiveCursor.decode(channel, cursor);
        if (positions.length > partitions) {
            throw Problem.of(ProblemType.INVALID_CURSOR, "this is no cursor of this channel");
        }
        return Arrays.copyOf(positions, partitions);
    }

    @Override
    public long bytes() {
        return ring.bytes();
    }

    @Override
    public void close() {
        tail.close();
        history.close();
    }
}
