package io.millrace.jobs.detection;

import io.millrace.schema.window.Dimension;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An anomaly in one plain sentence. */
final class Sentence {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Sentence() {}

    static String of(Finding finding) {
        Judgement judgement = finding.worst();
        String since = " since " + TIME.format(Instant.ofEpochMilli(finding.since())) + " UTC";
        String where = where(finding.series());
        return switch (judgement.kind()) {
            case SILENCE ->
                "No spans" + where + since + ", usually " + amount(judgement, judgement.expected()) + " in ten seconds";
            case DROP, SPIKE ->
                subject(judgement.measure()) + where + " is " + amount(judgement, judgement.observed()) + ", usually "
                        + amount(judgement, judgement.expected()) + unit(judgement.measure()) + since;
        };
    }

    private static String subject(Measure measure) {
        return switch (measure) {
            case THROUGHPUT -> "The number of spans";
            case ERROR_RATE -> "The error rate";
            case LATENCY_P95 -> "The 95th percentile of latency";
            case COST -> "The cost";
        };
    }

    private static String unit(Measure measure) {
        return measure == Measure.THROUGHPUT || measure == Measure.COST ? " in ten seconds" : "";
    }

    private static String where(Series series) {
        List<String> parts = new ArrayList<>();
        List<Dimension> dimensions = series.cube().dimensions();
        for (int i = 0; i < dimensions.size(); i++) {
            String value = series.dims().get(i);
            if (!value.isEmpty()) {
                parts.add(label(dimensions.get(i)) + " " + value);
            }
        }
        return parts.isEmpty() ? "" : " of " + String.join(", ", parts);
    }

    private static String label(Dimension dimension) {
        return dimension == Dimension.NAME ? "operation" : dimension.name().toLowerCase(Locale.ROOT);
    }

    private static String amount(Judgement judgement, double value) {
        return switch (judgement.measure()) {
            case THROUGHPUT -> String.format(Locale.ROOT, "%.0f", value);
            case ERROR_RATE -> String.format(Locale.ROOT, "%.1f %%", 100 * value);
            case LATENCY_P95 -> String.format(Locale.ROOT, "%.0f ms", value);
            case COST -> String.format(Locale.ROOT, value < 0.01 ? "%.6f USD" : "%.2f USD", value);
        };
    }
}
