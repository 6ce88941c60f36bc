package io.millrace.bench.flow;

import io.millrace.bench.load.Endpoint;
import io.millrace.bench.process.ProcessMemory;
import io.millrace.bench.process.ProcessorTime;
import io.millrace.bench.stack.ApiClient;
import io.millrace.bench.stack.Ready;
import io.millrace.bench.stack.Stack;
import io.millrace.bench.stack.StackFolder;
import io.millrace.bench.stack.TotalsStore;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;

/** The stack whose flow is measured. */
record FlowSubject(Stack stack, Endpoint endpoint, ApiClient api, TotalsStore store, UUID project)
        implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(5);

    static FlowSubject start(Stack.Launch launch) throws IOException, InterruptedException, SQLException {
        Stack stack = Stack.start(launch);
        try {
            Ready ready = stack.awaitReady(START);
            StackFolder.Credentials credentials = stack.folder().credentials();
            return new FlowSubject(
                    stack,
                    new Endpoint(ready.ingest(), credentials.secret()),
                    new ApiClient(ready.api(), credentials.secret()),
                    TotalsStore.open(stack.folder().postgres()),
                    credentials.project());
        } catch (IOException | InterruptedException | SQLException | RuntimeException e) {
            stack.killTree();
            throw e;
        }
    }

    ProcessorTime processorTime() throws IOException {
        return ProcessorTime.now(stack.pid(), stack.folder().postmaster());
    }

    ProcessMemory memory() throws IOException, InterruptedException {
        return ProcessMemory.now(stack.pid(), stack.folder().postmaster());
    }

    @Override
    public void close() throws SQLException, InterruptedException {
        store.close();
        stack.close();
    }
}
