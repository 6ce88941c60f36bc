package io.millrace.jobs.detection;

import java.util.Locale;

/** How a series departs from what is normal for it. The code is what messages, rows and state carry. */
public enum AnomalyKind {
    /** Far above. */
    SPIKE,
    /** Far below. */
    DROP,
    /** Nothing at all, where there always is something. */
    SILENCE;

    public int code() {
        return ordinal();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
