package io.millrace.query.trace;

import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.live.Decoder;
import io.millrace.query.trace.TraceSummary.Figures;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which traces a client of the feed wants to see; fields mean what the parameters of the list mean.
 *
 * @param error whether the trace must (or must not) have failed, as far as is known
 */
record TraceSelection(
        Optional<String> name,
        Optional<String> userId,
        Optional<String> sessionId,
        Optional<String> environment,
        Optional<String> release,
        Optional<String> tag,
        Optional<Boolean> error,
        Optional<TraceState> state,
        Optional<Long> minDurationNanos,
        Optional<BigInteger> minCostPico)
        implements Decoder.Selection<SaidTrace> {

    private static final Set<String> KNOWN = Set.of(
            "name",
            "user_id",
            "session_id",
            "environment",
            "release",
            "tag",
            "status",
            "state",
            "min_duration_ms",
            "min_cost_usd");
    private static final Set<String> NOT_AVAILABLE = Set.of("model", "grade", "q");

    /**
     * @throws Problem for fields that cannot be used
     */
    static TraceSelection parse(Map<String, List<String>> filter) {
        Parameters fields = Parameters.of(filter, KNOWN, NOT_AVAILABLE);
        return new TraceSelection(
                fields.text("name"),
                fields.text("user_id"),
                fields.text("session_id"),
                fields.text("environment"),
                fields.text("release"),
                fields.text("tag"),
                fields.text("status").map(TraceFilter::isError),
                fields.text("state").map(TraceSelection::state),
                fields.amount("min_duration_ms").map(TraceFilter::nanos),
                fields.amount("min_cost_usd").map(TraceFilter::pico));
    }

    private static TraceState state(String label) {
        return Arrays.stream(TraceState.values())
                .filter(state -> state.label().equals(label))
                .findFirst()
                .orElseThrow(() -> Problem.parameter("state", "must be live, complete or settled"));
    }

    @Override
    public boolean takes(SaidTrace said) {
        TraceSummary trace = said.summary();
        return isOrAny(name, trace.name())
                && isOrAny(userId, trace.userId())
                && isOrAny(sessionId, trace.sessionId())
                && isOrAny(environment, trace.environment())
                && isOrAny(release, trace.release())
                && isOrAny(error, trace.error())
                && isOrAny(state, trace.state())
                && tag.map(trace.tags()::contains).orElse(true)
                && takes(trace.figures());
    }

    private boolean takes(Figures figures) {
        BigInteger cost = figures.knownCostPico();
        return figures.endNanos() - figures.startNanos() >= minDurationNanos.orElse(Long.MIN_VALUE)
                && minCostPico
                        .map(least -> cost != null && cost.compareTo(least) >= 0)
                        .orElse(true);
    }

    private static <T> boolean isOrAny(Optional<T> wanted, @Nullable T actual) {
        return wanted.isEmpty() || wanted.get().equals(actual);
    }

    @Override
    public String json(SaidTrace said) {
        return said.json();
    }
}
