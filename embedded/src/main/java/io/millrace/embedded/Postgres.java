package io.millrace.embedded;

import io.millrace.embedded.PostmasterFile.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Postgres as a child process, on loopback, with a password, as durable as Postgres is: {@code fsync} and {@code
 * synchronous_commit} are on.
 *
 * <p>A server that dies is started again on the same port. One that an earlier process left behind in the same folder is
 * stopped first. Where the system can do it, the server stops by itself when this process dies, however it dies.
 */
public final class Postgres implements AutoCloseable {
    /** The superuser. */
    public static final String USER = "postgres";

    private static final Logger LOGGER = LoggerFactory.getLogger(Postgres.class);
    private static final long READY_SECONDS = 60;
    /** A server that was killed has up to eight gigabytes of log to go through again, and begins anew when it is stopped. */
    private static final long RECOVERED_SECONDS = 60 * 60;

    private static final long POLL_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final PostgresConfig config;
    private final PostgresListener listener;
    private final PostgresFolder folder;
    private final PostmasterFile postmaster;
    private final Unprivileged unprivileged;
    private volatile boolean closing;
    private volatile @Nullable Process child;
    private volatile long pid;
    private @Nullable PostgresCommands commands;
    private volatile @Nullable Thread supervisor;

    /** A server whose supervision is only logged. */
    public Postgres(PostgresConfig config) {
        this(config, PostgresListener.NONE);
    }

    /** Makes a server; nothing runs yet. Add it to a {@link Teardown} before it starts. */
    public Postgres(PostgresConfig config, PostgresListener listener) {
        this(config, listener, Unprivileged.here());
    }

    Postgres(PostgresConfig config, PostgresListener listener, Unprivileged unprivileged) {
        this.config = config;
        this.listener = listener;
        this.unprivileged = unprivileged;
        this.folder = new PostgresFolder(config.folder());
        this.postmaster = new PostmasterFile(folder.data());
    }

    /**
     * Starts, and returns when the server accepts connections. The first start of a folder unpacks the programs and
     * creates the database, which takes a few seconds.
     *
     * @throws IllegalStateException if it runs already or does not become ready; the message quotes the server's log
     * @throws UncheckedIOException if its folder cannot be written
     */
    public synchronized void start() {
        if (supervisor != null || closing) throw new IllegalStateException("postgres was started already");
        long start = System.nanoTime();
        try {
            PrivateFiles.folder(config.folder());
            folder.rotateLog();
            var home = PostgresBinaries.in(config.binaries());
            commands = new PostgresCommands(config, home, unprivileged);
            folder.initialise(commands, unprivileged, config.password());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare postgres in " + config.folder(), e);
        }
        launch();
        supervisor = new Thread(this::supervise, "postgres-supervisor");
        supervisor.setDaemon(true);
        supervisor.start();
        LOGGER.atInfo()
                .addKeyValue("port", config.port())
                .addKeyValue("pid", pid)
                .addKeyValue("elapsed_ms", (System.nanoTime() - start) / 1_000_000)
                .log("postgres started");
    }

    private void launch() {
        if (commands == null) throw new IllegalStateException("postgres was never started");
        try {
            postmaster.clear();
            var process = ChildLauncher.start(new ProcessBuilder(commands.postgres(folder.data()))
                    .directory(config.folder().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(folder.log().toFile())));
            child = process;
            awaitReady(process);
            pid = postmaster.pid().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start postgres in " + config.folder(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting postgres", e);
        }
    }

    private void awaitReady(Process process) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        boolean isLate = false;
        // One look at the file each time: between two the server may have gone on.
        for (Status status = postmaster.status(); status != Status.READY; status = postmaster.status()) {
            if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("postgres ended with status " + process.exitValue()
                        + " instead of starting: " + folder.logTail());
            }
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
            if (seconds < READY_SECONDS) {
                continue;
            }
            if (status != Status.STARTING || seconds > RECOVERED_SECONDS) {
                PostmasterFile.stop(process.toHandle());
                throw new IllegalStateException("postgres was not ready within " + seconds + " s: " + folder.logTail());
            }
            if (!isLate) {
                isLate = true;
                LOGGER.atWarn()
                        .addKeyValue("log", folder.log())
                        .log("postgres is still starting; after a crash it goes through its log again");
            }
        }
    }

    private void supervise() {
        try {
            while (!closing) {
                int status = current().waitFor();
                if (closing) return;
                LOGGER.atWarn()
                        .addKeyValue("pid", pid)
                        .addKeyValue("status", status)
                        .log("postgres died");
                listener.died(status);
                restart();
            }
        } catch (InterruptedException e) {
            LOGGER.debug("supervision of postgres ends", e);
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
                LOGGER.atWarn().setCause(e).addKeyValue("attempt", attempt).log("postgres did not start again");
                listener.restartFailed(attempt, e);
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
                .addKeyValue("pid", pid)
                .log("postgres started again");
        listener.restarted(pid);
    }

    private Process current() {
        var process = child;
        if (process == null) throw new IllegalStateException("postgres was never started");
        return process;
    }

    /** The address of a database for a JDBC driver, without user and password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + config.port() + "/" + database;
    }

    /** The port on loopback; it stays the same when the server is started again. */
    public int port() {
        return config.port();
    }

    /** The superuser's name. */
    public String user() {
        return USER;
    }

    /** The superuser's password. */
    public String password() {
        return config.password();
    }

    /** The server's process, 0 before the first start; another one after it was started again. */
    public long pid() {
        return pid;
    }

    /** Stops the server in order, and by force if it does not follow within 25 s. It is not started again. */
    @Override
    public void close() {
        closing = true;
        var supervising = supervisor;
        if (supervising != null) supervising.interrupt();
        synchronized (this) {
            stop();
        }
    }

    /** The server may be a child of the child, where the way to start it needs one in between. */
    private void stop() {
        if (child == null) return;
        try {
            postmaster.server().ifPresent(PostmasterFile::stop);
        } catch (IOException e) {
            LOGGER.warn("cannot tell which process serves {}", config.folder(), e);
        }
        PostmasterFile.stop(child.toHandle());
    }
}
