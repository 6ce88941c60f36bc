package io.millrace.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Another JVM with the same class path, which says "ready" and then waits to be killed. */
final class Fork implements AutoCloseable {
    private final Process process;

    private Fork(Process process) {
        this.process = process;
    }

    /** Runs the main class, and returns when it has said "ready". */
    static Fork of(Class<?> main, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                "-cp",
                System.getProperty("java.class.path"),
                Fork.class.getName(),
                main.getName()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var overdue = CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES);
        var watch = CompletableFuture.runAsync(process::destroyForcibly, overdue);
        var lines = new BufferedReader(process.inputReader(StandardCharsets.UTF_8));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.startsWith("ready")) continue;
            watch.cancel(false);
            return new Fork(process);
        }
        watch.cancel(false);
        throw new IOException(main + " ended before it was ready");
    }

    /** Runs the main class that is named first, and ends the process at once if that fails. */
    public static void main(String[] arguments) {
        try {
            var main = Class.forName(arguments[0]).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (ReflectiveOperationException e) {
            System.err.println(arguments[0] + " failed: " + e.getCause());
            Runtime.getRuntime().halt(1);
        }
    }

    long pid() {
        return process.pid();
    }

    /** As {@code kill -9}, and waits until the process is gone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    /** What a forked main class calls when it has done its work. */
    static void readyUntilKilled() throws IOException {
        System.out.println("ready");
        int closed = System.in.read();
        System.exit(closed < 0 ? 0 : 1);
    }
}
