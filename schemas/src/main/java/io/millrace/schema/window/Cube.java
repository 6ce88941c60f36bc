package io.millrace.schema.window;

import java.time.Duration;
import java.util.List;

/**
 * A fixed grouping that is computed in the stream. A series is a project, a cube and one value for each of the cube's
 * dimensions. The code is what messages and rows carry: it never changes its meaning.
 */
public enum Cube {
    /** All of a project; latency and errors are those of roots. */
    PROJECT(0, 10, 1),
    /** Latency and errors are those of roots. */
    ENVIRONMENT(1, 10, 1_000, Dimension.ENVIRONMENT),
    /** Latency and errors are those of the kind's own spans (of model calls: the counted ones). */
    KIND(2, 10, 1_000, Dimension.KIND),
    /** Counted model calls only. */
    MODEL(3, 10, 1_000, Dimension.PROVIDER, Dimension.MODEL),
    /** By span name; latency and errors are those of counted model calls and of tools. */
    OPERATION(4, 10, 1_000, Dimension.NAME),
    /** Counted model calls only. */
    MODEL_OPERATION(5, 10, 1_000, Dimension.PROVIDER, Dimension.MODEL, Dimension.NAME),
    /** Every dimension at once, at one minute, for groupings that no other cube serves. */
    JOINT(
            6,
            60,
            10_000,
            Dimension.ENVIRONMENT,
            Dimension.KIND,
            Dimension.PROVIDER,
            Dimension.MODEL,
            Dimension.NAME,
            Dimension.RELEASE,
            Dimension.PROMPT);

    /** The value that series beyond a cube's cap are folded into, in each dimension. */
    public static final String OTHER = "(other)";

    /** How long the windows of {@link #JOINT} are kept; those of the others, as long as their grain says. */
    public static final Duration JOINT_KEPT = Duration.ofDays(7);

    private static final Cube[] BY_CODE = values();

    private final int code;
    private final int windowSeconds;
    private final int seriesCap;
    private final List<Dimension> dimensions;

    Cube(int code, int windowSeconds, int seriesCap, Dimension... dimensions) {
        this.code = code;
        this.windowSeconds = windowSeconds;
        this.seriesCap = seriesCap;
        this.dimensions = List.of(dimensions);
    }

    public int code() {
        return code;
    }

    /** Length of the windows that the stream computes. */
    public int windowSeconds() {
        return windowSeconds;
    }

    /** How many series a project may have per day before the rest folds into {@link #OTHER}. */
    public int seriesCap() {
        return seriesCap;
    }

    /** What tells the cube's series apart, in the order of a series' values. */
    public List<Dimension> dimensions() {
        return dimensions;
    }

    /**
     * @throws IllegalArgumentException for a code this version does not know
     */
    public static Cube of(int code) {
        if (code < 0 || code >= BY_CODE.length) {
            throw new IllegalArgumentException("no cube has the code " + code);
        }
        return BY_CODE[code];
    }
}
