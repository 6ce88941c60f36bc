package io.millrace.bench.feed;

import io.millrace.bench.command.Results;
import io.millrace.bench.process.ProcessMemory;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A client that follows all traces and reads nothing: what that costs the service, and what it is told in the end. */
final class IdleReader implements WebSocket.Listener {
    private static final Duration BETWEEN_SAMPLES = Duration.ofMinutes(1);
    private static final double MIB = 1 << 20;

    private final FeedSubject subject;
    private final CompletableFuture<String> closed = new CompletableFuture<>();

    IdleReader(FeedSubject subject) {
        this.subject = subject;
    }

    /**
     * Stays connected for that long, and then reads what there is.
     *
     * @return whether it was told that it was too slow
     */
    boolean run(Duration time, Results results) throws IOException, InterruptedException {
        WebSocket socket = connect();
        long end = System.nanoTime() + time.toNanos();
        memory(results, "at the start");
        for (int minute = 1; System.nanoTime() < end; minute++) {
            TimeUnit.NANOSECONDS.sleep(Math.min(BETWEEN_SAMPLES.toNanos(), end - System.nanoTime()));
            memory(results, "in minute " + minute);
        }
        socket.request(Long.MAX_VALUE);
        try {
            String told = closed.get(1, TimeUnit.MINUTES);
            results.figure("idle_client_was_told", told, "");
            return told.startsWith("4408");
        } catch (TimeoutException e) {
            results.figure("idle_client_was_told", "nothing", "");
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            results.figure("idle_client_was_told", "cut off: " + e.getCause(), "");
            return false;
        } finally {
            socket.abort();
        }
    }

    private WebSocket connect() throws IOException {
        try {
            WebSocket socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .header("Authorization", "Bearer " + subject.secret())
                    .buildAsync(subject.live(), this)
                    .join();
            socket.sendText("{\"type\":\"subscribe\",\"id\":\"t\",\"channel\":\"traces\",\"filter\":{}}", true)
                    .join();
            return socket;
        } catch (CompletionException e) {
            throw new IOException("the feed does not take the client: " + e.getCause(), e);
        }
    }

    private void memory(Results results, String when) throws IOException, InterruptedException {
        ProcessMemory memory =
                ProcessMemory.now(subject.machinePid(), subject.folder().postmaster());
        results.say("  with a client that does not read, %s: resident %.0f MiB, heap after collection %.0f MiB"
                .formatted(
                        when,
                        memory.machineResident() / MIB,
                        memory.heapAfterCollection().orElse(0) / MIB));
    }

    /** Asks for nothing: what comes stays in the socket's buffers, and then in the service's. */
    @Override
    public void onOpen(WebSocket socket) {
        // No request.
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        closed.complete(code + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
        closed.completeExceptionally(failure);
    }
}
