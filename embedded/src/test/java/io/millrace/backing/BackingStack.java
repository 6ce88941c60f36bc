package io.millrace.backing;

/**
 * The log and the database that integration tests run on. Which ones is decided by the build, once for all of a process's
 * tests: by the system property {@value #PROPERTY}.
 */
public interface BackingStack {
    /** {@code embedded}, which is the default, or {@code containers}. */
    String PROPERTY = "millrace.test.backing";

    /** The stack that all tests of this process share; it ends with the process. */
    static BackingStack shared() {
        return SharedStack.STACK;
    }

    /** Whether these are the services that {@code up} brings as well. */
    boolean isEmbedded();

    /** A broker, running, shared by all tests of this process: do not close it. */
    LogBroker broker();

    /**
     * A broker of one's own with a proxy in front of it; it does not run yet.
     *
     * @param proxyPort the port on loopback that clients are told to use
     */
    LogBroker brokerBehind(int proxyPort);

    /** A Postgres, running, shared by all tests of this process. It does not wait for the disk. */
    DatabaseServer postgres();

    /** As {@link #postgres()}, but one that waits for the disk before it says that a commit is done. */
    DatabaseServer durablePostgres();
}
