package io.millrace.jobs.keeper;

import java.io.Serial;

/** Another keeper is at work. */
final class NotLeading extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    NotLeading() {
        super("another keeper is at work", null, false, false);
    }
}
