package io.millrace.query.anomaly;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.query.http.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An anomaly as it is shown.
 *
 * @param judgement of the window that was farthest off
 * @param cause the series that explains the incident best
 * @param actions in the order of time
 */
record Anomaly(
        UUID id,
        UUID incident,
        ShownState state,
        AnomalyKind kind,
        Severity severity,
        WatchedMeasure measure,
        WatchedSeries series,
        Judgement judgement,
        Life life,
        WatchedSeries cause,
        String sentence,
        List<Action.Taken> actions) {
    private static final int PICO_DIGITS = 12;
    private static final Duration WINDOW = Duration.ofSeconds(10);

    /** In the measure's unit. */
    record Judgement(double observed, double expected, double lower, double upper, double score) {}

    /**
     * When it was, by stream time.
     *
     * @param ended null while the series is not normal again
     */
    record Life(
            Instant onset,
            Instant firstSeen,
            Instant lastSeen,
            @Nullable Instant ended) {
        /** Until when there may be spans of it: values of an open window are ahead of stream time. */
        Instant end() {
            return ended == null ? lastSeen.plus(WINDOW) : ended;
        }
    }

    Anomaly with(List<Action.Taken> taken) {
        return new Anomaly(
                id, incident, state, kind, severity, measure, series, judgement, life, cause, sentence, taken);
    }

    Optional<Action> newest(Action.Kind wanted) {
        return actions.stream()
                .map(Action.Taken::action)
                .filter(action -> action.kind() == wanted)
                .reduce((older, newer) -> newer);
    }

    void write(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", id.toString());
        out.writeStringField("incident_id", incident.toString());
        out.writeStringField("state", state.label());
        out.writeStringField("kind", kind.label());
        out.writeStringField("severity", severity.label());
        out.writeStringField("measure", measure.label());
        series.write(out, "series");
        writeJudgement(out);
        Json.time(out, "onset", life.onset);
        Json.time(out, "first_seen", life.firstSeen);
        Json.time(out, "last_seen", life.lastSeen);
        Json.time(out, "ended", life.ended);
        cause.write(out, "cause");
        out.writeStringField("sentence", sentence);
        TraceLink.of(this).write(out, "traces");
        out.writeArrayFieldStart("actions");
        for (Action.Taken action : actions) {
            action.write(out);
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void writeJudgement(JsonGenerator out) throws IOException {
        out.writeStringField("unit", measure.unit());
        Json.number(out, "observed", judgement.observed);
        Json.number(out, "expected", judgement.expected);
        Json.number(out, "lower", judgement.lower);
        Json.number(out, "upper", judgement.upper);
        if (measure == WatchedMeasure.COST) {
            Json.text(out, "observed_usd", usd(judgement.observed));
            Json.text(out, "expected_usd", usd(judgement.expected));
            Json.text(out, "lower_usd", usd(judgement.lower));
            Json.text(out, "upper_usd", usd(judgement.upper));
        }
        Json.number(out, "score", judgement.score);
    }

    private static @Nullable String usd(double dollars) {
        return Double.isFinite(dollars)
                ? Json.usd(BigDecimal.valueOf(dollars)
                        .setScale(PICO_DIGITS, RoundingMode.HALF_EVEN)
                        .unscaledValue())
                : null;
    }
}
