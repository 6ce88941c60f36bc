package io.millrace.ingest.webhook;

import java.util.Locale;

/** A delivery that is not shown to be its source's. Carries no stack trace: it is an answer, not a failure. */
public final class Unverified extends Exception {
    private static final long serialVersionUID = 1;

    public enum Reason {
        /** No source has the id in the path. */
        UNKNOWN_SOURCE,
        /** The headers that the source's style wants are not there, or make no sense. */
        NO_SIGNATURE,
        /** No active secret makes this signature of this body. */
        WRONG_SIGNATURE,
        /** The signed time is too far from now. */
        STALE;

        /** Its name in metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Reason reason;

    public Unverified(Reason reason) {
        super(reason.name(), null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
