package io.millrace.bench.load;

import java.util.Locale;

/** The lengths of windows. */
public enum Grain {
    TEN_SECONDS("10s", 10),
    MINUTE("1m", 60),
    HOUR("1h", 3_600),
    DAY("1d", 86_400);

    private final String label;
    private final int seconds;

    Grain(String label, int seconds) {
        this.label = label;
        this.seconds = seconds;
    }

    /** What {@code step} takes. */
    public String label() {
        return label;
    }

    public int seconds() {
        return seconds;
    }

    public String table() {
        return "rollup_" + label.toLowerCase(Locale.ROOT);
    }

    /** Start of the window, in seconds since the epoch. */
    public long floor(long epochSecond) {
        return Math.floorDiv(epochSecond, (long) seconds) * seconds;
    }

    /** Whether windows of this length are kept for the cube. */
    public boolean keeps(Cube cube) {
        return cube != Cube.JOINT || this == MINUTE;
    }
}
