package io.millrace.standalone;

import java.io.Serial;

/** Part of the surface that this version does not have yet. */
final class NotAvailable extends UsageException {
    @Serial
    private static final long serialVersionUID = 1L;

    NotAvailable(String what) {
        super(what + " is not available in this version");
    }
}
