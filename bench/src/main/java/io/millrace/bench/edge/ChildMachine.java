package io.millrace.bench.edge;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A virtual machine of its own, which ends with this process at the latest. */
final class ChildMachine implements AutoCloseable {
    private static final long STOP_SECONDS = 20;

    private final Process process;
    private final Path log;
    private final BufferedReader output;
    private final BufferedWriter input;
    private final Thread atExit;

    private ChildMachine(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.output = process.inputReader(StandardCharsets.UTF_8);
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        this.atExit = new Thread(process::destroyForcibly, "child-at-exit");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * Starts a program that is only listened to in its log.
     *
     * @param arguments of {@code java}
     * @param environment more variables
     * @param log takes what it prints
     */
    static ChildMachine start(List<String> arguments, Map<String, String> environment, Path log) throws IOException {
        return start(builder(arguments, environment, log).redirectOutput(appendTo(log)), log);
    }

    /**
     * Starts a class of the benchmark's own that is talked to, line by line.
     *
     * @param options of {@code java}
     * @param log takes what it prints as errors
     */
    static ChildMachine converse(List<String> options, Class<?> program, List<String> arguments, Path log)
            throws IOException {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        all.addAll(arguments);
        return start(builder(all, Map.of(), log), log);
    }

    private static ChildMachine start(ProcessBuilder builder, Path log) throws IOException {
        return new ChildMachine(builder.start(), log);
    }

    private static ProcessBuilder builder(List<String> arguments, Map<String, String> environment, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(appendTo(log));
        builder.environment().putAll(environment);
        return builder;
    }

    private static ProcessBuilder.Redirect appendTo(Path log) {
        return ProcessBuilder.Redirect.appendTo(log.toFile());
    }

    long pid() {
        return process.pid();
    }

    /** @throws IOException when it has ended */
    void checkAlive() throws IOException {
        if (!process.isAlive()) {
            throw ended();
        }
    }

    private IOException ended() {
        return new IOException("a process ended before its time; see " + log);
    }

    /** Says a line to it. */
    void say(String line) throws IOException {
        input.write(line);
        input.newLine();
        input.flush();
    }

    /**
     * The rest of its next line that begins with this word.
     *
     * @throws IOException when it ends without one
     */
    String await(String word) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(word)) {
                return line.substring(word.length()).strip();
            }
        }
        throw ended();
    }

    /** Stops it in order; by force if that takes longer than 20 s. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // This process is ending: the hook runs already.
        }
    }
}
