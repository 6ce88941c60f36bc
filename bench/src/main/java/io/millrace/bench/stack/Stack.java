package io.millrace.bench.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A stack that runs as a child of this process, from {@code ./millrace up}. It dies with this process. */
public final class Stack implements AutoCloseable {
    private final Launch launch;
    private final Process process;
    private final CompletableFuture<Ready> ready = new CompletableFuture<>();
    private final Thread atExit = new Thread(this::killTree, "stack-at-exit");

    /**
     * How to start a stack.
     *
     * @param millrace the script
     * @param log takes what the stack prints, one start after the other
     * @param environment more environment variables
     * @param options more options of {@code up}
     */
    public record Launch(Path millrace, Path data, Path log, Map<String, String> environment, List<String> options) {
        public Launch(Path millrace, Path data, Path log, Map<String, String> environment) {
            this(millrace, data, log, environment, List.of());
        }

        /** The same in a folder below this one's, with more options. */
        public Launch in(String folder, List<String> more) {
            return new Launch(
                    millrace, data.resolve(folder), data.resolve(folder + ".log"), environment, List.copyOf(more));
        }

        public StackFolder folder() {
            return new StackFolder(data);
        }
    }

    private Stack(Launch launch, Process process) {
        this.launch = launch;
        this.process = process;
        Runtime.getRuntime().addShutdownHook(atExit);
        Thread reader = new Thread(this::read, "stack-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a stack on free ports and does not wait for it.
     *
     * @throws IOException when the script cannot be run
     */
    public static Stack start(Launch launch) throws IOException {
        Files.createDirectories(launch.data);
        ProcessBuilder builder = new ProcessBuilder(
                launch.millrace.toString(),
                "up",
                "--data",
                launch.data.toString(),
                "--ingest-port",
                "0",
                "--grpc-port",
                "0",
                "--api-port",
                "0",
                "--metrics-port",
                "0");
        builder.command().addAll(launch.options);
        builder.environment().putAll(launch.environment);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(launch.log.toFile()));
        return new Stack(launch, builder.start());
    }

    /**
     * Waits until every part takes work.
     *
     * @throws IOException when the stack ends or takes longer
     */
    public Ready awaitReady(Duration longest) throws IOException, InterruptedException {
        try {
            return ready.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the stack was not ready after " + longest.toSeconds() + " s; see " + launch.log, e);
        } catch (ExecutionException e) {
            throw new IOException("the stack ended before it was ready; see " + launch.log, e);
        }
    }

    public boolean isReady() {
        return ready.isDone() && !ready.isCompletedExceptionally();
    }

    public StackFolder folder() {
        return launch.folder();
    }

    /** The virtual machine's process. */
    public long pid() {
        return process.pid();
    }

    /** The same stack, started again. */
    public Stack again() throws IOException {
        return start(launch);
    }

    /** Keeps what every thread is doing in a file beside the log, and says where. */
    public String dumpThreads() throws InterruptedException {
        Path file = launch.log.resolveSibling(launch.log.getFileName() + ".threads");
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            new ProcessBuilder(jcmd.toString(), Long.toString(pid()), "Thread.print")
                    .redirectErrorStream(true)
                    .redirectOutput(file.toFile())
                    .start()
                    .waitFor(30, TimeUnit.SECONDS);
            return "its threads are in " + file + ", its log in " + launch.log;
        } catch (IOException e) {
            return "its log is in " + launch.log;
        }
    }

    /** Kills the virtual machine alone; what it had started lives on. */
    public void killMachine() {
        process.destroyForcibly();
        forget();
    }

    /** Kills the virtual machine and all that descends from it. */
    public void killTree() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    /** Kills as {@link #killTree()} does, without the delay of finding the descendants: they are found now. */
    public Runnable treeKiller() {
        List<ProcessHandle> descendants = process.descendants().toList();
        return () -> {
            process.destroyForcibly();
            descendants.forEach(ProcessHandle::destroyForcibly);
            forget();
        };
    }

    /** Waits for the end of a process that was killed. */
    public void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    /** Stops in order, as SIGTERM does; kills what is left after 30 s. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            killTree();
        }
        forget();
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // This process is ending: the hook runs already.
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                Files.writeString(launch.log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                Ready.parse(line).ifPresent(ready::complete);
            }
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
        ready.completeExceptionally(new IOException("the process ended"));
    }
}
