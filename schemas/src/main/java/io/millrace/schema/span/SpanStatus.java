package io.millrace.schema.span;

import java.util.Locale;

/** How a span ended, in OpenTelemetry's codes. */
public enum SpanStatus {
    UNSET,
    OK,
    ERROR;

    public int code() {
        return ordinal();
    }

    /** The lower-case name of the public API. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A code this version does not know is {@link #UNSET}. */
    public static SpanStatus of(int code) {
        return code == 1 ? OK : code == 2 ? ERROR : UNSET;
    }
}
