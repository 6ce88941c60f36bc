package io.millrace.embedded;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts child processes, all of them from one thread that lives as long as the process.
 *
 * <p>A child asks its system for a signal when its parent dies, and the system takes the thread that started it for the
 * parent: started from a thread of a pool, a child would be stopped whenever the pool shrinks.
 */
final class ChildLauncher {
    private static final ExecutorService THREAD = Executors.newSingleThreadExecutor(task -> {
        var thread = new Thread(task, "child-launcher");
        thread.setDaemon(true); // daemons run until the process has ended, later than every shutdown hook
        return thread;
    });

    private ChildLauncher() {}

    /** Waits for the start even when interrupted: a child that nobody knows of could never be stopped. */
    static Process start(ProcessBuilder builder) throws IOException {
        var starting = THREAD.submit(builder::start);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return starting.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cannotStart) throw cannotStart;
            throw new IllegalStateException("cannot start " + builder.command().get(0), e.getCause());
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }
}
