package io.millrace.query.live;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be followed. */
public enum Channel {
    /** Traces as they change. */
    TRACES(1),
    /** Windows of metrics as they grow and close: the newest value of each, not every one. */
    METRICS(2),
    ANOMALIES(3),
    /** The ledger of the last minutes, whenever it differs. */
    LEDGER(4);

    private final int code;
    private final String label = name().toLowerCase(Locale.ROOT);

    Channel(int code) {
        this.code = code;
    }

    /** What cursors carry; it never changes its meaning. */
    int code() {
        return code;
    }

    /** The name of the API. */
    public String label() {
        return label;
    }

    static Optional<Channel> of(String label) {
        return Arrays.stream(values())
                .filter(channel -> channel.label.equals(label))
                .findFirst();
    }
}
