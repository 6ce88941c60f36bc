package io.millrace.jobs.rollup;

import io.millrace.jobs.assembly.SpanFact;
import io.millrace.schema.span.SpanKind;
import io.millrace.schema.usage.Usage;
import org.jspecify.annotations.Nullable;

/**
 * All of a span that windows see. The contributions of a span are a pure function of this, so that what was
 * contributed once can be taken back exactly, and recomputed from rows.
 *
 * @param windowAtNanos decides the windows
 * @param error whether the span failed
 * @param counted whether its usage counts
 * @param root whether it is its trace's root
 * @param durationNanos never negative
 * @param usage null when none was reported
 * @param costPico null when the usage has no price
 * @param timeToFirstTokenNanos 0 when unknown
 */
public record SpanContribution(
        long windowAtNanos,
        String environment,
        SpanKind kind,
        String provider,
        String model,
        String name,
        String release,
        String prompt,
        boolean error,
        boolean counted,
        boolean root,
        long durationNanos,
        @Nullable Usage usage,
        @Nullable Long costPico,
        long timeToFirstTokenNanos) {

    /**
     * Whether it is a request of the series that are asked for its kind: of model calls, one whose usage counts, or one that
     * failed and therefore has none to report.
     */
    boolean isRequest() {
        return counted || !kind.callsModel() || error && usage == null;
    }

    public static SpanContribution of(SpanFact fact, boolean counted, boolean root) {
        return new SpanContribution(
                fact.windowAtNanos(),
                fact.environment(),
                fact.kind(),
                fact.message().getProvider(),
                fact.model(),
                fact.message().getName(),
                fact.release(),
                fact.prompt(),
                fact.isError(),
                counted,
                root,
                fact.durationNanos(),
                fact.usage(),
                fact.cost().pico(),
                fact.message().getTimeToFirstTokenNanos());
    }
}
