package io.millrace.query.trace;

import java.util.Locale;

/** How far a trace has come; the order is that of the rows' codes. */
enum TraceState {
    LIVE,
    COMPLETE,
    SETTLED;

    private static final TraceState[] BY_CODE = values();

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A code this version does not know is the last one it does. */
    static TraceState of(int code) {
        return BY_CODE[Math.min(Math.max(code, 0), BY_CODE.length - 1)];
    }
}
