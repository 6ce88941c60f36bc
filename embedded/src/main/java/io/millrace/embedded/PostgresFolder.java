package io.millrace.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The folder of one server: its data, its log, and for a moment the file with the password of the first start. */
final class PostgresFolder {
    private static final long LOG_LIMIT = 16L << 20;
    private static final int TAIL_LINES = 15;

    private final Path folder;

    PostgresFolder(Path folder) {
        this.folder = folder;
    }

    Path data() {
        return folder.resolve("data");
    }

    Path log() {
        return folder.resolve("postgres.log");
    }

    /**
     * Creates the data beside its place and moves it there when it is whole: an interrupted attempt leaves nothing that
     * looks like data.
     */
    void initialise(PostgresCommands commands, Unprivileged unprivileged, String password) throws IOException {
        if (Files.isDirectory(data())) {
            unprivileged.give(folder);
            return;
        }
        var beside = folder.resolve("data.new");
        var passwordFile = folder.resolve("password.new");
        PrivateFiles.delete(beside);
        PrivateFiles.replace(passwordFile, password + "\n");
        try {
            PrivateFiles.folder(beside);
            unprivileged.give(folder);
            run(commands.initdb(beside, passwordFile));
            Files.move(beside, data(), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(passwordFile);
        }
    }

    private void run(List<String> command) throws IOException {
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        try {
            if (process.waitFor() != 0) throw new IOException("initdb failed: " + logTail());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while creating the database", e);
        }
    }

    /** Keeps one older log when the current one has grown large. */
    void rotateLog() throws IOException {
        if (!Files.exists(log()) || Files.size(log()) < LOG_LIMIT) return;
        Files.move(log(), folder.resolve("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** The last lines of the server's log, for the message of a failure. */
    String logTail() {
        try {
            var lines = Files.readAllLines(log());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
