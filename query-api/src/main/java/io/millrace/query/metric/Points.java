package io.millrace.query.metric;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.query.http.Json;
import io.millrace.query.http.Problem;
import io.millrace.query.http.ProblemType;
import io.millrace.query.http.Times;
import io.millrace.schema.window.Dimension;
import io.millrace.schema.window.WindowValue;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The answer as it grows: one value for each group and point of time. A window belongs to the point in which it starts.
 */
final class Points {
    /** Bounds the memory of one answer. */
    private static final int MAX_POINTS = 200_000;

    private static final Comparator<List<String>> BY_GROUP =
            Comparator.comparing(group -> String.join("\u0001", group));

    private final MetricQuery query;
    private final Source source;
    private final WindowRange range;
    private final int[] groupIndexes;
    private final Map<List<String>, SortedMap<Long, WindowValue>> groups = new HashMap<>();
    private int points;

    Points(MetricQuery query, Source source, WindowRange range) {
        this.query = query;
        this.source = source;
        this.range = range;
        this.groupIndexes = query.groupBy().stream()
                .mapToInt(source.cube().dimensions()::indexOf)
                .toArray();
    }

    /**
     * Whether a series passes the query's filters.
     */
    boolean takes(List<String> dims) {
        return source.takes(dims)
                && query.filters().entrySet().stream()
                        .allMatch(filter -> dims.get(source.cube().dimensions().indexOf(filter.getKey()))
                                .equals(filter.getValue()));
    }

    /**
     * Adds a window of a series that passes.
     *
     * @throws Problem (unservable) when the answer would be too large
     */
    void add(SeriesValue series) {
        long time = query.step().map(step -> step.floor(series.windowStart())).orElse(range.from());
        WindowValue point = groups.computeIfAbsent(group(series.dims()), absent -> new TreeMap<>())
                .computeIfAbsent(time, absent -> {
                    points++;
                    return new WindowValue();
                });
        if (points > MAX_POINTS) {
            throw Problem.of(
                    ProblemType.UNSERVABLE,
                    "the answer has more than " + MAX_POINTS + " points; ask for a longer step or a shorter range");
        }
        source.merge(series.dims(), series.value(), point);
    }

    private List<String> group(List<String> dims) {
        List<String> group = new ArrayList<>(groupIndexes.length);
        for (int index : groupIndexes) {
            group.add(dims.get(index));
        }
        return group;
    }

    void write(JsonGenerator out) throws IOException {
        out.writeArrayFieldStart("series");
        for (List<String> group : groups.keySet().stream().sorted(BY_GROUP).toList()) {
            SortedMap<Long, WindowValue> values = new TreeMap<>(groups.getOrDefault(group, new TreeMap<>()));
            values.values().removeIf(Points::isEmpty);
            if (!values.isEmpty()) {
                write(out, group, values);
            }
        }
        out.writeEndArray();
    }

    private void write(JsonGenerator out, List<String> group, SortedMap<Long, WindowValue> values) throws IOException {
        out.writeStartObject();
        out.writeObjectFieldStart("group");
        for (int i = 0; i < group.size(); i++) {
            Dimension dimension = query.groupBy().get(i);
            Json.text(out, dimension.label(), group.get(i));
        }
        out.writeEndObject();
        out.writeArrayFieldStart("points");
        for (Map.Entry<Long, WindowValue> point : values.entrySet()) {
            out.writeStartObject();
            out.writeStringField("t", Times.format(Instant.ofEpochSecond(point.getKey())));
            for (Measure measure : query.measures()) {
                measure.write(out, point.getValue());
            }
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    /** Whether all of it was taken back. */
    private static boolean isEmpty(WindowValue value) {
        return value.spans() == 0 && value.requests() == 0 && value.counted() == 0 && value.traces() == 0;
    }
}
