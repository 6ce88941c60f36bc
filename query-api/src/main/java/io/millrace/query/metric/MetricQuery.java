package io.millrace.query.metric;

import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.http.TimeRange;
import io.millrace.schema.window.Dimension;
import io.millrace.schema.window.Grain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a caller wants to know.
 *
 * @param measures at least one
 * @param filters the value that a dimension must have
 * @param step length of a point; nothing for one point over the whole range
 */
record MetricQuery(
        List<Measure> measures,
        List<Dimension> groupBy,
        Map<Dimension, String> filters,
        TimeRange range,
        Optional<Grain> step) {

    private static final Duration DEFAULT_RANGE = Duration.ofHours(1);
    private static final String ALL = "all";
    private static final Set<String> MEASURES_TO_COME = Set.of("users", "sessions");
    private static final Set<String> DIMENSIONS_TO_COME = Set.of("cohort");
    private static final Set<String> PLAIN = Set.of("measures", "group_by", "from", "to", "step", Parameters.PROJECT);
    private static final Set<String> KNOWN = known();

    private static Set<String> known() {
        Set<String> known = new HashSet<>(PLAIN);
        Arrays.stream(Dimension.values()).map(Dimension::label).forEach(known::add);
        return Set.copyOf(known);
    }

    /**
     * @throws Problem for parameters that cannot be used
     */
    static MetricQuery parse(Map<String, List<String>> query, Instant now) {
        Parameters parameters = Parameters.of(query, KNOWN, DIMENSIONS_TO_COME);
        Map<Dimension, String> filters = new EnumMap<>(Dimension.class);
        for (Dimension dimension : Dimension.values()) {
            parameters.text(dimension.label()).ifPresent(value -> filters.put(dimension, value));
        }
        return new MetricQuery(
                measures(parameters.list("measures")),
                parameters.list("group_by").stream().map(MetricQuery::dimension).toList(),
                filters,
                parameters.range(now, () -> now.minus(DEFAULT_RANGE), () -> now),
                parameters.text("step").filter(text -> !text.equals(ALL)).map(MetricQuery::grain));
    }

    /** The dimensions that a series must have to answer. */
    Set<Dimension> dimensions() {
        Set<Dimension> dimensions = EnumSet.noneOf(Dimension.class);
        dimensions.addAll(groupBy);
        dimensions.addAll(filters.keySet());
        return dimensions;
    }

    Set<Measure.Part> parts() {
        Set<Measure.Part> parts = EnumSet.noneOf(Measure.Part.class);
        measures.forEach(measure -> parts.add(measure.part()));
        return parts;
    }

    static List<Measure> measures(List<String> labels) {
        if (labels.isEmpty()) {
            throw Problem.parameter("measures", "is needed; one or more of " + allMeasures());
        }
        List<Measure> measures = new ArrayList<>();
        labels.forEach(label -> measures.add(measure(label)));
        // A sum of costs says what it lacks, asked or not.
        if (measures.contains(Measure.COST_USD) && !measures.contains(Measure.UNPRICED_SPANS)) {
            measures.add(Measure.UNPRICED_SPANS);
        }
        return List.copyOf(measures);
    }

    private static Measure measure(String label) {
        if (MEASURES_TO_COME.contains(label)) {
            throw notAvailable("measures", label);
        }
        return Measure.of(label)
                .orElseThrow(() -> Problem.parameter("measures", label + " is none of " + allMeasures()));
    }

    private static String allMeasures() {
        return String.join(
                ", ", Arrays.stream(Measure.values()).map(Measure::label).toList());
    }

    static Dimension dimension(String label) {
        if (DIMENSIONS_TO_COME.contains(label)) {
            throw notAvailable("group_by", label);
        }
        return Arrays.stream(Dimension.values())
                .filter(dimension -> dimension.label().equals(label))
                .findFirst()
                .orElseThrow(() -> Problem.parameter("group_by", label + " is no dimension"));
    }

    private static Grain grain(String label) {
        return Arrays.stream(Grain.values())
                .filter(grain -> grain.label().equals(label))
                .findFirst()
                .orElseThrow(() -> Problem.parameter("step", "must be 10s, 1m, 1h, 1d or all"));
    }

    private static Problem notAvailable(String parameter, String item) {
        return Problem.of(
                ProblemType.NOT_AVAILABLE,
                item + " is not available in this version",
                List.of(new Problem.FieldError(parameter, item + " is not available in this version")));
    }
}
