package io.millrace.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.backing.BackingStack;
import io.millrace.embedded.DataFolder;
import io.millrace.embedded.Teardown;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;

/** Everything that {@code up} starts, in this process and in one folder; and what its files say of it. */
final class Stack implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEMPORARY_FOLDER = "java.io.tmpdir";

    private final Path folder;
    private final Teardown teardown;
    private final String readyLine;
    private final Servers servers;

    private Stack(Path folder, Teardown teardown, String readyLine, Servers servers) {
        this.folder = folder;
        this.teardown = teardown;
        this.readyLine = readyLine;
        this.servers = servers;
    }

    /** Starts in that folder, at any free ports; what it says on the way is not shown. */
    static Stack in(Path folder) {
        return in(folder, EmbeddedServers::in);
    }

    /** As {@link #in}, but on the log and the database that the build chose for tests. */
    static Stack onChosenServers(Path folder) {
        BackingStack backing = BackingStack.shared();
        return backing.isEmbedded() ? in(folder) : in(folder, (data, teardown) -> BorrowedServers.of(backing));
    }

    private static Stack in(Path folder, BiFunction<DataFolder, Teardown, Servers> servers) {
        Teardown teardown = Teardown.atExit();
        String temporary = System.getProperty(TEMPORARY_FOLDER);
        try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            UpOptions options = new UpOptions(folder, 0, 0, 0, 0, false, false);
            AtomicReference<Servers> made = new AtomicReference<>();
            Up up = new Up(options, teardown, silent, (data, down) -> {
                made.set(servers.apply(data, down));
                return made.get();
            });
            return new Stack(folder, teardown, up.start(), made.get());
        } catch (Exception e) {
            teardown.close();
            throw new IllegalStateException("the stack does not start", e);
        } finally {
            // It is the whole process's, which outlives this folder.
            System.setProperty(TEMPORARY_FOLDER, temporary);
        }
    }

    Path folder() {
        return folder;
    }

    /** The line that tells scripts where everything is. */
    String readyLine() {
        return readyLine;
    }

    /** What it stands on. */
    Servers servers() {
        return servers;
    }

    URI ingest() {
        return URI.create(credential("ingest_url"));
    }

    URI grpc() {
        return URI.create(credential("grpc_url"));
    }

    URI api() {
        return URI.create(credential("api_url"));
    }

    /** A key with every scope, of the first project. */
    String adminToken() {
        return credential("api_token");
    }

    private String credential(String name) {
        return file("credentials.json").required(name).textValue();
    }

    /** A number that {@code ports.json} has of a service: {@code port}, {@code pid}. */
    int told(String service, String what) {
        return file("ports.json").required(service).required(what).intValue();
    }

    private JsonNode file(String name) {
        try {
            return JSON.readTree(folder.resolve(name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A password of the folder. */
    String secret(String name) {
        try {
            return Files.readAllLines(folder.resolve("secrets")).stream()
                    .filter(line -> line.startsWith(name + "="))
                    .map(line -> line.substring(name.length() + 1))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a signal to stop would. */
    @Override
    public void close() {
        teardown.close();
    }
}
