package io.millrace.bench.faults;

import io.millrace.bench.load.Sender;
import io.millrace.bench.stack.StackFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Carries out one fault at a moment when requests are unanswered. */
final class Strike {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final long POLL_NANOS = 200_000;

    private final Subject subject;
    private final Sender sender;

    Strike(Subject subject, Sender sender) {
        this.subject = subject;
        this.sender = sender;
    }

    /**
     * Strikes.
     *
     * @return how many requests were sent whole before and had no answer after
     */
    int carryOut(Fault fault) throws IOException {
        return switch (fault) {
            case MACHINE -> kill(() -> subject.stack().killMachine());
            case TREE -> kill(subject.stack().treeKiller());
            case POSTGRES -> killPostgres();
            case TASK -> failTask();
        };
    }

    private int killPostgres() throws IOException {
        StackFolder folder = subject.stack().folder();
        ProcessHandle postmaster = ProcessHandle.of(folder.postmaster())
                .orElseThrow(() -> new IOException("there was no Postgres to kill"));
        return kill(postmaster::destroyForcibly);
    }

    private int kill(Runnable blow) {
        long[] unanswered = awaitUnanswered();
        blow.run();
        return sender.stillUnanswered(unanswered);
    }

    private long[] awaitUnanswered() {
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        long[] unanswered = sender.unanswered();
        while (sender.stillUnanswered(unanswered) == 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
            unanswered = sender.unanswered();
        }
        return unanswered;
    }

    /** The job looks for the file each second, deletes it, and fails. */
    private int failTask() throws IOException {
        Path file = subject.stack().folder().failTask();
        Files.createDirectories(file.getParent());
        Files.createFile(file);
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        long[] unanswered = sender.unanswered();
        while (Files.exists(file)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("no task looked for " + file + " within " + LONGEST_WAIT.toSeconds() + " s");
            }
            unanswered = sender.unanswered();
            LockSupport.parkNanos(POLL_NANOS);
        }
        return sender.stillUnanswered(unanswered);
    }
}
