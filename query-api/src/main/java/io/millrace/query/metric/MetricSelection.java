package io.millrace.query.metric;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.query.http.Json;
import io.millrace.query.http.Parameters;
import io.millrace.query.http.Problem;
import io.millrace.query.http.Times;
import io.millrace.query.live.Decoder;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Dimension;
import io.millrace.schema.window.WindowValue;
import io.millrace.schema.wire.RollupMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which series a client of the feed wants to see, and what of them. A window is shown as the stream has it, so a grouping is
 * one that a cube has.
 *
 * @param values the value that a dimension must have
 */
record MetricSelection(Cube cube, Map<Dimension, String> values, List<Measure> measures)
        implements Decoder.Selection<RollupMessage> {

    private static final Set<String> KNOWN = known();
    private static final Set<String> TO_COME = Set.of("cohort");
    private static final Set<Cube> WITH_TRACES = EnumSet.of(Cube.PROJECT, Cube.ENVIRONMENT);
    private static final List<Measure> USUAL = List.of(
            Measure.SPANS,
            Measure.TRACES,
            Measure.ERRORS,
            Measure.REQUESTS,
            Measure.ERROR_RATE,
            Measure.COST_USD,
            Measure.UNPRICED_SPANS,
            Measure.INPUT_TOKENS,
            Measure.OUTPUT_TOKENS,
            Measure.LATENCY_P50_MS,
            Measure.LATENCY_P95_MS,
            Measure.LATENCY_P99_MS,
            Measure.TTFT_P95_MS);

    private static Set<String> known() {
        Set<String> known = new HashSet<>(Set.of("measures", "group_by"));
        Arrays.stream(Dimension.values()).map(Dimension::label).forEach(known::add);
        return Set.copyOf(known);
    }

    /**
     * @throws Problem for fields that cannot be used, and for groupings that no cube has
     */
    static MetricSelection parse(Map<String, List<String>> filter) {
        Parameters fields = Parameters.of(filter, KNOWN, TO_COME);
        Cube cube = cube(
                fields.list("group_by").stream().map(MetricQuery::dimension).toList());
        Map<Dimension, String> values = new EnumMap<>(Dimension.class);
        for (Dimension dimension : Dimension.values()) {
            fields.text(dimension.label()).ifPresent(value -> values.put(dimension, value));
        }
        if (!cube.dimensions().containsAll(values.keySet())) {
            throw Source.unservable("a window is filtered by what it is grouped by");
        }
        return new MetricSelection(cube, values, measures(fields.list("measures"), cube));
    }

    private static Cube cube(List<Dimension> groupBy) {
        return Arrays.stream(Cube.values())
                .filter(cube -> Set.copyOf(cube.dimensions()).equals(Set.copyOf(groupBy)))
                .findFirst()
                .orElseThrow(() -> Source.unservable("no cube has exactly this grouping"));
    }

    private static List<Measure> measures(List<String> labels, Cube cube) {
        List<Measure> measures = new ArrayList<>(labels.isEmpty() ? USUAL : MetricQuery.measures(labels));
        boolean none = !WITH_TRACES.contains(cube) && measures.remove(Measure.TRACES);
        if (none && !labels.isEmpty()) {
            throw Source.unservable("traces are counted by project and by environment");
        }
        return List.copyOf(measures);
    }

    @Override
    public boolean takes(RollupMessage message) {
        if (message.getCube() != cube.code()) {
            return false;
        }
        for (Map.Entry<Dimension, String> value : values.entrySet()) {
            if (!message.getDims(cube.dimensions().indexOf(value.getKey())).equals(value.getValue())) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String json(RollupMessage message) {
        return new String(Json.write(out -> write(out, message)), StandardCharsets.UTF_8);
    }

    private void write(JsonGenerator out, RollupMessage message) throws IOException {
        WindowValue value = WindowValue.of(message.getValue());
        out.writeStartObject();
        out.writeObjectFieldStart("group");
        for (int i = 0; i < cube.dimensions().size(); i++) {
            Json.text(out, cube.dimensions().get(i).label(), message.getDims(i));
        }
        out.writeEndObject();
        out.writeStringField("step", cube == Cube.JOINT ? "1m" : "10s");
        out.writeStringField("t", Times.format(Instant.ofEpochSecond(message.getWindowStartSeconds())));
        for (Measure measure : measures) {
            measure.write(out, value);
        }
        out.writeBooleanField("closed", message.getClosed());
        out.writeEndObject();
    }
}
