package io.millrace.schema.usage;

import java.util.Locale;

/** The disjoint parts of a call's tokens. The order is that of messages, rows and arrays: it never changes. */
public enum UsageBucket {
    INPUT(true),
    INPUT_CACHE_READ(true),
    INPUT_CACHE_WRITE_5M(true),
    INPUT_CACHE_WRITE_1H(true),
    INPUT_AUDIO(true),
    INPUT_IMAGE(true),
    OUTPUT(false),
    OUTPUT_REASONING(false),
    OUTPUT_AUDIO(false),
    OUTPUT_IMAGE(false);

    /** How many buckets there are. */
    public static final int COUNT = values().length;

    private final boolean input;
    private final String label;

    UsageBucket(boolean input) {
        this.input = input;
        this.label = name().toLowerCase(Locale.ROOT);
    }

    /** Whether the bucket belongs to the input side. */
    public boolean isInput() {
        return input;
    }

    /** The lower-case name of columns and of the public API. */
    public String label() {
        return label;
    }
}
