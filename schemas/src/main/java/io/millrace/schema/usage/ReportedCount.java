package io.millrace.schema.usage;

/** The token counts that clients report for a call; unlike those of {@link UsageBucket} they may contain each other. */
public enum ReportedCount {
    INPUT,
    OUTPUT,
    /** Both sides together; only a witness of how the others are meant. */
    TOTAL,
    CACHE_READ,
    /** Written to a cache, for whatever term: contains the two that name one. */
    CACHE_WRITE,
    CACHE_WRITE_5M,
    CACHE_WRITE_1H,
    REASONING,
    INPUT_AUDIO,
    INPUT_IMAGE,
    OUTPUT_AUDIO,
    OUTPUT_IMAGE;

    static final int COUNT = values().length;
}
