package io.millrace.query.anomaly;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How much an anomaly matters; the order is that of the rows' codes. */
enum Severity {
    INFO,
    WARNING,
    CRITICAL;

    private static final Severity[] BY_CODE = values();

    int code() {
        return ordinal();
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A code this version does not know is the last one it does. */
    static Severity of(int code) {
        return BY_CODE[Math.min(Math.max(code, 0), BY_CODE.length - 1)];
    }

    static Optional<Severity> of(String label) {
        return Arrays.stream(BY_CODE)
                .filter(severity -> severity.label().equals(label))
                .findFirst();
    }
}
