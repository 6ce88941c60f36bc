package io.millrace.bench.clients;

import io.millrace.bench.stack.ApiClient;
import io.millrace.clients.ClientEnd;
import io.millrace.clients.ClientProgram;
import io.millrace.clients.ClientsMissing;
import io.millrace.clients.Destination;
import io.millrace.clients.InstalledClients;
import io.millrace.clients.ModelServer;
import io.millrace.clients.Rounds;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** One client in one outage: its program, a project of its own, and what stands between it and the edge. */
final class Participant implements AutoCloseable {
    private static final Duration TO_FLUSH = Duration.ofMinutes(2);

    private final ClientProgram program;
    private final ApiClient.Tenant tenant;
    private final Edge edge;
    private final Tap tap;
    private final CompletableFuture<ClientEnd> end = new CompletableFuture<>();

    Participant(ClientProgram program, ApiClient.Tenant tenant, Edge edge) throws IOException {
        this.program = program;
        this.tenant = tenant;
        this.edge = edge;
        this.tap = new Tap(edge.port());
    }

    ClientProgram program() {
        return program;
    }

    ApiClient.Tenant tenant() {
        return tenant;
    }

    Tap tap() {
        return tap;
    }

    /** How it ended; fails where it could not be run. */
    CompletableFuture<ClientEnd> end() {
        return end;
    }

    /** Lets it send once a second, in a thread of its own. */
    void start(
            Path root,
            Function<ClientProgram.Language, InstalledClients> installed,
            ModelServer model,
            Duration sending) {
        Thread thread = new Thread(
                () -> {
                    try {
                        Destination destination =
                                new Destination(tap.address(), edge.grpc(), tenant.publicKey(), tenant.secret());
                        Map<String, String> settings = program.settings(root, destination, model.address());
                        Rounds rounds = new Rounds((int) sending.toSeconds(), Duration.ofSeconds(1));
                        end.complete(installed
                                .apply(program.language())
                                .run(program, settings, rounds, sending.plus(TO_FLUSH)));
                    } catch (ClientsMissing | IllegalStateException e) {
                        end.completeExceptionally(e);
                    }
                },
                program.name());
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        tap.close();
    }
}
