package io.millrace.query.anomaly;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What of a series is not normal, and the unit of its values; the order is that of the rows' codes. */
enum WatchedMeasure {
    THROUGHPUT("spans_per_10s"),
    /** A share, 0 to 1. */
    ERROR_RATE("ratio"),
    LATENCY_P95("ms"),
    COST("usd_per_10s"),
    /** Of a later version. */
    OTHER("unknown");

    private static final WatchedMeasure[] BY_CODE = values();

    private final String unit;

    WatchedMeasure(String unit) {
        this.unit = unit;
    }

    int code() {
        return ordinal();
    }

    String unit() {
        return unit;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static WatchedMeasure of(int code) {
        return code >= 0 && code < OTHER.ordinal() ? BY_CODE[code] : OTHER;
    }

    static Optional<WatchedMeasure> of(String label) {
        return Arrays.stream(BY_CODE)
                .filter(measure -> measure != OTHER && measure.label().equals(label))
                .findFirst();
    }
}
