package io.millrace.jobs.rollup;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Windows in which requests have just failed, which are said before their turn: an outage is told as soon as it is known. So
 * that a series that always fails now and then costs no more than it is worth, a window is put first a few times between two
 * turns of all.
 */
final class FailedFirst {
    private static final int TIMES = 2;

    private final Map<CubeKey, Map<Slot, Integer>> times = new HashMap<>();
    private Map<CubeKey, Set<Slot>> first = new LinkedHashMap<>();

    /** Requests have failed in a window. */
    void failed(CubeKey key, Slot slot) {
        int before = times.getOrDefault(key, Map.of()).getOrDefault(slot, 0);
        if (before < TIMES) {
            first.computeIfAbsent(key, absent -> new LinkedHashSet<>()).add(slot);
        }
    }

    /** The windows to be said now. */
    Map<CubeKey, Set<Slot>> take() {
        if (first.isEmpty()) {
            return Map.of();
        }
        Map<CubeKey, Set<Slot>> taken = first;
        first = new LinkedHashMap<>();
        taken.forEach((key, slots) -> {
            Map<Slot, Integer> counts = times.computeIfAbsent(key, absent -> new HashMap<>());
            slots.forEach(slot -> counts.merge(slot, 1, Integer::sum));
        });
        return taken;
    }

    /** It was the turn of all. */
    void allSaid() {
        times.clear();
        first.clear();
    }
}
