package io.millrace.bench.faults;

import io.millrace.bench.load.Endpoint;
import io.millrace.bench.stack.ApiClient;
import io.millrace.bench.stack.Ledger;
import io.millrace.bench.stack.Ready;
import io.millrace.bench.stack.Stack;
import io.millrace.bench.stack.StackFolder;
import io.millrace.bench.stack.TotalsStore;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** The stack under faults: the process that lives now, and where it answers now. */
final class Subject implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(5);

    private final StackFolder.Credentials credentials;
    private Stack stack;
    private volatile Ready ready;
    private volatile ApiClient api;

    private Subject(Stack stack, Ready ready, StackFolder.Credentials credentials) {
        this.stack = stack;
        this.credentials = credentials;
        this.ready = ready;
        this.api = new ApiClient(ready.api(), credentials.secret());
    }

    static Subject start(Stack.Launch launch) throws IOException, InterruptedException {
        Stack stack = Stack.start(launch);
        try {
            Ready ready = stack.awaitReady(START);
            return new Subject(stack, ready, stack.folder().credentials());
        } catch (IOException | InterruptedException | RuntimeException e) {
            stack.killTree();
            throw e;
        }
    }

    /** Starts the stack again after it was killed, and waits until it takes work. */
    void restart() throws IOException, InterruptedException {
        stack.awaitEnd();
        stack = stack.again();
        ready = stack.awaitReady(START);
        api = new ApiClient(ready.api(), credentials.secret());
    }

    Stack stack() {
        return stack;
    }

    UUID project() {
        return credentials.project();
    }

    /** Where to send now. */
    Endpoint endpoint() {
        return new Endpoint(ready.ingest(), credentials.secret());
    }

    /** Where the edge is now. */
    URI ingest() {
        return ready.ingest();
    }

    ApiClient api() {
        return api;
    }

    /** The API as another project's key has it. */
    ApiClient api(String secret) {
        return new ApiClient(ready.api(), secret);
    }

    /** A key of a new project. */
    String newProject(String name) throws IOException, InterruptedException {
        return api(credentials.token()).newProject(name).secret();
    }

    Ledger ledger(Instant from) throws IOException, InterruptedException {
        return api.ledger(from, Instant.now().plus(Duration.ofHours(1)));
    }

    TotalsStore store() throws IOException, SQLException {
        return TotalsStore.open(stack.folder().postgres());
    }

    @Override
    public void close() throws InterruptedException {
        stack.close();
    }
}
