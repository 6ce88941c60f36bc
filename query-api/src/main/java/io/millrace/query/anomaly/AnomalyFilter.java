package io.millrace.query.anomaly;

import io.millrace.query.http.Cursor;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.http.TimeRange;
import io.millrace.query.http.Times;
import io.millrace.schema.window.Dimension;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Which anomalies a list shows, and from where on.
 *
 * @param least the severity
 * @param dims values that the series must have; a series without the dimension has none of them
 * @param range of the onset, in whole microseconds as rows have it
 * @param after the last item of the page before
 */
record AnomalyFilter(
        Optional<ShownState> state,
        Optional<Severity> least,
        Optional<WatchedMeasure> measure,
        Optional<AnomalyKind> kind,
        Map<Dimension, String> dims,
        Optional<UUID> incident,
        TimeRange range,
        int limit,
        Optional<Cursor> after,
        String fingerprint) {
    private static final Set<Dimension> DIMENSIONS = Set.of(Dimension.ENVIRONMENT, Dimension.MODEL, Dimension.NAME);
    private static final Set<String> KINDS_TO_COME = Set.of("level_shift", "trend", "drift", "budget");
    private static final Set<String> KNOWN = known();

    private static Set<String> known() {
        Set<String> known = new HashSet<>(Set.of(
                "state",
                "severity",
                "measure",
                "kind",
                "incident",
                "from",
                "to",
                "limit",
                "cursor",
                Parameters.PROJECT));
        DIMENSIONS.forEach(dimension -> known.add(dimension.label()));
        return Set.copyOf(known);
    }

    /**
     * @throws Problem for parameters that cannot be used
     */
    static AnomalyFilter parse(Map<String, List<String>> query, Instant now) {
        Parameters parameters = Parameters.of(query, KNOWN, Set.of());
        Map<Dimension, String> dims = new EnumMap<>(Dimension.class);
        for (Dimension dimension : DIMENSIONS) {
            parameters.text(dimension.label()).ifPresent(value -> dims.put(dimension, value));
        }
        parameters.text("kind").filter(KINDS_TO_COME::contains).ifPresent(AnomalyFilter::refuseKind);
        TimeRange range = parameters.range(now, () -> Instant.EPOCH, () -> Times.ofNanos(Long.MAX_VALUE));
        String fingerprint = parameters.withoutPaging();
        return new AnomalyFilter(
                one(parameters, "state", ShownState::of, "open, acknowledged, resolved or withdrawn"),
                one(parameters, "severity", Severity::of, "info, warning or critical"),
                one(parameters, "measure", WatchedMeasure::of, "throughput, error_rate, latency_p95 or cost"),
                one(parameters, "kind", AnomalyKind::of, "spike, drop or silence"),
                dims,
                parameters.uuid("incident"),
                new TimeRange(wholeMicros(range.from()), wholeMicros(range.to())),
                parameters.limit(),
                parameters.text("cursor").map(text -> Cursor.decode(text, fingerprint)),
                fingerprint);
    }

    static <T> Optional<T> one(Parameters parameters, String name, Function<String, Optional<T>> of, String choices) {
        return parameters
                .text(name)
                .map(text -> of.apply(text).orElseThrow(() -> Problem.parameter(name, "must be " + choices)));
    }

    private static void refuseKind(String kind) {
        String detail = kind + " is not available in this version";
        throw Problem.of(ProblemType.NOT_AVAILABLE, detail, List.of(new Problem.FieldError("kind", detail)));
    }

    /** Rounded up, inclusive as exclusive: no row lies in between. */
    private static Instant wholeMicros(Instant time) {
        Instant floor = time.truncatedTo(ChronoUnit.MICROS);
        return floor.equals(time) ? time : floor.plus(1, ChronoUnit.MICROS);
    }
}
