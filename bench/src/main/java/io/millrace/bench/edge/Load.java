package io.millrace.bench.edge;

import io.millrace.bench.edge.LoadTally.Counts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests from one thread over many kept-alive connections, each with one request under way. It is as cheap as can be,
 * since it shares the machine with what it loads: bodies lie ready outside of the heap, and no thread waits.
 */
final class Load implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** After a refusal, and after a connection broke. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_SELECT_MILLIS = 100;

    private final Target target;
    private final Bodies bodies;
    private final Pace pace;
    private final LoadTally tally = new LoadTally();
    private final long firstNumber = System.nanoTime();
    private final Set<Connection> all = new HashSet<>();
    private final Deque<Connection> idle = new ArrayDeque<>();
    /** Closed loop: connections that pause, the first to go on first. */
    private final Deque<Connection> pausing = new ArrayDeque<>();

    private final ByteBuffer arrived = ByteBuffer.allocateDirect(16 * 1024);
    private final Thread thread = new Thread(this::run, "load");
    private final Selector selector;
    private volatile boolean finishing;
    private long began;
    private long lookedNanos;
    private long nextNumber;

    /**
     * When requests are sent.
     *
     * @param connections at most
     * @param requestsPerSecond due whatever becomes of those before; 0 for the next one on each connection as soon as its
     *     last one is answered
     */
    record Pace(int connections, double requestsPerSecond) {
        static Pace closed(int connections) {
            return new Pace(connections, 0);
        }

        boolean isOpen() {
            return requestsPerSecond > 0;
        }
    }

    private Load(Target target, Bodies bodies, Pace pace) throws IOException {
        this.target = target;
        this.bodies = bodies;
        this.pace = pace;
        this.selector = Selector.open();
    }

    static Load start(Target target, Bodies bodies, Pace pace) throws IOException {
        Load load = new Load(target, bodies, pace);
        load.thread.setDaemon(true);
        load.thread.start();
        return load;
    }

    Counts counts() {
        return tally.counts();
    }

    /** Begins no more requests, and returns when the last one is answered or given up. */
    @Override
    public void close() throws IOException, InterruptedException {
        finishing = true;
        selector.wakeup();
        thread.join();
        selector.close();
    }

    private void run() {
        began = System.nanoTime();
        lookedNanos = began;
        try {
            while (!finishing || all.stream().anyMatch(Connection::isPending)) {
                begin(System.nanoTime());
                selector.select(key -> ((Connection) key.attachment()).ready(), waitMillis());
                long now = System.nanoTime();
                if (now - lookedNanos > LOOK_NANOS) {
                    lookedNanos = now;
                    giveUpLate(now);
                }
            }
        } catch (IOException | RuntimeException e) {
            tally.unanswered("generator: " + e);
        }
        all.forEach(Connection::closeQuietly);
    }

    private long waitMillis() {
        if (finishing) {
            return LONGEST_SELECT_MILLIS;
        }
        return pace.isOpen() || !pausing.isEmpty() ? 1 : LONGEST_SELECT_MILLIS;
    }

    private void begin(long now) throws IOException {
        if (finishing) {
            return;
        }
        if (pace.isOpen()) {
            while (dueNanos(nextNumber) <= now) {
                Connection connection = idle.isEmpty() ? added() : idle.pop();
                if (connection == null) {
                    return;
                }
                connection.request(nextNumber++);
            }
            return;
        }
        for (Connection connection = added(); connection != null; connection = added()) {
            connection.request(nextNumber++);
        }
        while (!pausing.isEmpty() && pausing.getFirst().resumeNanos <= now) {
            pausing.pop().request(nextNumber++);
        }
    }

    private long dueNanos(long number) {
        return began + (long) (number * 1e9 / pace.requestsPerSecond);
    }

    private @Nullable Connection added() throws IOException {
        if (all.size() >= pace.connections) {
            return null;
        }
        Connection connection = new Connection(all.size());
        all.add(connection);
        return connection;
    }

    private void giveUpLate(long now) {
        List<Connection> late = new ArrayList<>();
        for (Connection connection : all) {
            if (connection.isPending() && now - connection.requestedNanos > PATIENCE_NANOS) {
                late.add(connection);
            }
        }
        late.forEach(connection -> connection.broken("no answer"));
    }

    /** A connection, made anew when it breaks. */
    private final class Connection {
        private final int index;
        private final @Nullable ByteBuffer copy;
        private ByteBuffer[] out = new ByteBuffer[0];
        private AnswerReader reader = new AnswerReader();
        private @Nullable SocketChannel channel;
        private boolean pending;
        private long requestedNanos;
        private long resumeNanos;

        Connection(int index) {
            this.index = index;
            this.copy = bodies.wire().isOpen() && !pace.isOpen() ? bodies.copy(index) : null;
        }

        boolean isPending() {
            return pending;
        }

        void request(long number) {
            ByteBuffer body = body(number);
            byte[] head = (bodies.wire().head(target.url().getAuthority(), target.secret()) + "Content-Length: "
                            + body.remaining() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            out = new ByteBuffer[] {ByteBuffer.wrap(head), body};
            pending = true;
            requestedNanos = System.nanoTime();
            tally.sent();
            try {
                if (channel == null) {
                    connect();
                } else {
                    write(channel);
                }
            } catch (IOException e) {
                broken(e.getClass().getSimpleName());
            }
        }

        /** Ids are new while a copy for each connection is cheap; a flood repeats them. */
        private ByteBuffer body(long number) {
            ByteBuffer own = copy;
            if (own == null) {
                return bodies.shared(number);
            }
            own.clear();
            bodies.stamp(own, index, firstNumber + number);
            return own;
        }

        private void connect() throws IOException {
            SocketChannel opened = SocketChannel.open();
            channel = opened;
            reader = new AnswerReader();
            opened.configureBlocking(false);
            opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SelectionKey key = opened.register(selector, SelectionKey.OP_CONNECT, this);
            if (opened.connect(
                    new InetSocketAddress(target.url().getHost(), target.url().getPort()))) {
                key.interestOps(SelectionKey.OP_READ);
                write(opened);
            }
        }

        void ready() {
            SocketChannel open = channel;
            if (open == null) {
                return;
            }
            try {
                if (open.isConnectionPending()) {
                    open.finishConnect();
                    write(open);
                } else {
                    if (hasMoreToWrite()) {
                        write(open);
                    }
                    read(open);
                }
            } catch (IOException e) {
                broken(e.getClass().getSimpleName());
            }
        }

        private boolean hasMoreToWrite() {
            return out.length > 0 && out[out.length - 1].hasRemaining();
        }

        private void write(SocketChannel open) throws IOException {
            open.write(out);
            int ops = SelectionKey.OP_READ | (hasMoreToWrite() ? SelectionKey.OP_WRITE : 0);
            open.keyFor(selector).interestOps(ops);
        }

        private void read(SocketChannel open) throws IOException {
            arrived.clear();
            int count = open.read(arrived);
            if (count < 0) {
                if (pending) {
                    throw new IOException("closed");
                }
                closeQuietly();
            } else if (count > 0) {
                HttpAnswer answer = reader.take(arrived.flip());
                if (answer != null) {
                    answered(answer);
                }
            }
        }

        private void answered(HttpAnswer answer) {
            pending = false;
            tally.answered(answer);
            // Refused before its body was whole: the rest of it belongs to no request.
            if (answer.closes() || hasMoreToWrite()) {
                closeQuietly();
            }
            if (finishing) {
                return;
            }
            if (pace.isOpen()) {
                idle.push(this);
            } else if (answer.isSuccess()) {
                request(nextNumber++);
            } else {
                pause();
            }
        }

        private void pause() {
            resumeNanos = System.nanoTime() + PAUSE_NANOS;
            pausing.add(this);
        }

        void broken(String why) {
            closeQuietly();
            if (!pending) {
                return;
            }
            pending = false;
            tally.unanswered(why);
            if (pace.isOpen()) {
                idle.push(this);
            } else {
                pause();
            }
        }

        void closeQuietly() {
            SocketChannel open = channel;
            channel = null;
            if (open == null) {
                return;
            }
            try {
                open.close();
            } catch (IOException e) {
                // It was of no more use anyway.
            }
        }
    }
}
