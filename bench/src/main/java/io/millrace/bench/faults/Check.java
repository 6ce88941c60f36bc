package io.millrace.bench.faults;

import io.millrace.bench.load.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * One comparison.
 *
 * @param rows how many rows were expected
 * @param differences what disagrees, in words; empty when nothing does
 */
record Check(String name, int rows, List<String> differences) {
    private static final int LONGEST_LIST = 5;

    static Check tables(String name, Table expected, Table actual) {
        return new Check(
                name,
                expected.size(),
                expected.differences(actual).stream()
                        .map(Table.Difference::toString)
                        .sorted()
                        .toList());
    }

    /** Whether two numbers are the same. */
    static Check equal(String name, long expected, long actual) {
        return new Check(
                name, 1, expected == actual ? List.of() : List.of("expected " + expected + ", found " + actual));
    }

    static Check isTrue(String name, boolean holds) {
        return new Check(name, 1, holds ? List.of() : List.of("does not hold"));
    }

    boolean passed() {
        return differences.isEmpty();
    }

    /** One line, and the first differences. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        String verdict = passed() ? "equal" : differences.size() + " DIFFER";
        lines.add(String.format("  %-52s %8d rows  %s", name, rows, verdict));
        differences.stream()
                .limit(LONGEST_LIST)
                .map(difference -> "      " + difference)
                .forEach(lines::add);
        return lines;
    }
}
