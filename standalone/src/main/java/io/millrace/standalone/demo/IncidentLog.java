package io.millrace.standalone.demo;

import io.millrace.standalone.demo.scenario.Incident;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file of what went wrong when, for those who compare it with what was noticed: each incident with its planned times,
 * and when its first span was acknowledged.
 */
final class IncidentLog {
    private final long seed;
    private final Instant epoch;
    private final List<Incident> incidents;
    private final Consumer<Map<String, ?>> file;
    private final Map<Incident, Instant> firstSpans = new ConcurrentHashMap<>();

    /**
     * @param epoch the beginning of the demo
     * @param file takes the whole content whenever it changes
     */
    IncidentLog(long seed, Instant epoch, List<Incident> incidents, Consumer<Map<String, ?>> file) {
        this.seed = seed;
        this.epoch = epoch;
        this.incidents = List.copyOf(incidents);
        this.file = file;
        write();
    }

    /** Whether its first span is still awaited. */
    boolean awaits(Incident incident) {
        return !firstSpans.containsKey(incident);
    }

    /**
     * Keeps the first time only.
     *
     * @param at when a span that shows the incident was acknowledged; of a silence, when one that never came would have
     *     ended
     */
    void firstSpan(Incident incident, Instant at) {
        if (firstSpans.putIfAbsent(incident, at) == null) {
            write();
        }
    }

    private synchronized void write() {
        List<Map<String, @Nullable Object>> entries = new ArrayList<>();
        for (Incident incident : incidents) {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("kind", incident.kind().label());
            entry.put(
                    "place",
                    Map.of(
                            "dimension", incident.place().dimension(),
                            "value", incident.place().value()));
            entry.put("strength", Math.round(incident.strength() * 100) / 100.0);
            entry.put("planned_begin", epoch.plus(incident.begin()).toString());
            entry.put("planned_end", epoch.plus(incident.end()).toString());
            Instant first = firstSpans.get(incident);
            entry.put("first_span_acknowledged", first == null ? null : first.toString());
            entries.add(entry);
        }
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("seed", seed);
        content.put("begun", epoch.toString());
        content.put("incidents", entries);
        file.accept(content);
    }
}
