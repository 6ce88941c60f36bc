package io.millrace.bench.clients;

import io.millrace.bench.command.Results;
import io.millrace.bench.stack.Ledger;
import io.millrace.bench.stack.TotalsStore;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is stored of each client when nothing is on its way any more. */
final class Account {
    private static final Duration LONGEST = Duration.ofMinutes(6);
    private static final Duration UNCHANGED = Duration.ofSeconds(25);
    private static final long POLL_MILLIS = 2_000;
    private static final int UNAVAILABLE = 503;
    private static final int TRIES = 5;
    /** What a client of HTTP sets by itself, and what is of one connection only. */
    private static final Set<String> NOT_PASSED_ON = Set.of(
            "host", "content-length", "connection", "transfer-encoding", "expect", "upgrade", "keep-alive", "te");

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Ground ground;
    private final Edge edge;
    private final Instant start;
    private final Results results;

    /** @param start before the first span */
    Account(Ground ground, Edge edge, Instant start, Results results) {
        this.ground = ground;
        this.edge = edge;
        this.start = start;
        this.results = results;
    }

    /** Of one client: rows of its project, and what the ledger says. */
    record Entry(long facts, Ledger ledger) {}

    /**
     * Waits until the jobs have seen all that was sent before now, and nothing changes any more.
     *
     * @return by the client's name
     */
    Map<String, Entry> settled(List<Participant> participants) throws SQLException, IOException, InterruptedException {
        Instant sent = Instant.now();
        long deadline = System.nanoTime() + LONGEST.toNanos();
        long unchangedSince = System.nanoTime();
        Map<String, Entry> before = Map.of();
        while (true) {
            Map<String, Entry> now = entries(participants);
            long read = readUntil();
            if (!now.equals(before)) {
                unchangedSince = System.nanoTime();
            }
            before = now;
            boolean seen = read > sent.getEpochSecond() + 1;
            boolean quiet = now.values().stream().allMatch(entry -> entry.ledger.inFlight() == 0);
            boolean still = System.nanoTime() - unchangedSince > UNCHANGED.toNanos();
            if (seen && (quiet || still)) {
                return now;
            }
            if (System.nanoTime() > deadline) {
                results.say("  NOT SETTLED after " + LONGEST.toSeconds() + " s: read until " + read + ", sent until "
                        + sent.getEpochSecond());
                return now;
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private long readUntil() throws SQLException, IOException {
        try (TotalsStore store = ground.store()) {
            return store.streamTime();
        }
    }

    private Map<String, Entry> entries(List<Participant> participants)
            throws SQLException, IOException, InterruptedException {
        Map<String, Entry> entries = new HashMap<>();
        try (TotalsStore store = ground.store()) {
            for (Participant participant : participants) {
                Ledger ledger = ground.api(participant.tenant().secret())
                        .ledger(start, Instant.now().plus(Duration.ofHours(1)));
                entries.put(
                        participant.program().name(),
                        new Entry(store.factCount(participant.tenant().project()), ledger));
            }
        }
        return entries;
    }

    /**
     * Sends once more what a client was told is taken: where that is so, nothing is stored that was not there before.
     *
     * @return how many requests
     */
    int sendAgain(Participant participant) throws IOException, InterruptedException {
        List<Tap.Told> told = participant.tap().told();
        for (Tap.Told taken : told) {
            int status = send(taken.request());
            for (int i = 1; i < TRIES && status == UNAVAILABLE; i++) {
                Thread.sleep(POLL_MILLIS);
                status = send(taken.request());
            }
            if (status >= 300) {
                results.say("  " + participant.program().name() + ": a request that was answered " + taken.status()
                        + " is answered " + status + " when it comes again");
            }
        }
        return told.size();
    }

    private int send(HttpMessages.Message request) throws IOException, InterruptedException {
        HttpRequest.Builder again = HttpRequest.newBuilder(edge.http().resolve(request.word(1)))
                .timeout(Duration.ofSeconds(30))
                .method(request.word(0), HttpRequest.BodyPublishers.ofByteArray(request.body()));
        request.headers().forEach((name, value) -> {
            if (!NOT_PASSED_ON.contains(name)) {
                again.header(name, value);
            }
        });
        return http.send(again.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
