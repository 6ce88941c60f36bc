package io.millrace.standalone.summary;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;

/**
 * How things are going.
 *
 * @param spansPerSecond over the newest windows
 * @param errorPercent of spans
 * @param p95Millis of traces, in the newest window that has any; NaN: none has
 * @param usdPerHour at the pace of the newest windows
 */
record Figures(double spansPerSecond, double errorPercent, double p95Millis, double usdPerHour) {
    /** What {@link #of} wants to know of the API; two whole windows and the one that is open. */
    static final String QUERY =
            "/v1/metrics?measures=spans,errors,latency_p95_ms,cost_usd&step=10s&from=now-20s&to=now";

    private static final double SECONDS_PER_HOUR = 3_600;

    /** Reads an answer of the API to {@link #QUERY}. */
    static Figures of(JsonNode answer) {
        double spans = 0;
        double errors = 0;
        double usd = 0;
        double p95 = Double.NaN;
        Optional<Instant> first = Optional.empty();
        for (JsonNode series : answer.path("series")) {
            for (JsonNode point : series.path("points")) {
                first = first.or(() -> Optional.of(instant(point.required("t"))));
                spans += point.path("spans").asDouble();
                errors += point.path("errors").asDouble();
                usd += point.path("cost_usd").asDouble();
                p95 = point.path("latency_p95_ms").asDouble(p95);
            }
        }
        double seconds = seconds(first, answer.path("as_of"));
        return new Figures(
                spans / seconds, spans == 0 ? 0 : 100 * errors / spans, p95, usd / seconds * SECONDS_PER_HOUR);
    }

    /** From the first window that has anything, of an application that began just now, until when all is counted. */
    private static double seconds(Optional<Instant> first, JsonNode asOf) {
        if (first.isEmpty() || !asOf.isTextual()) {
            return 1;
        }
        return Math.max(1, Duration.between(first.get(), instant(asOf)).toMillis() / 1e3);
    }

    private static Instant instant(JsonNode time) {
        return OffsetDateTime.parse(time.asText()).toInstant();
    }

    @Override
    public String toString() {
        String latency = Double.isNaN(p95Millis) ? "-" : String.format(Locale.ROOT, "%.0f ms", p95Millis);
        return String.format(
                Locale.ROOT,
                "%.0f spans/s | errors %.1f %% | p95 %s | %.2f USD/h",
                spansPerSecond,
                errorPercent,
                latency,
                usdPerHour);
    }
}
