package io.millrace.bench.feed;

import io.millrace.bench.load.Endpoint;
import io.millrace.bench.stack.ApiClient;
import io.millrace.bench.stack.Ready;
import io.millrace.bench.stack.Stack;
import io.millrace.bench.stack.StackFolder;
import io.millrace.bench.stack.TotalsStore;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;

/** The stack whose feed is followed: the process that lives now, and where it answers now. */
final class FeedSubject implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(5);

    private final StackFolder.Credentials credentials;
    private final ApiClient.Tenant bursts;
    private final ApiClient.Tenant outages;
    private Stack stack;
    private volatile Ready ready;

    private FeedSubject(
            Stack stack,
            Ready ready,
            StackFolder.Credentials credentials,
            ApiClient.Tenant bursts,
            ApiClient.Tenant outages) {
        this.stack = stack;
        this.ready = ready;
        this.credentials = credentials;
        this.bursts = bursts;
        this.outages = outages;
    }

    static FeedSubject start(Stack.Launch launch) throws IOException, InterruptedException {
        Stack stack = Stack.start(launch);
        try {
            Ready ready = stack.awaitReady(START);
            StackFolder.Credentials credentials = stack.folder().credentials();
            ApiClient projects = new ApiClient(ready.api(), credentials.token());
            return new FeedSubject(
                    stack, ready, credentials, projects.newProject("bursts"), projects.newProject("outages"));
        } catch (IOException | InterruptedException | RuntimeException e) {
            stack.killTree();
            throw e;
        }
    }

    /** Kills everything and starts it again; returns how long it took until it was ready. */
    Duration killAndRestart() throws IOException, InterruptedException {
        long began = System.nanoTime();
        stack.treeKiller().run();
        stack.awaitEnd();
        stack = stack.again();
        ready = stack.awaitReady(START);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    Endpoint endpoint() {
        return new Endpoint(ready.ingest(), credentials.secret());
    }

    ApiClient api() {
        return new ApiClient(ready.api(), credentials.secret());
    }

    /** Where the feed is just now. */
    URI live() {
        return URI.create("ws://" + ready.api().getAuthority() + "/v1/live");
    }

    String secret() {
        return credentials.secret();
    }

    /** The project whose requests fail now and then. */
    ApiClient.Tenant bursts() {
        return bursts;
    }

    /** The project whose environments fail one after the other while pushes are timed. */
    ApiClient.Tenant outages() {
        return outages;
    }

    /** Where the edge is just now. */
    URI ingest() {
        return ready.ingest();
    }

    long machinePid() {
        return stack.pid();
    }

    UUID project() {
        return credentials.project();
    }

    StackFolder folder() {
        return stack.folder();
    }

    TotalsStore store() throws IOException, SQLException {
        return TotalsStore.open(stack.folder().postgres());
    }

    @Override
    public void close() throws InterruptedException {
        stack.close();
    }
}
