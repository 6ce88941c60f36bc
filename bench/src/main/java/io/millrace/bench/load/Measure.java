package io.millrace.bench.load;

import java.util.List;
import java.util.Locale;

/** What is summed per series and window; the names are those of the columns. */
public enum Measure {
    SPANS,
    ERRORS,
    COUNTED,
    UNPRICED,
    INPUT,
    INPUT_CACHE_READ,
    INPUT_CACHE_WRITE_5M,
    INPUT_CACHE_WRITE_1H,
    INPUT_AUDIO,
    INPUT_IMAGE,
    OUTPUT,
    OUTPUT_REASONING,
    OUTPUT_AUDIO,
    OUTPUT_IMAGE,
    COST_PICO_USD;

    static final int COUNT = values().length;

    /** The column's name. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The columns of all measures, in order. */
    public static List<String> columns() {
        return List.of(values()).stream().map(Measure::column).toList();
    }
}
