package io.millrace.jobs.detection;

import java.util.Locale;

/** How far an anomaly has come, as detection knows it. The code is what messages, rows and state carry. */
public enum AnomalyState {
    OPEN,
    /** The series has been normal for a while. */
    RESOLVED,
    /** It was seen in an open window, and the whole window turned out to be normal. */
    WITHDRAWN;

    public int code() {
        return ordinal();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
