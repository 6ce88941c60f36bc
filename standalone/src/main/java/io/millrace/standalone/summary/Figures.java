package io.millrace.standalone.summary;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;

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
        for (JsonNode series : answer.path("series")) {
            for (JsonNode point : series.path("points")) {
                spans += point.path("spans").asDouble();
                errors += point.path("errors").asDouble();
                usd += point.path("cost_usd").asDouble();
                p95 = point.path("latency_p95_ms").asDouble(p95);
            }
        }
        double seconds = seconds(answer);
        return new Figures(
                spans / seconds, spans == 0 ? 0 : 100 * errors / spans, p95, usd / seconds * SECONDS_PER_HOUR);
    }

    /** From the beginning of the range, which is that of a window, until when everything is counted. */
    private static double seconds(JsonNode answer) {
        if (!answer.path("as_of").isTextual()) {
            return 1;
        }
        Instant from = instant(answer.required("from"));
        Instant to = instant(answer.required("as_of"));
        return Math.max(1, Duration.between(from, to).toMillis() / 1e3);
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
