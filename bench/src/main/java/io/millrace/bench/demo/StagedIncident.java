package io.millrace.bench.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the demo let go wrong.
 *
 * @param place dimension and value
 * @param firstSpan when the first span that shows it was acknowledged; empty: none was yet
 */
record StagedIncident(Kind kind, String place, Instant begin, Instant end, Optional<Instant> firstSpan) {
    private static final ObjectMapper JSON = new ObjectMapper();
    /**
     * An anomaly's onset is the beginning of a window, or where the evidence of a drop begins: chance may have begun it a
     * while before the incident did.
     */
    private static final Duration WINDOW = Duration.ofSeconds(10);

    /** What may be told of an incident, by a word in the anomaly's measure or kind. */
    enum Kind {
        SLOW_MODEL("latency", "ttft", "time_to_first_token"),
        ERROR_BURST("error"),
        COST_SPIKE("cost", "token"),
        SILENCE("throughput", "silence");

        private final Set<String> words;

        Kind(String... words) {
            this.words = Set.of(words);
        }

        /** Whether an anomaly of that measure fits; one that does not say its measure does. */
        boolean fits(String measureAndKind) {
            return measureAndKind.isBlank() || words.stream().anyMatch(measureAndKind::contains);
        }
    }

    /** Whether something that begins at {@code onset} and is told at {@code seen} may be this incident's doing. */
    boolean covers(Instant onset, Instant seen) {
        return !seen.isBefore(begin) && !onset.isBefore(begin.minus(WINDOW)) && onset.isBefore(end.plus(WINDOW));
    }

    /** All of a demo's file. */
    static List<StagedIncident> read(Path file) throws IOException {
        List<StagedIncident> incidents = new ArrayList<>();
        for (JsonNode entry : JSON.readTree(file.toFile()).path("incidents")) {
            JsonNode first = entry.path("first_span_acknowledged");
            incidents.add(new StagedIncident(
                    Kind.valueOf(entry.required("kind").asText().toUpperCase(Locale.ROOT)),
                    entry.at("/place/dimension").asText() + " "
                            + entry.at("/place/value").asText(),
                    Instant.parse(entry.required("planned_begin").asText()),
                    Instant.parse(entry.required("planned_end").asText()),
                    first.isTextual() ? Optional.of(Instant.parse(first.asText())) : Optional.empty()));
        }
        return incidents;
    }
}
