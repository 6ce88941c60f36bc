package io.millrace.schema.window;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The window lengths that are kept. Each is computed from all windows of the one before it. */
public enum Grain {
    TEN_SECONDS("10s", 10, "rollup_10s", Duration.ofHours(48)),
    MINUTE("1m", 60, "rollup_1m", Duration.ofDays(30)),
    HOUR("1h", 3_600, "rollup_1h", Duration.ofDays(400)),
    DAY("1d", 86_400, "rollup_1d", Duration.ofDays(36_500));

    private static final long SECONDS_PER_DAY = 86_400;

    private final String label;
    private final int seconds;
    private final String table;
    private final Duration kept;

    Grain(String label, int seconds, String table, Duration kept) {
        this.label = label;
        this.seconds = seconds;
        this.table = table;
        this.kept = kept;
    }

    /** What {@code step} takes. */
    public String label() {
        return label;
    }

    public int seconds() {
        return seconds;
    }

    public String table() {
        return table;
    }

    /** How long its windows are kept. */
    public Duration kept() {
        return kept;
    }

    /**
     * Whether a window is still there. The windows of a day (UTC) go together, when the last of them has been kept long
     * enough: so a coarser window finds all of its children or none.
     *
     * @param start of the window, in seconds since the epoch
     */
    public boolean keeps(long start, Instant now) {
        long dayAfter = Math.floorDiv(start, SECONDS_PER_DAY) + 1;
        return dayAfter * SECONDS_PER_DAY + kept.toSeconds() > now.getEpochSecond();
    }

    /** The grain whose windows this one is computed from; none for the finest. */
    public @Nullable Grain finer() {
        return this == TEN_SECONDS ? null : values()[ordinal() - 1];
    }

    /** The grain computed from this one; none for the coarsest. */
    public @Nullable Grain coarser() {
        return this == DAY ? null : values()[ordinal() + 1];
    }

    /** The start, in seconds since the epoch, of the window that holds this second. */
    public long floor(long epochSecond) {
        return Math.floorDiv(epochSecond, (long) seconds) * seconds;
    }
}
