package io.millrace.bench.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;

/** What was pushed of anomalies, and when. Times are microseconds since the epoch. Thread-safe. */
final class AnomalyPushes {
    static final long LONGEST_MICROS = 60_000_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<State, Long> states = new HashMap<>();
    private final Map<String, Begun> begun = new HashMap<>();

    private record State(String entity, String revision) {}

    /**
     * The first push of an anomaly.
     *
     * @param names of its series
     */
    private record Begun(Set<String> names, String measure, long at) {}

    /**
     * Takes an event.
     *
     * @param message the whole of it
     * @throws IOException when it is no anomaly
     */
    synchronized void take(String entity, String revision, String message, long at) throws IOException {
        states.putIfAbsent(new State(entity, revision), at);
        if (!begun.containsKey(entity)) {
            JsonNode anomaly = JSON.readTree(message).path("data");
            Set<String> names = new HashSet<>();
            anomaly.path("series").path("dims").forEach(value -> names.add(value.asText()));
            begun.put(entity, new Begun(names, anomaly.path("measure").asText(), at));
        }
    }

    synchronized boolean hasAll(Collection<AnomalyRecord> records) {
        return records.stream().allMatch(record -> states.containsKey(stateOf(record)));
    }

    /**
     * Microseconds from each record to its push.
     *
     * @throws IOException when one was not pushed
     */
    synchronized Histogram sinceAppended(Collection<AnomalyRecord> records) throws IOException {
        Histogram micros = new Histogram(LONGEST_MICROS, 3);
        for (AnomalyRecord record : records) {
            Long pushed = states.get(stateOf(record));
            if (pushed == null) {
                throw new IOException("an anomaly was appended and never pushed: " + record);
            }
            record(micros, pushed - record.appended());
        }
        return micros;
    }

    /** Microseconds from the acknowledgement of the newest outage of its name to the first push of each anomaly. */
    synchronized Histogram sinceAcknowledged(List<Outage> outages) {
        Histogram micros = new Histogram(LONGEST_MICROS, 3);
        for (Begun anomaly : begun.values()) {
            if (anomaly.measure.equals("error_rate")) {
                outages.stream()
                        .filter(outage -> anomaly.names.contains(outage.name()) && outage.sent() <= anomaly.at)
                        .reduce((older, newer) -> newer)
                        // The push may overtake the answer.
                        .ifPresent(outage -> record(micros, anomaly.at - outage.acknowledged()));
            }
        }
        return micros;
    }

    private static State stateOf(AnomalyRecord record) {
        return new State(record.entity(), record.revision());
    }

    private static void record(Histogram histogram, long micros) {
        histogram.recordValue(Math.min(LONGEST_MICROS, Math.max(0, micros)));
    }
}
