package io.millrace.bench.feed;

import io.millrace.bench.command.Results;
import io.millrace.bench.stack.FeedSocket;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** Clients that follow one channel and are cut off at random. */
final class Audience implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final String channel;
    private final List<Follower> followers = new ArrayList<>();

    private Audience(String channel) {
        this.channel = channel;
    }

    /** Clients that all begin where the channel stands now. */
    static Audience start(Follower.Followed followed, int clients, FeedOptions options) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        String cursor = now(followed, http);
        EntityNames names = new EntityNames();
        Audience audience = new Audience(followed.channel());
        for (int i = 0; i < clients; i++) {
            audience.followers.add(new Follower(
                            followed,
                            http,
                            new Deliveries(names, cursor),
                            new Random(options.seed() * 1_000 + i),
                            options.away().toMillis())
                    .start());
        }
        return audience;
    }

    private static String now(Follower.Followed followed, HttpClient http) throws Exception {
        CompletableFuture<String> cursor = new CompletableFuture<>();
        FeedSocket.Taker taker = new FeedSocket.Taker() {
            @Override
            public void event(String entity, String revision, String at, String message) {}

            @Override
            public void other(String type, String at, String message) {
                if (type.equals("caught_up")) {
                    cursor.complete(at);
                }
            }
        };
        try (FeedSocket socket = FeedSocket.follow(
                http, followed.live().get(), followed.secret(), followed.channel(), "{}", "", taker)) {
            return cursor.get(1, TimeUnit.MINUTES);
        }
    }

    /** From now on nobody is cut off. */
    void stay() {
        followers.forEach(Follower::stay);
    }

    /** Waits until every client has the newest state of every row; false when that takes minutes. */
    boolean await(Map<String, Long> rows) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (missing(rows) > 0) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(500);
        }
        return true;
    }

    /** Rows whose newest state a client does not have, over all clients. */
    private long missing(Map<String, Long> rows) {
        return followers.stream()
                .mapToLong(follower -> rows.entrySet().stream()
                        .filter(row -> !follower.deliveries().has(row.getKey(), row.getValue()))
                        .count())
                .sum();
    }

    /** Says what came; true when that is all there is, once and in order. */
    boolean account(Map<String, Long> rows, Results results) {
        long missing = missing(rows);
        long outOfOrder = sum(Deliveries::outOfOrder);
        long repeated = sum(Deliveries::repeated);
        long gaps = sum(Deliveries::gaps);
        results.figure(channel + "_clients", followers.size(), "");
        results.figure(
                channel + "_connections",
                followers.stream().mapToLong(Follower::connections).sum(),
                "");
        results.figure(channel + "_events", sum(Deliveries::events), "over all clients");
        results.figure(channel + "_rows", rows.size(), "that each client must have");
        results.figure(channel + "_rows_missing", missing, "over all clients");
        results.figure(channel + "_events_out_of_order", outOfOrder, "");
        results.figure(channel + "_events_repeated", repeated, "on a connection or after a cut");
        results.figure(channel + "_gaps", gaps, "");
        results.figure(channel + "_errors", sum(Deliveries::errors), "");
        return missing == 0 && outOfOrder == 0 && repeated == 0 && gaps == 0 && !rows.isEmpty();
    }

    private long sum(ToLongFunction<Deliveries> figure) {
        return followers.stream().map(Follower::deliveries).mapToLong(figure).sum();
    }

    @Override
    public void close() throws InterruptedException {
        for (Follower follower : followers) {
            follower.close();
        }
    }
}
