package io.millrace.embedded;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be closed, last added first: when the process is asked to end, or when this is closed.
 *
 * <p>It is made before the first part starts, because a process that is asked to end while it boots would leave its
 * children behind otherwise. A part that fails to close does not keep the others open.
 */
public final class Teardown implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Teardown.class);

    private final Deque<Part> parts = new ArrayDeque<>();
    private final Thread hook = new Thread(this::closeParts, "teardown");
    private boolean closed;

    private record Part(String name, AutoCloseable closeable) {}

    private Teardown() {}

    /** A teardown that also runs when the process is asked to end. */
    public static Teardown atExit() {
        var teardown = new Teardown();
        Runtime.getRuntime().addShutdownHook(teardown.hook);
        return teardown;
    }

    /**
     * Adds a part, which is closed before all that were added earlier. Add it before it starts.
     *
     * @param name what the log calls it
     * @throws IllegalStateException if everything is closed already; the part is closed too
     */
    public synchronized <T extends AutoCloseable> T add(String name, T part) {
        if (closed) {
            close(new Part(name, part));
            throw new IllegalStateException("cannot start " + name + ": the process is ending");
        }
        parts.push(new Part(name, part));
        return part;
    }

    /** Closes all parts, once; a second caller waits until the first is through. */
    @Override
    public void close() {
        closeParts();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOGGER.debug("the process is ending already", e);
        }
    }

    private synchronized void closeParts() {
        closed = true;
        while (!parts.isEmpty()) close(parts.pop());
    }

    private static void close(Part part) {
        long start = System.nanoTime();
        try {
            part.closeable().close();
            LOGGER.atDebug()
                    .addKeyValue("elapsed_ms", (System.nanoTime() - start) / 1_000_000)
                    .log("{} closed", part.name());
        } catch (Exception e) {
            LOGGER.atWarn().setCause(e).log("{} did not close", part.name());
        }
    }
}
