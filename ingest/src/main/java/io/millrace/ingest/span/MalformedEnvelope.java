package io.millrace.ingest.span;

/** The body as a whole cannot be read in its dialect, so that no item of it can be told from another: a 400. */
public final class MalformedEnvelope extends Exception {
    private static final long serialVersionUID = 1L;

    /** {@code message} is shown to the sender: what is wrong and where, never payload text. */
    public MalformedEnvelope(String message) {
        super(message);
    }
}
