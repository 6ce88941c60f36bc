package io.millrace.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A program of this machine that is run to its end. What it says is in files, for people to read afterwards. */
final class Command {
    private final ProcessBuilder process;
    private final Path output;
    private final Path errors;

    /**
     * @param folder where it runs, and where what it says is kept
     * @param name of the files that have it
     */
    Command(Path folder, String name, List<String> words) {
        output = folder.resolve(name + ".out");
        errors = folder.resolve(name + ".err");
        process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
    }

    /**
     * How it ended, and what it said on either stream.
     *
     * @param inTime by itself, within its limit
     */
    record Ended(boolean inTime, int code, String output, String errors) {
        boolean well() {
            return inTime && code == 0;
        }

        /** For somebody who has to find out why. */
        String told() {
            return "%s%n%s%n%s".formatted(inTime ? "it ended with " + code : "it took too long", output, errors);
        }
    }

    /** In an environment of these variables and a path alone, so that nothing of this machine's settings gets in. */
    Command alone(Map<String, String> variables) {
        Map<String, String> environment = process.environment();
        environment.keySet().retainAll(List.of("PATH", "HOME", "TMPDIR", "LANG"));
        environment.putAll(variables);
        return this;
    }

    /** Ends it after the limit. Empty where there is no such program. */
    Optional<Ended> run(Duration limit) {
        Process running;
        try {
            running = process.start();
        } catch (IOException e) {
            return Optional.empty();
        }
        try {
            boolean inTime = running.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
            return Optional.of(new Ended(inTime, inTime ? running.exitValue() : -1, text(output), text(errors)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            running.descendants().forEach(ProcessHandle::destroyForcibly);
            running.destroyForcibly();
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
