package io.millrace.query.anomaly;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.query.http.Json;
import io.millrace.schema.window.Cube;
import io.millrace.schema.window.Dimension;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A series by its cube and its values; a value that spans do not have is empty.
 *
 * @param cube nothing if it is of a later version; there are no dimensions then
 */
record WatchedSeries(Optional<Cube> cube, Map<Dimension, String> dims) {
    private static final String OTHER = "other";

    /**
     * @param values in the order of the cube's dimensions
     */
    static WatchedSeries of(int cubeCode, List<String> values) {
        Optional<Cube> cube = Arrays.stream(Cube.values())
                .filter(one -> one.code() == cubeCode)
                .findFirst();
        Map<Dimension, String> dims = new EnumMap<>(Dimension.class);
        List<Dimension> dimensions = cube.map(Cube::dimensions).orElse(List.of());
        for (int i = 0; i < Math.min(dimensions.size(), values.size()); i++) {
            dims.put(dimensions.get(i), values.get(i));
        }
        return new WatchedSeries(cube, dims);
    }

    void write(JsonGenerator out, String field) throws IOException {
        out.writeObjectFieldStart(field);
        out.writeStringField(
                "cube", cube.map(one -> one.name().toLowerCase(Locale.ROOT)).orElse(OTHER));
        out.writeObjectFieldStart("dims");
        for (Map.Entry<Dimension, String> dim : dims.entrySet()) {
            Json.text(out, dim.getKey().label(), dim.getValue());
        }
        out.writeEndObject();
        out.writeEndObject();
    }
}
