package io.millrace.bench.burst;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Bursts against the anomalies of their project.
 *
 * @param told bursts that are the project's error rate's anomaly, once
 * @param joined bursts that are a part of the one before, from which no calm set them apart in time
 * @param lost bursts that had to be told and were not, in words
 * @param doubled bursts that were told more than once
 * @param invented anomalies that are no burst's
 * @param endless anomalies that are not over though every burst is
 */
public record ToldBursts(
        int told, int joined, List<String> lost, List<String> doubled, List<String> invented, List<String> endless) {

    /**
     * Compares.
     *
     * @param told as {@code /v1/anomalies} has them, when all has been calm for a while
     * @param until when the traffic ended: that nothing comes any more is an anomaly, and no invention
     */
    public static ToldBursts of(List<Burst> bursts, List<JsonNode> told, Instant until) {
        return of(
                bursts,
                told.stream().filter(anomaly -> onset(anomaly).isBefore(until)).toList());
    }

    private static ToldBursts of(List<Burst> bursts, List<JsonNode> anomalies) {
        int told = 0;
        int joined = 0;
        List<String> lost = new ArrayList<>();
        List<String> doubled = new ArrayList<>();
        for (Burst burst : bursts) {
            List<JsonNode> own = anomalies.stream()
                    .filter(anomaly -> isOfTheProject(anomaly) && burst.covers(onset(anomaly)))
                    .toList();
            List<JsonNode> meanwhile = anomalies.stream()
                    .filter(anomaly -> wasOpen(anomaly, burst))
                    .toList();
            if (own.isEmpty() && !burst.apart() && meanwhile.stream().anyMatch(ToldBursts::isOfTheProject)) {
                joined++;
            } else if (own.isEmpty() && burst.mustBeTold()) {
                lost.add(burst + "; open meanwhile: "
                        + meanwhile.stream().map(ToldBursts::words).toList());
            } else if (own.size() > 1) {
                doubled.add(burst + ": " + own.stream().map(ToldBursts::words).toList());
            } else {
                told += own.size();
            }
        }
        return new ToldBursts(
                told,
                joined,
                lost,
                doubled,
                anomalies.stream()
                        .filter(anomaly -> bursts.stream().noneMatch(burst -> burst.covers(onset(anomaly))))
                        .map(ToldBursts::words)
                        .toList(),
                anomalies.stream()
                        .filter(anomaly -> anomaly.path("ended").isNull())
                        .map(ToldBursts::words)
                        .toList());
    }

    private static boolean isOfTheProject(JsonNode anomaly) {
        return anomaly.required("measure").asText().equals("error_rate")
                && anomaly.required("series").required("cube").asText().equals("project")
                && !anomaly.required("state").asText().equals("withdrawn");
    }

    /** One that did not end before the burst began may have taken it for its own. */
    private static boolean wasOpen(JsonNode anomaly, Burst burst) {
        return onset(anomaly).isBefore(burst.end())
                && (anomaly.path("ended").isNull() || time(anomaly, "ended").isAfter(burst.begin()));
    }

    private static Instant onset(JsonNode anomaly) {
        return time(anomaly, "onset");
    }

    private static Instant time(JsonNode anomaly, String field) {
        return OffsetDateTime.parse(anomaly.required(field).asText()).toInstant();
    }

    private static String words(JsonNode anomaly) {
        return anomaly.required("state").asText() + ", onset " + onset(anomaly) + ": "
                + anomaly.required("sentence").asText();
    }
}
