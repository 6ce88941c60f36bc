package io.millrace.ingest.limit;

import java.util.Locale;

/** Which of a sender's limits it is. */
public enum LimitName {
    KEY_SPANS,
    KEY_BYTES,
    PROJECT_SPANS,
    PROJECT_BYTES,
    /** The spans of a month. */
    QUOTA;

    /** Its name in metrics and answers. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
