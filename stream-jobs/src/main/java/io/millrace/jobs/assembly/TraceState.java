package io.millrace.jobs.assembly;

import java.util.Locale;

/** How far a trace has come. The code is what rows carry. */
public enum TraceState {
    /** Spans are coming in. */
    LIVE,
    /** The root has ended. */
    COMPLETE,
    /** All has been quiet for a while; a later span amends it. */
    SETTLED;

    public int code() {
        return ordinal();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
