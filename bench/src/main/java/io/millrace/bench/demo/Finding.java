package io.millrace.bench.demo;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An incident, and the first that was told of it.
 *
 * @param anomaly empty: nothing was told
 */
record Finding(StagedIncident incident, Optional<ToldAnomaly> anomaly) {
    boolean found() {
        return anomaly.isPresent();
    }

    /** Seconds from the acknowledgement of its first span until it was told; empty when one of the two never was. */
    Optional<Double> seconds() {
        return anomaly.flatMap(told -> incident.firstSpan()
                .map(first -> Duration.between(first, told.seen()).toMillis() / 1e3));
    }

    /** For a file. */
    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", kind());
        map.put("place", incident.place());
        map.put("found", found());
        seconds().ifPresent(seconds -> map.put("seconds", seconds));
        anomaly.ifPresent(told -> map.put("sentence", told.sentence()));
        return map;
    }

    @Override
    public String toString() {
        String what = String.format(Locale.ROOT, "%-12s %-28s ", kind(), incident.place());
        return what
                + anomaly.map(told -> seconds()
                                        .map(seconds -> String.format(Locale.ROOT, "%6.1f s", seconds))
                                        .orElse("     ? s")
                                + "  " + told.sentence())
                        .orElse("NOT FOUND");
    }

    private String kind() {
        return incident.kind().name().toLowerCase(Locale.ROOT);
    }
}
