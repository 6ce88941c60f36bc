package io.millrace.clients;

import java.time.Duration;
import java.util.List;

/**
 * How often a program's agent runs.
 *
 * @param pause from one to the next, counted from the end of the first, however long the others take
 */
public record Rounds(int count, Duration pause) {
    /** What the programs do when nothing is said. */
    public static final Rounds ONE = new Rounds(1, Duration.ZERO);

    List<String> arguments() {
        return List.of(Integer.toString(count), Long.toString(pause.toMillis()));
    }

    static Rounds of(String[] arguments) {
        return arguments.length == 2
                ? new Rounds(Integer.parseInt(arguments[0]), Duration.ofMillis(Long.parseLong(arguments[1])))
                : ONE;
    }
}
