package io.millrace.query.anomaly;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a series departs from what is normal for it; the order is that of the rows' codes. */
enum AnomalyKind {
    SPIKE,
    DROP,
    SILENCE,
    /** Of a later version. */
    OTHER;

    private static final AnomalyKind[] BY_CODE = values();

    int code() {
        return ordinal();
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static AnomalyKind of(int code) {
        return code >= 0 && code < OTHER.ordinal() ? BY_CODE[code] : OTHER;
    }

    static Optional<AnomalyKind> of(String label) {
        return Arrays.stream(BY_CODE)
                .filter(kind -> kind != OTHER && kind.label().equals(label))
                .findFirst();
    }
}
