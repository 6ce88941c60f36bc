package io.millrace.ingest.http;

/** A request that is answered with a {@link Failure}. Carries no stack trace: it is an answer, not a bug. */
public final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final Failure failure;
    private final String detail;

    Refused(Failure failure, String detail) {
        super(failure.code(), null, false, false);
        this.failure = failure;
        this.detail = detail;
    }

    public Failure failure() {
        return failure;
    }

    /** One sentence for people; empty when the title says it all. */
    String detail() {
        return detail;
    }

    /** The title, and the detail behind it. */
    public String sentence() {
        return detail.isEmpty() ? failure.title() : failure.title() + ": " + detail;
    }
}
