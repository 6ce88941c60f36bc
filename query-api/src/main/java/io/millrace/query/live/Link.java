package io.millrace.query.live;

/** What a subscription may do with its connection. */
interface Link {
    /** As {@link Outlet#say}. */
    void say(String json, String cursor);

    boolean isFull();

    /** Has the subscription pumped soon; from any thread. */
    void wake();

    void wakeAfter(long millis);

    /** Runs something on the connection's loop; from any thread. */
    void execute(Runnable work);

    /**
     * Asks to read from the log; a connection has one read at a time, whose result is all that it holds.
     *
     * @return false: the subscription is pumped again when it may
     */
    boolean beginReading();

    /** What was read has been sent. */
    void endReading();
}
