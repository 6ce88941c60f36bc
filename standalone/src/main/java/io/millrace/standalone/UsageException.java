package io.millrace.standalone;

import java.io.Serial;

/** The command line makes no sense; the message says why, for the one who typed it. */
class UsageException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }

    UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
