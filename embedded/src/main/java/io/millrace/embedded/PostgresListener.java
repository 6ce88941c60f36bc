package io.millrace.embedded;

/** Hears what the supervision of Postgres does. It is called on the supervisor's thread and must not wait. */
public interface PostgresListener {
    /** Hears nothing; the log tells all the same. */
    PostgresListener NONE = new PostgresListener() {};

    /**
     * The server died without being asked to.
     *
     * @param exitStatus as the system reports it; 128 and the signal's number after a signal
     */
    default void died(int exitStatus) {}

    /** The server is ready again, on the same port. */
    default void restarted(long pid) {}

    /**
     * The server could not be started again; another attempt follows.
     *
     * @param attempt from 1
     */
    default void restartFailed(int attempt, RuntimeException reason) {}
}
