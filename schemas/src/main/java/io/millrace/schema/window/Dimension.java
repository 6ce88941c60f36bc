package io.millrace.schema.window;

import java.util.Locale;

/** What a series may be told apart by. A span without a value has the empty string. */
public enum Dimension {
    ENVIRONMENT,
    KIND,
    PROVIDER,
    /** The response model, else the request model. */
    MODEL,
    /** The span's name. */
    NAME,
    RELEASE,
    /** Prompt name and version, joined by a colon. */
    PROMPT;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name that {@code group_by} takes. */
    public String label() {
        return label;
    }
}
