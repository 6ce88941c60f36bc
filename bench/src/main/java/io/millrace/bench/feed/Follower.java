package io.millrace.bench.feed;

import io.millrace.bench.stack.FeedSocket;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A client that follows a channel, is cut off at moments of its own, and comes back with its cursor. */
final class Follower implements FeedSocket.Taker, AutoCloseable {
    private static final long RETRY_MILLIS = 200;
    private static final long LONGEST_STAY_MILLIS = 20_000;

    private final Followed followed;
    private final HttpClient http;
    private final Deliveries deliveries;
    private final Random random;
    private final long longestAwayMillis;
    private final Thread thread;
    private volatile boolean stays;
    private volatile boolean closed;
    private volatile int connections;

    /**
     * What is followed.
     *
     * @param live where the feed is just now; asked for each connection
     */
    record Followed(Supplier<URI> live, String secret, String channel) {}

    Follower(Followed followed, HttpClient http, Deliveries deliveries, Random random, long longestAwayMillis) {
        this.followed = followed;
        this.http = http;
        this.deliveries = deliveries;
        this.random = random;
        this.longestAwayMillis = longestAwayMillis;
        this.thread = new Thread(this::run, "follower");
        thread.setDaemon(true);
    }

    Follower start() {
        thread.start();
        return this;
    }

    Deliveries deliveries() {
        return deliveries;
    }

    int connections() {
        return connections;
    }

    /** From now on it comes back at once and is not cut off. */
    void stay() {
        stays = true;
        thread.interrupt();
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(10));
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void run() {
        while (!closed) {
            deliveries.connected();
            try (FeedSocket socket = FeedSocket.follow(
                    http, followed.live.get(), followed.secret, followed.channel, "{}", deliveries.cursor(), this)) {
                connections++;
                boolean ended = remain(socket);
                socket.close();
                pause(ended || stays ? RETRY_MILLIS : random.nextLong(longestAwayMillis + 1));
            } catch (IOException e) {
                pause(RETRY_MILLIS);
            }
        }
    }

    /** False when it is cut off by this side. */
    private boolean remain(FeedSocket socket) {
        boolean ended = false;
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1 + random.nextLong(LONGEST_STAY_MILLIS));
        while (!ended && !closed && (stays || System.nanoTime() < until)) {
            try {
                ended = socket.awaitEnd(RETRY_MILLIS);
            } catch (InterruptedException e) {
                // It is to stay, or to end: the loop looks.
            }
        }
        return ended;
    }

    private void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            // It is to stay, or to end: the loop looks.
        }
    }

    @Override
    public void event(String entity, String revision, String cursor, String message) {
        deliveries.event(entity, revision, cursor);
    }

    @Override
    public void other(String type, String cursor, String message) {
        switch (type) {
            case "caught_up" -> deliveries.caughtUp(cursor);
            case "gap" -> deliveries.gap();
            case "heartbeat" -> {}
            default -> deliveries.error();
        }
    }
}
