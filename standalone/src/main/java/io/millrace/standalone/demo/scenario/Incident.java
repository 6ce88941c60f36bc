package io.millrace.standalone.demo.scenario;

import java.time.Duration;
import java.util.Locale;

/**
 * Something that goes wrong for a while.
 *
 * @param begin when, from the beginning of the demo
 * @param end when it is over
 * @param strength what is done to what it strikes; its unit is the kind's
 */
public record Incident(Kind kind, Place place, Duration begin, Duration end, double strength) {
    /** What goes wrong. */
    public enum Kind {
        /** A model takes {@code strength} times as long. */
        SLOW_MODEL,
        /** The share {@code strength} of the calls of a model or a tool fails. */
        ERROR_BURST,
        /** The inputs of a prompt are {@code strength} times as long. */
        COST_SPIKE,
        /** Nobody comes to an environment, or to any. */
        SILENCE;

        /** As in files. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where it goes wrong.
     *
     * @param dimension {@code model}, {@code tool}, {@code prompt} or {@code environment}
     * @param value the dimension's, or {@link #EVERYWHERE}
     */
    public record Place(String dimension, String value) {
        static final String EVERYWHERE = "*";

        boolean covers(String dimension, String value) {
            return this.dimension.equals(dimension) && (this.value.equals(EVERYWHERE) || this.value.equals(value));
        }
    }

    boolean isOn(Duration at) {
        return at.compareTo(begin) >= 0 && at.compareTo(end) < 0;
    }
}
