package io.millrace.standalone.summary;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What was told of anomalies so far. */
final class Anomalies {
    /** What {@link #told} wants to know of the API. */
    static final String QUERY = "/v1/anomalies?limit=100";

    private static final Set<String> OPEN = Set.of("open", "acknowledged");

    private final Set<String> known = new HashSet<>();
    private int open;

    /** Reads an answer of the API to {@link #QUERY}; a line for each anomaly that is new and open, oldest first. */
    List<String> told(JsonNode answer) {
        List<String> lines = new ArrayList<>();
        open = 0;
        for (JsonNode anomaly : answer.path("items")) {
            if (OPEN.contains(anomaly.path("state").asText())) {
                open++;
                if (known.add(anomaly.path("id").asText())) {
                    lines.add(0, line(anomaly));
                }
            }
        }
        return lines;
    }

    int open() {
        return open;
    }

    private static String line(JsonNode anomaly) {
        return "anomaly [" + anomaly.path("severity").asText() + "] "
                + anomaly.path("sentence").asText();
    }
}
