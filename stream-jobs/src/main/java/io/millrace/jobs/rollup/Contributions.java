package io.millrace.jobs.rollup;

import io.millrace.jobs.store.SeriesText;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.Usage;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Grain;
import io.millrace.schema.window.WindowValue;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A bundle of contributions. A span belongs to about seven series, so spans of equal dimensions are summed first and
 * only the sums are fanned out to the cubes: one look-up per span instead of seven.
 *
 * <p>Its series have the names that the store gives them, so that a window is the same one in state, in the topic and
 * in its row.
 */
public final class Contributions {
    private static final BigInteger PICO_PER_MICRO = BigInteger.valueOf(1_000_000);

    private final Map<JointKey, Sum> sums = new HashMap<>();
    private int spans;
    private boolean failed;

    /** Spans of these dimensions in this ten-second window. */
    private record JointKey(
            UUID project,
            long windowStart,
            String environment,
            SpanKind kind,
            String provider,
            String model,
            String name,
            String release,
            String prompt) {

        /** Under the names that the store keeps. */
        JointKey stored() {
            return new JointKey(
                    project,
                    windowStart,
                    SeriesText.dimension(environment),
                    kind,
                    SeriesText.dimension(provider),
                    SeriesText.dimension(model),
                    SeriesText.dimension(name),
                    SeriesText.dimension(release),
                    SeriesText.dimension(prompt));
        }
    }

    /** What the spans bring as themselves, and what they bring as roots of their traces. */
    private static final class Sum {
        private final WindowValue own = new WindowValue();
        private @Nullable WindowValue root;

        private WindowValue root() {
            WindowValue value = root;
            if (value == null) {
                value = new WindowValue();
                root = value;
            }
            return value;
        }
    }

    /**
     * Adds a span, or takes it back.
     *
     * @param sign 1 to add, -1 to take back what was added with the same arguments
     */
    public void span(UUID project, SpanContribution span, long sign) {
        Sum sum = sumOf(keyOf(project, span));
        WindowValue own = sum.own;
        double latencyMillis = span.durationNanos() / 1e6;
        own.span(sign, span.error());
        if (span.isRequest()) {
            own.request(sign, span.error(), latencyMillis);
        }
        if (span.root()) {
            sum.root().request(sign, span.error(), latencyMillis);
        }
        spans++;
        failed |= span.error() && sign > 0 && (span.isRequest() || span.root());
        Usage usage = span.usage();
        if (span.counted() && usage != null) {
            Long cost = span.costPico();
            own.usage(sign, usage, cost != null, cost == null ? 0 : cost);
            if (usage.outputTokens() > 0 && span.durationNanos() > 0) {
                own.throughput(sign, usage.outputTokens() * 1e9 / span.durationNanos());
            }
        }
        if (span.timeToFirstTokenNanos() > 0 && (span.counted() || !span.kind().callsModel())) {
            own.firstToken(sign, span.timeToFirstTokenNanos() / 1e6);
        }
    }

    /** Adds a trace, in the window and the series of the first of its spans to come. */
    public void begun(UUID project, SpanContribution first) {
        sumOf(keyOf(project, first)).own.begun();
    }

    /**
     * Adds a settled trace in the window of its root, or takes it back.
     *
     * @param costPico of its counted spans; null when none has a price
     */
    public void trace(UUID project, SpanContribution root, @Nullable BigInteger costPico, long sign) {
        WindowValue value = sumOf(keyOf(project, root)).root();
        value.trace(sign);
        if (costPico != null) {
            value.traceCost(sign, costPico.doubleValue() / PICO_PER_MICRO.doubleValue());
        }
    }

    /** How many spans were added or taken back. */
    public int spans() {
        return spans;
    }

    /** Whether any of its requests failed. */
    public boolean hasFailed() {
        return failed;
    }

    /** How many distinct dimensions and windows the bundle holds. */
    public int size() {
        return sums.size();
    }

    public boolean isEmpty() {
        return sums.isEmpty();
    }

    /** Hands each series window's sum to {@code out}, one call per series window, and empties the bundle. */
    public void drain(BiConsumer<SeriesWindow, WindowValue> out) {
        Map<SeriesWindow, WindowValue> series = new HashMap<>(sums.size() * 4);
        sums.forEach((key, sum) -> fanOut(key.stored(), sum, series));
        sums.clear();
        spans = 0;
        failed = false;
        series.forEach((window, value) -> {
            if (!value.isZero()) {
                out.accept(window, value);
            }
        });
    }

    private Sum sumOf(JointKey key) {
        return sums.computeIfAbsent(key, absent -> new Sum());
    }

    private static JointKey keyOf(UUID project, SpanContribution span) {
        long second = Math.floorDiv(span.windowAtNanos(), 1_000_000_000L);
        return new JointKey(
                project,
                Grain.TEN_SECONDS.floor(second),
                span.environment(),
                span.kind(),
                span.provider(),
                span.model(),
                span.name(),
                span.release(),
                span.prompt());
    }

    private static void fanOut(JointKey key, Sum sum, Map<SeriesWindow, WindowValue> series) {
        WindowValue own = sum.own;
        WindowValue root = sum.root;
        for (Cube cube : List.of(Cube.PROJECT, Cube.ENVIRONMENT)) {
            WindowValue value = valueOf(series, key, cube);
            value.mergeCounts(own);
            value.mergeUsage(own);
            if (root != null) {
                value.mergeRequests(root);
                value.mergeTraces(root);
            }
        }
        mergeOwn(valueOf(series, key, Cube.KIND), own);
        if (key.kind.callsModel()) {
            mergeOwn(valueOf(series, key, Cube.MODEL), own);
            mergeOwn(valueOf(series, key, Cube.MODEL_OPERATION), own);
        }
        WindowValue operation = valueOf(series, key, Cube.OPERATION);
        operation.mergeCounts(own);
        operation.mergeUsage(own);
        if (key.kind.callsModel() || key.kind == SpanKind.TOOL) {
            operation.mergeRequests(own);
        }
        WindowValue joint = valueOf(series, key, Cube.JOINT);
        mergeOwn(joint, own);
        if (root != null) {
            joint.mergeTraces(root);
        }
    }

    private static void mergeOwn(WindowValue value, WindowValue own) {
        value.mergeCounts(own);
        value.mergeRequests(own);
        value.mergeUsage(own);
    }

    private static WindowValue valueOf(Map<SeriesWindow, WindowValue> series, JointKey key, Cube cube) {
        List<String> dims = cube.dimensions().stream()
                .map(dimension -> switch (dimension) {
                    case ENVIRONMENT -> key.environment;
                    case KIND -> key.kind.label();
                    case PROVIDER -> key.provider;
                    case MODEL -> key.model;
                    case NAME -> key.name;
                    case RELEASE -> key.release;
                    case PROMPT -> key.prompt;
                })
                .toList();
        long start = Math.floorDiv(key.windowStart, (long) cube.windowSeconds()) * cube.windowSeconds();
        return series.computeIfAbsent(new SeriesWindow(key.project, cube, dims, start), absent -> new WindowValue());
    }
}
