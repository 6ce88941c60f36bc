package io.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code postmaster.pid} of a data folder: who serves it, and whether it is ready. */
final class PostmasterFile {
    private static final Logger LOGGER = LoggerFactory.getLogger(PostmasterFile.class);
    private static final int STATUS_LINE = 7;

    enum Status {
        /** On its way to take connections, which is long where it recovers from a crash. */
        STARTING,
        READY,
        /** There is no server, it stops, or it has not come far enough to say. */
        OTHER
    }

    private final Path data;
    private final Path file;

    PostmasterFile(Path data) {
        this.data = data;
        this.file = data.resolve("postmaster.pid");
    }

    /** The process that the file names; it may be long dead. */
    OptionalLong pid() throws IOException {
        var lines = lines();
        if (lines.isEmpty()) return OptionalLong.empty();
        try {
            return OptionalLong.of(Long.parseLong(lines.get(0).strip()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** What the server says of itself. */
    Status status() throws IOException {
        var lines = lines();
        return lines.size() <= STATUS_LINE
                ? Status.OTHER
                : switch (lines.get(STATUS_LINE).strip()) {
                    case "starting" -> Status.STARTING;
                    case "ready" -> Status.READY;
                    default -> Status.OTHER;
                };
    }

    private List<String> lines() throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /**
     * Stops a server that an earlier process left behind, and only that: a process that has got its number since then is
     * left alone. Where the system does not tell what the process is, Postgres itself has to decide.
     */
    void clear() throws IOException {
        var process = process().filter(named -> !hasEnded(named));
        if (process.isPresent() && process.get().info().command().isEmpty()) return;
        var owner = process.filter(this::isPostgresOfThisFolder);
        if (owner.isPresent()) {
            LOGGER.atInfo().addKeyValue("pid", owner.get().pid()).log("stopping a postgres that was left behind");
            stop(owner.get());
        }
        Files.deleteIfExists(file);
    }

    /** The living server of this folder, if the file names one. */
    Optional<ProcessHandle> server() throws IOException {
        return process().filter(this::isPostgresOfThisFolder);
    }

    private Optional<ProcessHandle> process() throws IOException {
        var pid = pid();
        return pid.isPresent() ? ProcessHandle.of(pid.getAsLong()) : Optional.empty();
    }

    /** Fast, then immediate, then by force. */
    static void stop(ProcessHandle postgres) {
        if (!ended(postgres, "INT", 20) && !ended(postgres, "QUIT", 5)) ended(postgres, "KILL", 5);
    }

    private static boolean ended(ProcessHandle postgres, String signal, int seconds) {
        if (!postgres.isAlive()) return true;
        Command.signal(postgres.pid(), signal);
        try {
            postgres.onExit().get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot wait for postgres to end", e);
        }
    }

    /**
     * Whether the process is dead though its number is still taken, because nobody has asked for its status yet. Postgres
     * would think that it lives, and refuse to start.
     */
    private static boolean hasEnded(ProcessHandle process) {
        try {
            var stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state == 'Z' || state == 'X';
        } catch (NoSuchFileException e) {
            return !process.isAlive();
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isPostgresOfThisFolder(ProcessHandle process) {
        var command = process.info().command().orElse("");
        if (!command.endsWith("/postgres")) return false;
        var arguments = process.info().arguments();
        return arguments.isEmpty() || Arrays.asList(arguments.get()).contains(data.toString());
    }
}
