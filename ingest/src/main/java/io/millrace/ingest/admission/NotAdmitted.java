package io.millrace.ingest.admission;

/** A request whose key does not let it in. Carries no stack trace: it is an answer, not a failure. */
public final class NotAdmitted extends Exception {
    private static final long serialVersionUID = 1;

    public enum Reason {
        MISSING_KEY,
        UNKNOWN_KEY,
        EXPIRED_KEY,
        MISSING_SCOPE,
        /** There is such a source of webhooks, and this edge cannot read it. */
        UNREADABLE_SOURCE
    }

    private final Reason reason;

    NotAdmitted(Reason reason) {
        super(reason.name(), null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
