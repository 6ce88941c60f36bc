package io.millrace.query.metric;

import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Dimension;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.WindowValue;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where a query's figures come from: the smallest cube that tells its dimensions apart, else the joint series. In the
 * joint series every span is under its own kind, so what a cube leaves out by kind is left out here as well, and the two
 * always agree.
 *
 * @param kinds the kinds whose series count; only ever limited in the joint series
 * @param requestKinds the kinds whose requests count; as {@code kinds}
 */
record Source(Cube cube, Set<String> kinds, Set<String> requestKinds) {
    private static final Set<Cube> WITH_TRACES = EnumSet.of(Cube.PROJECT, Cube.ENVIRONMENT);
    private static final Set<String> ALL = labels(EnumSet.allOf(SpanKind.class));
    private static final Set<String> MODEL_CALLS = labels(EnumSet.of(SpanKind.LLM, SpanKind.EMBEDDING));
    private static final Set<String> OPERATIONS = labels(EnumSet.of(SpanKind.LLM, SpanKind.EMBEDDING, SpanKind.TOOL));
    private static final int KIND_INDEX = Cube.JOINT.dimensions().indexOf(Dimension.KIND);

    /**
     * @throws Problem ({@link ProblemType#UNSERVABLE}) that says what can be served instead
     */
    static Source of(MetricQuery query) {
        Set<Dimension> wanted = query.dimensions();
        boolean traces = query.parts().contains(Measure.Part.TRACES);
        return Arrays.stream(Cube.values())
                .filter(cube -> cube != Cube.JOINT)
                .filter(cube -> cube.dimensions().containsAll(wanted))
                .filter(cube -> !traces || WITH_TRACES.contains(cube))
                .findFirst()
                .map(cube -> new Source(cube, ALL, ALL))
                .orElseGet(() -> joint(query, wanted, traces));
    }

    /** The shortest windows it has. */
    Grain finest() {
        return cube == Cube.JOINT ? Grain.MINUTE : Grain.TEN_SECONDS;
    }

    /** The longest windows it has. */
    Grain coarsest() {
        return cube == Cube.JOINT ? Grain.MINUTE : Grain.DAY;
    }

    Duration kept(Grain grain) {
        return cube == Cube.JOINT ? Cube.JOINT_KEPT : grain.kept();
    }

    /** Whether a series is part of the answer at all. */
    boolean takes(List<String> dims) {
        return cube != Cube.JOINT || kinds.contains(dims.get(KIND_INDEX)) || isOther(dims);
    }

    /** Adds a series' value to what it is a part of. */
    void merge(List<String> dims, WindowValue value, WindowValue into) {
        into.mergeCounts(value);
        into.mergeUsage(value);
        into.mergeTraces(value);
        if (cube != Cube.JOINT || requestKinds.contains(dims.get(KIND_INDEX))) {
            into.mergeRequests(value);
        }
    }

    /** The series that the rest was folded into has lost its kind; its spans are still spans. */
    private static boolean isOther(List<String> dims) {
        return dims.get(KIND_INDEX).equals(Cube.OTHER);
    }

    private static Source joint(MetricQuery query, Set<Dimension> wanted, boolean traces) {
        boolean requests = query.parts().stream().anyMatch(Measure.Part::isOfRequests);
        if (query.step().isPresent() && query.step().get() == Grain.TEN_SECONDS) {
            throw unservable("only windows of 1m and longer have " + named(query, wanted));
        }
        if (wanted.contains(Dimension.KIND)) {
            return new Source(Cube.JOINT, ALL, ALL);
        }
        if (wanted.contains(Dimension.MODEL)
                || wanted.contains(Dimension.PROVIDER)
                || wanted.contains(Dimension.PROMPT)) {
            if (traces) {
                throw unservable("traces have no model, provider or prompt of their own");
            }
            return new Source(Cube.JOINT, MODEL_CALLS, MODEL_CALLS);
        }
        if (requests && !wanted.contains(Dimension.NAME)) {
            throw unservable(
                    "latency and error rate by " + named(query, wanted) + " would mix kinds; add kind, name or model");
        }
        return new Source(Cube.JOINT, ALL, OPERATIONS);
    }

    private static String named(MetricQuery query, Set<Dimension> wanted) {
        String dimensions = wanted.stream().map(Dimension::label).collect(Collectors.joining(", "));
        return query.parts().contains(Measure.Part.TRACES) ? "traces by " + dimensions : dimensions;
    }

    static Problem unservable(String why) {
        String cubes = Arrays.stream(Cube.values())
                .filter(cube -> cube != Cube.JOINT)
                .map(cube -> cube.dimensions().isEmpty()
                        ? "(none)"
                        : cube.dimensions().stream().map(Dimension::label).collect(Collectors.joining(" + ")))
                .collect(Collectors.joining("; "));
        return Problem.of(
                ProblemType.UNSERVABLE,
                why + ". Groupings with every step: " + cubes + "; any other of "
                        + Cube.JOINT.dimensions().stream().map(Dimension::label).collect(Collectors.joining(", "))
                        + " with steps of 1m and longer over the last 7 days");
    }

    private static Set<String> labels(Set<SpanKind> kinds) {
        return kinds.stream().map(SpanKind::label).collect(Collectors.toUnmodifiableSet());
    }
}
