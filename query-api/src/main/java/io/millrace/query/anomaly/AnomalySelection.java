package io.millrace.query.anomaly;

import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.schema.window.Dimension;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which anomalies a client of the feed wants to see; fields mean what the parameters of the list mean.
 *
 * @param least the severity
 * @param dims values that the series must have
 */
record AnomalySelection(
        Optional<Severity> least,
        Optional<WatchedMeasure> measure,
        Optional<AnomalyKind> kind,
        Optional<UUID> incident,
        Map<Dimension, String> dims) {
    private static final Set<Dimension> DIMENSIONS = Set.of(Dimension.ENVIRONMENT, Dimension.MODEL, Dimension.NAME);
    private static final Set<String> KNOWN =
            Set.of("severity", "measure", "kind", "incident", "environment", "model", "name");
    /** Acknowledged is a state that the topic does not know. */
    private static final Set<String> NOT_AVAILABLE = Set.of("state");

    /**
     * @throws Problem for fields that cannot be used
     */
    static AnomalySelection parse(Map<String, List<String>> filter) {
        Parameters fields = Parameters.of(filter, KNOWN, NOT_AVAILABLE);
        Map<Dimension, String> dims = new EnumMap<>(Dimension.class);
        for (Dimension dimension : DIMENSIONS) {
            fields.text(dimension.label()).ifPresent(value -> dims.put(dimension, value));
        }
        return new AnomalySelection(
                AnomalyFilter.one(fields, "severity", Severity::of, "info, warning or critical"),
                AnomalyFilter.one(fields, "measure", WatchedMeasure::of, "throughput, error_rate, latency_p95 or cost"),
                AnomalyFilter.one(fields, "kind", AnomalyKind::of, "spike, drop or silence"),
                fields.uuid("incident"),
                dims);
    }

    boolean takes(Anomaly anomaly) {
        return least.map(severity -> anomaly.severity().compareTo(severity) >= 0)
                        .orElse(true)
                && measure.map(wanted -> wanted == anomaly.measure()).orElse(true)
                && kind.map(wanted -> wanted == anomaly.kind()).orElse(true)
                && incident.map(anomaly.incident()::equals).orElse(true)
                && dims.entrySet().stream()
                        .allMatch(dim ->
                                dim.getValue().equals(anomaly.series().dims().get(dim.getKey())));
    }
}
