package io.millrace.ingest.http;

/** A request that is answered with a {@link Failure}. Carries no stack trace: it is an answer, not a bug. */
public final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final Failure failure;
    private final String detail;
    private final int retryAfterSeconds;
    private final long passesInSeconds;

    /**
     * @param retryAfterSeconds when an SDK is to come again; 0 when that would not help
     * @param passesInSeconds when the same request may succeed, for clients that can wait as long
     */
    Refused(Failure failure, String detail, int retryAfterSeconds, long passesInSeconds) {
        super(failure.code(), null, false, false);
        this.failure = failure;
        this.detail = detail;
        this.retryAfterSeconds = retryAfterSeconds;
        this.passesInSeconds = passesInSeconds;
    }

    public Failure failure() {
        return failure;
    }

    /** After how many seconds an SDK is to come again, few enough that it does; 0 when that would not help. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** After how many seconds the same request may succeed; 0 when that is not known. */
    long passesInSeconds() {
        return passesInSeconds;
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
