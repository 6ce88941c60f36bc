package io.millrace.ingest.log;

/** An append that is not durable, as far as the edge knows: the client has to send again. */
public final class LogException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What stood in the way. */
    public enum Cause {
        /** The log was not reached yet, or refuses the edge. */
        NOT_READY,
        /** Too much is waiting for acknowledgement. */
        FULL,
        /** Too much of this project is, and others append as well. */
        OVER_SHARE,
        /** No acknowledgement came in time. */
        TIMEOUT,
        /** The log answered with an error. */
        FAILED
    }

    private final Cause reason;

    public LogException(Cause reason, String message) {
        // An answer to a client, not a bug: no stack trace.
        super(message, null, false, false);
        this.reason = reason;
    }

    public Cause reason() {
        return reason;
    }
}
