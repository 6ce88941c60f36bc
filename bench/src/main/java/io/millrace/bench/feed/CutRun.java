package io.millrace.bench.feed;

import io.millrace.bench.command.Results;
import io.millrace.bench.load.Sender;
import io.millrace.bench.stack.TotalsStore;
import java.io.IOException;
import java.net.http.HttpClient;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** Clients that are cut off at random while the load runs, and a kill of everything in the middle; then the account. */
final class CutRun {
    private static final Duration RECOVERY = Duration.ofMinutes(5);
    private static final Duration SETTLING = Duration.ofMinutes(5);

    private final FeedSubject subject;
    private final Sender sender;
    private final FeedOptions options;
    private final Results results;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Follower> followers = new ArrayList<>();

    CutRun(FeedSubject subject, Sender sender, FeedOptions options, Results results) {
        this.subject = subject;
        this.sender = sender;
        this.options = options;
        this.results = results;
    }

    /**
     * @param start of the load
     * @return whether every client has what the tables have
     */
    boolean run(Instant start) throws Exception {
        String cursor = now();
        Instant since = Instant.now();
        TraceNames names = new TraceNames();
        for (int i = 0; i < options.clients(); i++) {
            followers.add(new Follower(
                            subject,
                            http,
                            new Deliveries(names, cursor),
                            new Random(options.seed() * 1_000 + i),
                            options.away().toMillis())
                    .start());
        }
        try {
            Thread.sleep(options.duration().toMillis() / 2);
            results.figure("killed_and_ready_after", subject.killAndRestart().toMillis() / 1e3, "s");
            Thread.sleep(options.duration().toMillis() / 2);
            sender.finish();
            if (!sender.await(RECOVERY)) {
                throw new IOException("requests were still unanswered after " + RECOVERY.toSeconds() + " s");
            }
            results.figure("spans_acknowledged", sender.tally().acknowledgedSpans(), "spans");
            Map<String, Long> rows = settled(start, since);
            long began = System.nanoTime();
            followers.forEach(Follower::stay);
            boolean whole = await(rows);
            results.figure("all_caught_up_after", (System.nanoTime() - began) / 1_000_000 / 1e3, "s");
            return account(rows) && whole;
        } finally {
            for (Follower follower : followers) {
                follower.close();
            }
        }
    }

    /** A cursor that stands where the feed is now. */
    private String now() throws Exception {
        CompletableFuture<String> cursor = new CompletableFuture<>();
        FeedSocket.Taker taker = new FeedSocket.Taker() {
            @Override
            public void event(String entity, String revision, String at) {}

            @Override
            public void other(String type, String at, String message) {
                if (type.equals("caught_up")) {
                    cursor.complete(at);
                }
            }
        };
        try (FeedSocket socket =
                FeedSocket.follow(http, subject.live(), subject.secret(), "{\"name\":\"none\"}", "", taker)) {
            return cursor.get(1, TimeUnit.MINUTES);
        }
    }

    /** The rows of traces that began since the clients follow, once every trace is settled and nothing is in flight. */
    private Map<String, Long> settled(Instant start, Instant since) throws Exception {
        long deadline = System.nanoTime() + SETTLING.toNanos();
        for (int quiet = 0; quiet < 3; ) {
            quiet = isQuiet(start) ? quiet + 1 : 0;
            if (System.nanoTime() > deadline) {
                throw new IOException("not quiet after " + SETTLING.toSeconds() + " s");
            }
            Thread.sleep(1_000);
        }
        try (TotalsStore store = subject.store()) {
            return store.traceRevisions(subject.project(), since, Deliveries::revision);
        }
    }

    private boolean isQuiet(Instant start) throws InterruptedException {
        try (TotalsStore store = subject.store()) {
            return store.unsettledTraces(subject.project()) == 0
                    && subject.api()
                                    .ledger(start, Instant.now().plus(Duration.ofHours(1)))
                                    .inFlight()
                            == 0;
        } catch (SQLException | IOException e) {
            return false;
        }
    }

    private boolean await(Map<String, Long> rows) throws InterruptedException {
        long deadline = System.nanoTime() + RECOVERY.toNanos();
        while (missing(rows) > 0) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(500);
        }
        return true;
    }

    /** Rows that a client does not have, over all clients. */
    private long missing(Map<String, Long> rows) {
        return followers.stream()
                .mapToLong(follower -> rows.entrySet().stream()
                        .filter(row -> !follower.deliveries().has(row.getKey(), row.getValue()))
                        .count())
                .sum();
    }

    private boolean account(Map<String, Long> rows) {
        long missing = missing(rows);
        long outOfOrder = sum(Deliveries::outOfOrder);
        long repeated = sum(Deliveries::repeated);
        long gaps = sum(Deliveries::gaps);
        results.figure("clients", followers.size(), "");
        results.figure(
                "connections",
                followers.stream().mapToLong(Follower::connections).sum(),
                "");
        results.figure("events_received", sum(Deliveries::events), "over all clients");
        results.figure("rows", rows.size(), "traces that each client must have");
        results.figure("rows_missing", missing, "over all clients");
        results.figure("events_out_of_order", outOfOrder, "");
        results.figure("events_repeated", repeated, "on a connection or after a cut");
        results.figure("gaps", gaps, "");
        results.figure("errors", sum(Deliveries::errors), "");
        return missing == 0 && outOfOrder == 0 && repeated == 0 && gaps == 0 && !rows.isEmpty();
    }

    private long sum(ToLongFunction<Deliveries> figure) {
        return followers.stream().map(Follower::deliveries).mapToLong(figure).sum();
    }
}
