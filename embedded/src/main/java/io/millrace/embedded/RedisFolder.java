package io.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder of one server: its settings, its log, and which process it is. */
final class RedisFolder {
    private static final Logger LOGGER = LoggerFactory.getLogger(RedisFolder.class);
    private static final int TAIL_LINES = 15;
    private static final int SECONDS_TO_STOP = 5;

    private final Path folder;

    RedisFolder(Path folder) {
        this.folder = folder;
    }

    Path log() {
        return folder.resolve("redis.log");
    }

    /** Writes the settings, for the owner only. */
    Path configure(RedisConfig config) throws IOException {
        var file = folder.resolve("redis.conf");
        PrivateFiles.replace(file, config.settings());
        return file;
    }

    void remember(long pid) throws IOException {
        PrivateFiles.replace(pidFile(), pid + "\n");
    }

    private Path pidFile() {
        return folder.resolve("redis.pid");
    }

    /** Stops a server that an earlier process left behind, and only that. */
    void clear() throws IOException {
        var orphan = server();
        if (orphan.isPresent()) {
            LOGGER.atInfo().addKeyValue("pid", orphan.get().pid()).log("stopping a redis that was left behind");
            stop(orphan.get());
        }
        Files.deleteIfExists(pidFile());
    }

    /** The living server of this folder, if there is one. */
    Optional<ProcessHandle> server() throws IOException {
        return remembered().filter(this::isRedisOfThisFolder);
    }

    private Optional<ProcessHandle> remembered() throws IOException {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(pidFile()).strip()));
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Redis changes what its command line says, but neither its program nor the folder that it works in. */
    private boolean isRedisOfThisFolder(ProcessHandle process) {
        var program = Path.of(process.info().command().orElse("")).getFileName();
        if (program == null
                || !(program.toString().startsWith("redis")
                        || program.toString().startsWith("valkey"))) {
            return false;
        }
        var worksIn = Path.of("/proc", Long.toString(process.pid()), "cwd");
        if (!Files.isDirectory(Path.of("/proc"))) return true;
        try {
            return Files.readSymbolicLink(worksIn).equals(folder.toRealPath());
        } catch (IOException gone) {
            return false;
        }
    }

    /** In order, then by force. */
    static void stop(ProcessHandle redis) {
        redis.destroy();
        if (!ended(redis)) {
            redis.destroyForcibly();
            ended(redis);
        }
    }

    private static boolean ended(ProcessHandle redis) {
        try {
            redis.onExit().get(SECONDS_TO_STOP, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot wait for redis to end", e);
        }
    }

    /** The last lines of the server's log, for the message of a failure. */
    String logTail() {
        try {
            List<String> lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
