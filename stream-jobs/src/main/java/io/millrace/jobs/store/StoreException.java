package io.millrace.jobs.store;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The database refused a statement for a reason that trying again will not mend. */
public final class StoreException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
