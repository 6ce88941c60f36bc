package io.millrace.bench.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * An anomaly as the feed told it first.
 *
 * @param cause the {@code incident_id}, which anomalies of one cause share
 * @param measure the measure and the kind, where it says them
 * @param seen when it was told
 */
record ToldAnomaly(
        String id, String cause, String severity, String measure, String sentence, Instant onset, Instant seen) {
    static ToldAnomaly of(JsonNode json, Instant seen) {
        return new ToldAnomaly(
                json.required("id").asText(),
                json.path("incident_id").asText(),
                json.path("severity").asText(),
                (json.path("measure").asText() + " " + json.path("kind").asText()).strip(),
                json.path("sentence").asText(),
                OffsetDateTime.parse(json.required("onset").asText()).toInstant(),
                seen);
    }
}
