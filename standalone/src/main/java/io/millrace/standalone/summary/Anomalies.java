package io.millrace.standalone.summary;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What was told of anomalies so far. */
final class Anomalies {
    /** What {@link #told} wants to know of the API. */
    static final String QUERY = "/v1/anomalies?limit=100";

    private static final Set<String> OPEN = Set.of("open", "acknowledged");

    /** By their ids. */
    private final Set<String> known = new HashSet<>();

    private int open;

    /**
     * Reads an answer of the API to {@link #QUERY}; a line for each incident that is new and open, oldest first: many series
     * show one cause, and who looks at a terminal wants to hear of it once.
     */
    List<String> told(JsonNode answer) {
        Map<String, JsonNode> incidents = new LinkedHashMap<>();
        open = 0;
        for (JsonNode anomaly : answer.path("items")) {
            if (OPEN.contains(anomaly.path("state").asText())) {
                open++;
                incidents.merge(anomaly.path("incident_id").asText(), anomaly, Anomalies::clearer);
            }
        }
        List<String> lines = new ArrayList<>();
        incidents.forEach((incident, anomaly) -> {
            if (known.add(incident)) {
                lines.add(0, line(anomaly));
            }
        });
        return lines;
    }

    /** That of the series that explains the incident best, if it is there. */
    private static JsonNode clearer(JsonNode one, JsonNode other) {
        return other.path("series").equals(other.path("cause")) ? other : one;
    }

    int open() {
        return open;
    }

    private static String line(JsonNode anomaly) {
        return "incident [" + anomaly.path("severity").asText() + "] "
                + anomaly.path("sentence").asText();
    }
}
