package io.millrace.jobs.keeper;

import io.millrace.jobs.store.StoreException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a keeper until it is closed. What fails is logged and tried again. */
public final class KeeperThread implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(KeeperThread.class);
    private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(250);
    private static final Duration STANDING_BY = Duration.ofSeconds(2);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
    private static final long STOP_MILLIS = 5_000;

    private final Keeper keeper;
    private final Thread thread;
    private volatile boolean closed;

    /** Nothing runs yet. */
    public KeeperThread(Keeper keeper) {
        this.keeper = keeper;
        this.thread = new Thread(this::run, "keeper");
        this.thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Stops the thread and closes the keeper; a round under way is rolled back. */
    @Override
    public void close() {
        closed = true;
        keeper.close();
        thread.interrupt();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closed) {
                pause(round());
            }
        } catch (InterruptedException e) {
            LOGGER.debug("the keeper stops", e);
        }
    }

    private Duration round() throws InterruptedException {
        try {
            keeper.runOnce();
            return keeper.isLeading() ? BETWEEN_ROUNDS : STANDING_BY;
        } catch (StoreException e) {
            if (!closed) {
                LOGGER.atError().setCause(e).log("the keeper's round failed");
            }
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("the keeper's round failed");
        }
        return AFTER_FAILURE;
    }

    private static void pause(Duration pause) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(pause.toMillis());
    }
}
