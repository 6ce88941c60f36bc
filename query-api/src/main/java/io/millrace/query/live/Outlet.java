package io.millrace.query.live;

/** The way to a client. It is used on the connection's {@link Loop} only. */
interface Outlet {
    /**
     * Sends a message; it is taken however full the outlet is.
     *
     * @param cursor where the client is once it has this message; empty when the message does not say
     */
    void say(String json, String cursor);

    /** Whether more should wait until it has drained, which the connection is told. */
    boolean isFull();

    /** Asks the client whether it is there; does nothing where clients cannot be asked. */
    void ping();

    /** Whether a client answers {@link #ping}. */
    boolean isAnswered();

    /** Takes no more messages of the client for now. */
    void pause();

    void resume();

    /** Ends the connection. What was said before is sent first. */
    void close(Closing closing, String reason);
}
