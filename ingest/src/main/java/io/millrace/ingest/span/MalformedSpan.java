package io.millrace.ingest.span;

/** One item cannot be taken, and why; its neighbours can. Carries no stack trace: it is an answer, not a failure. */
public final class MalformedSpan extends Exception {
    private static final long serialVersionUID = 1L;

    private final RefusalReason reason;

    /** {@code detail} is shown to the sender and holds no payload text. */
    public MalformedSpan(RefusalReason reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    public RefusalReason reason() {
        return reason;
    }

    /** The sentence for the sender. */
    public String detail() {
        String detail = getMessage();
        return detail == null ? "" : detail;
    }
}
