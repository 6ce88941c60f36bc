package io.millrace.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The services for tests: each starts when it is first asked for, and all of them stop with the stack.
 *
 * <p>Use {@link #shared()} where tests can share topics and databases by giving them names of their own; it costs the start
 * only once per test process. A stack of one's own is for tests that stop or break a service.
 */
public final class EmbeddedStack implements AutoCloseable {
    private static final int SLOTS = 8;

    private final Teardown teardown = Teardown.atExit();
    private final DataFolder data;
    private final boolean temporary;
    private @Nullable Broker broker;
    private @Nullable Postgres postgres;
    private @Nullable Redis redis;
    private @Nullable FlinkCluster flink;

    private EmbeddedStack(Path folder, boolean temporary) {
        this.temporary = temporary;
        if (temporary) teardown.add("temporary folder", () -> PrivateFiles.delete(folder));
        this.data = teardown.add("data folder", DataFolder.open(folder));
    }

    private static final class Shared {
        static final EmbeddedStack STACK = temporary();
    }

    /** The stack that all tests of this process share; it ends with the process. Do not close it. */
    public static EmbeddedStack shared() {
        return Shared.STACK;
    }

    /** A stack in a new folder, which is deleted with it. */
    public static EmbeddedStack temporary() {
        try {
            return new EmbeddedStack(Files.createTempDirectory("millrace-"), true);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a temporary folder", e);
        }
    }

    /** A stack in that folder, which stays. */
    public static EmbeddedStack in(Path folder) {
        return new EmbeddedStack(folder, false);
    }

    /** The folder under which it keeps everything. */
    public DataFolder data() {
        return data;
    }

    /** The broker, running. */
    public synchronized Broker broker() {
        var running = broker;
        if (running == null) {
            running = teardown.add("broker", new Broker(BrokerConfig.in(data)));
            running.start();
            broker = running;
        }
        return running;
    }

    /**
     * Postgres, running. In a temporary folder its programs are shared with other such stacks, and it does not wait for the
     * disk: a power loss takes the folder anyway.
     */
    public synchronized Postgres postgres() {
        var running = postgres;
        if (running == null) {
            var config = PostgresConfig.in(data);
            if (temporary) config = config.withBinaries(sharedBinaries()).with("fsync", "off");
            running = teardown.add("postgres", new Postgres(config));
            running.start();
            postgres = running;
        }
        return running;
    }

    /** Redis, running. */
    public synchronized Redis redis() {
        var running = redis;
        if (running == null) {
            running = teardown.add("redis", new Redis(RedisConfig.in(data)));
            running.start();
            redis = running;
        }
        return running;
    }

    /** The Flink cluster with eight slots, running. */
    public synchronized FlinkCluster flink() {
        var running = flink;
        if (running == null) {
            running = teardown.add("flink", new FlinkCluster(FlinkConfig.in(data, SLOTS)));
            running.start();
            flink = running;
        }
        return running;
    }

    /** Nobody else's: whoever owns the programs decides what they do. */
    private static Path sharedBinaries() {
        var user = System.getProperty("user.name");
        var folder = Path.of(System.getProperty("java.io.tmpdir"), "millrace-postgres-" + user);
        try {
            PrivateFiles.folder(folder);
            if (Files.getOwner(folder).getName().equals(user)) return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + folder, e);
        }
        throw new IllegalStateException(folder + " belongs to somebody else: delete it");
    }

    /** Stops what runs, the last started first, and deletes a temporary folder. */
    @Override
    public void close() {
        teardown.close();
    }
}
