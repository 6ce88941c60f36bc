package io.millrace.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.flink.api.common.JobID;

/** Looks at a data folder without opening it: whoever has it open does not notice, and nothing in it changes. */
public final class DataFolderView {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path root;

    public DataFolderView(Path root) {
        this.root = root.toAbsolutePath();
    }

    public Path root() {
        return root;
    }

    /** The process that has it open. The lock is not tried: that would take it from one that starts at this moment. */
    public OptionalLong owner() {
        if (DataFolder.isOpenHere(root)) {
            return OptionalLong.of(ProcessHandle.current().pid());
        }
        try {
            Path lock = root.resolve(".lock");
            String text = Files.isRegularFile(lock) ? Files.readString(lock).strip() : "";
            return text.isEmpty() || !isJava(Long.parseLong(text))
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(text));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** The living Postgres of this folder, whoever started it. */
    public OptionalLong postgres() {
        try {
            return pid(new PostmasterFile(new PostgresFolder(root.resolve("postgres")).data()).server());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The living Redis of this folder, whoever started it. */
    public OptionalLong redis() {
        try {
            return pid(new RedisFolder(root.resolve("redis")).server());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OptionalLong pid(Optional<ProcessHandle> process) {
        return process.isPresent() ? OptionalLong.of(process.get().pid()) : OptionalLong.empty();
    }

    /**
     * Whether the programs of Postgres run as this user; empty while they are not unpacked.
     *
     * @throws IllegalStateException when this user is root and nothing can start them as somebody else
     */
    public Optional<Boolean> postgresRuns() {
        Path program = root.resolve("postgres")
                .resolve("bin-" + PostgresBinaries.VERSION)
                .resolve("bin/postgres");
        return Files.exists(program)
                ? Optional.of(Command.succeeds(Unprivileged.here().command(List.of(program.toString(), "--version"))))
                : Optional.empty();
    }

    /** Whether any job has a checkpoint that is whole. */
    public boolean hasCheckpoint() {
        Path folder = root.resolve("flink/checkpoints");
        if (!Files.isDirectory(folder)) {
            return false;
        }
        Checkpoints checkpoints = new Checkpoints(folder);
        try (var jobs = Files.list(folder)) {
            return jobs.map(path -> path.getFileName().toString())
                    .filter(name -> name.matches("[0-9a-f]{32}"))
                    .anyMatch(name ->
                            checkpoints.newest(JobID.fromHexString(name)).isPresent());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
    }

    /** The port that a service listened on at the last start; empty if it was never said. */
    public OptionalInt port(String service) {
        JsonNode port = ports().path(service).path("port");
        return port.isInt() ? OptionalInt.of(port.intValue()) : OptionalInt.empty();
    }

    /** How clients find the broker of the last start, and log in. */
    public Map<String, String> kafkaClient() {
        return Broker.clientProperties("127.0.0.1:" + port("kafka").orElseThrow(), secret("kafka"));
    }

    /** The database of the last start, for {@link Postgres#USER}. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port("postgres").orElseThrow() + "/"
                + ports().path("postgres").path("database").asText();
    }

    /** A secret that is there. */
    public String secret(String name) {
        try {
            return new Secrets(root.resolve("secrets")).find(name).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + root.resolve("secrets"), e);
        }
    }

    private JsonNode ports() {
        Path file = root.resolve("ports.json");
        try {
            return Files.isRegularFile(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    /** A number in an old lock may be another process' by now. */
    private static boolean isJava(long pid) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info().command().orElse("java").endsWith("java"))
                .isPresent();
    }
}
