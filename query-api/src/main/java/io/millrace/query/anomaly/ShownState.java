package io.millrace.query.anomaly;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How far an anomaly has come, by its row and by what people did: the row says whether the series is normal again, and
 * nobody but the jobs writes it. The one place that says how the two go together.
 */
enum ShownState {
    OPEN("a.state = 0 and not done.resolved and not done.acknowledged"),
    /** Somebody has it in hand. */
    ACKNOWLEDGED("a.state = 0 and not done.resolved and done.acknowledged"),
    /** Normal again, or somebody said that it is over. */
    RESOLVED("(a.state = 1 or a.state = 0 and done.resolved)"),
    /** It was none. */
    WITHDRAWN("a.state > 1");

    private static final int ROW_OPEN = 0;
    private static final int ROW_RESOLVED = 1;

    private final String condition;

    ShownState(String condition) {
        this.condition = condition;
    }

    /**
     * @param row the row's code; one this version does not know is no longer open
     * @param resolved somebody resolved it since its onset
     */
    static ShownState of(int row, boolean acknowledged, boolean resolved) {
        if (row == ROW_OPEN && !resolved) {
            return acknowledged ? ACKNOWLEDGED : OPEN;
        }
        return row == ROW_OPEN || row == ROW_RESOLVED ? RESOLVED : WITHDRAWN;
    }

    /** The same in SQL, of the row {@code a} and what was {@code done} to it. */
    String condition() {
        return condition;
    }

    /** Whether people have nothing left to do. */
    boolean isOver() {
        return this == RESOLVED || this == WITHDRAWN;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<ShownState> of(String label) {
        return Arrays.stream(values())
                .filter(state -> state.label().equals(label))
                .findFirst();
    }
}
