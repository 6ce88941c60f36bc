package io.millrace.query.anomaly;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.query.http.Times;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Dimension;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where the traces are that an anomaly was found in: filters of {@code /v1/traces} that they pass. Others may pass too,
 * since that list knows no operations and no providers: its {@code name} is the whole trace's.
 */
record TraceLink(Map<String, String> filters) {
    /** A span counts in the window in which it ends, and the list goes by when a trace begins. */
    private static final Duration LONGEST_USUAL = Duration.ofMinutes(1);

    static TraceLink of(Anomaly anomaly) {
        Map<String, String> filters = new LinkedHashMap<>();
        Instant from = anomaly.life().onset().minus(LONGEST_USUAL);
        filters.put("from", Times.format(from));
        filters.put("to", Times.format(anomaly.life().end()));
        anomaly.series().dims().forEach((dimension, value) -> {
            boolean known = dimension == Dimension.ENVIRONMENT || dimension == Dimension.MODEL;
            if (known && !value.isEmpty() && !value.equals(Cube.OTHER)) {
                filters.put(dimension.label(), value);
            }
        });
        if (anomaly.measure() == WatchedMeasure.ERROR_RATE && isOfRoots(anomaly.series())) {
            filters.put("status", "error");
        }
        return new TraceLink(filters);
    }

    /** Only there is a failed request a failed trace. */
    private static boolean isOfRoots(WatchedSeries series) {
        return series.cube()
                .filter(cube -> cube == Cube.PROJECT || cube == Cube.ENVIRONMENT)
                .isPresent();
    }

    String href() {
        return "/v1/traces?"
                + filters.entrySet().stream()
                        .map(filter ->
                                filter.getKey() + "=" + URLEncoder.encode(filter.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
    }

    void write(JsonGenerator out, String field) throws IOException {
        out.writeObjectFieldStart(field);
        out.writeStringField("href", href());
        out.writeObjectFieldStart("filters");
        for (Map.Entry<String, String> filter : filters.entrySet()) {
            out.writeStringField(filter.getKey(), filter.getValue());
        }
        out.writeEndObject();
        out.writeEndObject();
    }
}
