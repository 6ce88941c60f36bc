package io.millrace.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Redis as a child process, on loopback, with a password. It keeps nothing on disk: whatever is in it may be gone
 * the next moment.
 *
 * <p>A server that dies is started again on the same port, empty. One that an earlier process left behind in the same
 * folder is stopped first. Where the system can do it, the server stops by itself when this process dies, however it dies.
 */
public final class Redis implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Redis.class);
    private static final long READY_SECONDS = 30;
    private static final long POLL_MILLIS = 10;
    private static final int ANSWER_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    private static final byte[] PONG = "+OK\r\n+PONG\r\n".getBytes(StandardCharsets.US_ASCII);

    private final RedisConfig config;
    private final RedisFolder folder;
    private volatile boolean closing;
    private volatile @Nullable Process child;
    private volatile @Nullable Thread supervisor;
    private @Nullable List<String> command;

    /** Makes a server; nothing runs yet. Add it to a {@link Teardown} before it starts. */
    public Redis(RedisConfig config) {
        this.config = config;
        this.folder = new RedisFolder(config.folder());
    }

    /**
     * Starts, and returns when the server answers.
     *
     * @throws IllegalStateException if it runs already, does not become ready, or there is none for this platform
     * @throws UncheckedIOException if its folder cannot be written
     */
    public synchronized void start() {
        if (supervisor != null || closing) throw new IllegalStateException("redis was started already");
        long start = System.nanoTime();
        try {
            PrivateFiles.folder(config.folder());
            PrivateFiles.delete(folder.log());
            var settings = folder.configure(config);
            var redis = List.of(RedisProgram.in(config.folder()), settings.toString());
            command = Unprivileged.SELF.mortalCommand(redis, "TERM");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare redis in " + config.folder(), e);
        }
        launch();
        var supervising = new Thread(this::supervise, "redis-supervisor");
        supervising.setDaemon(true);
        supervising.start();
        supervisor = supervising;
        LOGGER.atInfo()
                .addKeyValue("port", config.port())
                .addKeyValue("pid", pid())
                .addKeyValue("elapsed_ms", (System.nanoTime() - start) / 1_000_000)
                .log("redis started");
    }

    private void launch() {
        if (command == null) throw new IllegalStateException("redis was never started");
        try {
            folder.clear();
            var process = ChildLauncher.start(new ProcessBuilder(command)
                    .directory(config.folder().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(folder.log().toFile())));
            child = process;
            folder.remember(process.pid());
            awaitReady(process);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start redis in " + config.folder(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting redis", e);
        }
    }

    private void awaitReady(Process process) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (!answers()) {
            if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        "redis ended with status " + process.exitValue() + " instead of starting: " + folder.logTail());
            }
            if (System.nanoTime() - deadline > 0) {
                RedisFolder.stop(process.toHandle());
                throw new IllegalStateException(
                        "redis was not ready within " + READY_SECONDS + " s: " + folder.logTail());
            }
        }
    }

    /** Whether it takes the password and answers. */
    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), config.port()), ANSWER_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            var hello = "AUTH " + config.password() + "\r\nPING\r\n";
            socket.getOutputStream().write(hello.getBytes(StandardCharsets.US_ASCII));
            return Arrays.equals(socket.getInputStream().readNBytes(PONG.length), PONG);
        } catch (IOException e) {
            return false;
        }
    }

    private void supervise() {
        try {
            while (!closing) {
                var process = current();
                int status = process.waitFor();
                if (closing) return;
                LOGGER.atWarn()
                        .addKeyValue("pid", process.pid())
                        .addKeyValue("status", status)
                        .log("redis died");
                restart();
            }
        } catch (InterruptedException e) {
            LOGGER.debug("supervision of redis ends", e);
        }
    }

    private void restart() throws InterruptedException {
        long pause = 50;
        for (int attempt = 1; !closing; attempt++) {
            try {
                relaunch();
                return;
            } catch (RuntimeException e) {
                if (closing) return;
                LOGGER.atWarn().setCause(e).addKeyValue("attempt", attempt).log("redis did not start again");
                TimeUnit.MILLISECONDS.sleep(pause);
                pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
            }
        }
    }

    private void relaunch() {
        synchronized (this) {
            if (closing) return;
            launch();
        }
        LOGGER.atInfo()
                .addKeyValue("port", config.port())
                .addKeyValue("pid", pid())
                .log("redis started again");
    }

    private Process current() {
        var process = child;
        if (process == null) throw new IllegalStateException("redis was never started");
        return process;
    }

    /** The port on loopback; it stays the same when the server is started again. */
    public int port() {
        return config.port();
    }

    /** The password that clients need. */
    public String password() {
        return config.password();
    }

    /** Where clients find it, with the password. */
    public URI uri() {
        return URI.create("redis://:" + config.password() + "@127.0.0.1:" + config.port());
    }

    /** The server's process, 0 before the first start; another one after it was started again. */
    public long pid() {
        var process = child;
        return process == null ? 0 : process.pid();
    }

    /** Stops the server, by force if it does not follow within 5 s. It is not started again. */
    @Override
    public void close() {
        closing = true;
        var supervising = supervisor;
        if (supervising != null) supervising.interrupt();
        synchronized (this) {
            var process = child;
            if (process != null) RedisFolder.stop(process.toHandle());
        }
    }
}
