package io.millrace.bench.clients;

import io.millrace.bench.command.Results;
import io.millrace.bench.stack.ApiClient;
import io.millrace.bench.stack.Ledger;
import io.millrace.clients.ClientEnd;
import io.millrace.clients.ClientProgram;
import io.millrace.clients.ClientReport;
import io.millrace.clients.InstalledClients;
import io.millrace.clients.ModelServer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** All clients at once through one outage. */
final class OutageTrial {
    private static final Duration TO_BEGIN = Duration.ofMinutes(2);
    /** Two of each second. */
    private static final long CALLS_BEFORE = 12;

    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final long POLL_MILLIS = 100;
    /** Far above what a client sends: each request is counted, and none is refused. */
    private static final Map<String, Map<String, Object>> LIMITS = Map.of("limits", Map.of("spans_per_second", 10_000));

    private final Ground ground;
    private final ClientsOptions options;
    private final Function<ClientProgram.Language, InstalledClients> installed;
    private final Results results;

    OutageTrial(
            Ground ground,
            ClientsOptions options,
            Function<ClientProgram.Language, InstalledClients> installed,
            Results results) {
        this.ground = ground;
        this.options = options;
        this.installed = installed;
        this.results = results;
    }

    List<ClientResult> run(Outage outage) throws IOException, InterruptedException, SQLException {
        results.say(outage.label());
        List<Participant> participants = new ArrayList<>();
        Instant start = Instant.now();
        try (ModelServer model = ModelServer.start();
                Edge edge = ground.edge(outage)) {
            for (ClientProgram program : options.programs()) {
                participants.add(participant(outage, program, edge));
            }
            Blow blow = new Blow(ground, edge, results);
            double capacity = blow.measure(outage);
            model.hold();
            participants.forEach(participant -> participant.start(ground.root(), installed, model, options.sending()));
            awaitCalls(participants, model, 1);
            model.release();
            awaitCalls(participants, model, CALLS_BEFORE);
            Duration length = blow.carryOut(
                    outage, participants.stream().map(Participant::tap).toList(), capacity);
            participants.forEach(participant ->
                    participant.end().handle((end, failure) -> true).join());
            return account(outage, length, participants, new Account(ground, edge, start, results));
        } finally {
            for (Participant participant : participants) {
                participant.close();
            }
        }
    }

    private Participant participant(Outage outage, ClientProgram program, Edge edge)
            throws IOException, InterruptedException {
        ApiClient admin = ground.admin();
        ApiClient.Tenant tenant = admin.newProject(outage.word() + " " + program.name(), LIMITS);
        edge.awaitKey(tenant.secret());
        return new Participant(program, tenant, edge);
    }

    /** Until each has asked its model so often, or has ended, as one does that cannot be run. */
    private static void awaitCalls(List<Participant> participants, ModelServer model, long calls)
            throws InterruptedException, IOException {
        long deadline = System.nanoTime() + TO_BEGIN.toNanos();
        while (!participants.stream()
                .allMatch(participant -> participant.end().isDone()
                        || model.calls(participant.program().name()) >= calls)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("not every client asks its model after " + TO_BEGIN.toSeconds() + " s");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private List<ClientResult> account(Outage outage, Duration length, List<Participant> participants, Account account)
            throws IOException, InterruptedException, SQLException {
        Map<String, Account.Entry> entries = account.settled(participants);
        int again = 0;
        for (Participant participant : participants) {
            again += account.sendAgain(participant);
        }
        results.say("  " + again + " requests that were answered with a success are sent once more");
        Map<String, Account.Entry> after = account.settled(participants);
        List<ClientResult> rows = new ArrayList<>();
        for (Participant participant : participants) {
            String name = participant.program().name();
            Account.Entry entry = Objects.requireNonNull(entries.get(name));
            long missed = Objects.requireNonNull(after.get(name)).facts() - entry.facts();
            try {
                ClientEnd end = participant.end().join();
                rows.add(result(outage, length, participant, end, entry, missed));
            } catch (CompletionException e) {
                results.say("  " + name + " SKIPPED: " + e.getCause());
            }
        }
        return rows;
    }

    private ClientResult result(
            Outage outage, Duration length, Participant participant, ClientEnd end, Account.Entry entry, long missed) {
        ClientProgram program = participant.program();
        ClientReport report = end.last();
        Persistence recorded = RecordedFailures.of(program.name());
        double perMilli = (double) report.spans() / options.sending().toMillis();
        // Spans come once a second: which second is the first of the outage is not known, nor which is the last.
        long least = recorded.leastLost(outage, length).minus(ROUND).toMillis();
        Duration most = recorded.mostLost(outage, length);
        long atWorst =
                most.isZero() ? 0 : (long) (most.plus(ROUND.multipliedBy(2)).toMillis() * perMilli);
        return new ClientResult(
                program.name(),
                report.client().replaceFirst(".*[:/]", "") + " " + report.version(),
                outage,
                report.spans(),
                entry.facts(),
                entry.ledger().duplicate(),
                program.grpc() ? -1 : missed,
                (long) (Math.max(0, least) * perMilli),
                Math.min(report.spans(), atWorst),
                recorded.reason(),
                remarks(end, participant.tap().answers(), entry.ledger()));
    }

    private static List<String> remarks(ClientEnd end, Map<Integer, Long> answers, Ledger ledger) {
        List<String> remarks = new ArrayList<>();
        answers.forEach((status, count) -> {
            if (status >= 300) {
                remarks.add(count + " answered " + status);
            }
        });
        if (!end.well()) {
            remarks.add("did not end well: " + end.told().lines().findFirst().orElse(""));
        }
        int complaints = end.last().complaints().size();
        if (complaints > 0) {
            remarks.add(complaints + " complaints");
        }
        if (ledger.inFlight() > 0) {
            remarks.add(ledger.inFlight() + " wait for their end");
        }
        if (ledger.quarantined() + ledger.refused() > 0) {
            remarks.add(ledger.refused() + " refused, " + ledger.quarantined() + " quarantined");
        }
        if (!ledger.balanced()) {
            remarks.add("ledger NOT BALANCED");
        }
        return remarks;
    }
}
