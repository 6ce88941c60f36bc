package io.millrace.jobs.detection;

import java.util.Locale;

/** How much an anomaly matters. The code is what messages and rows carry. */
public enum Severity {
    INFO,
    WARNING,
    CRITICAL;

    /** By how far it is off, and by what it means for users. */
    static Severity of(Judgement judgement) {
        return switch (judgement.measure()) {
            case THROUGHPUT ->
                switch (judgement.kind()) {
                    case SILENCE -> CRITICAL;
                    case DROP -> WARNING;
                    case SPIKE -> INFO;
                };
            case ERROR_RATE -> judgement.observed() >= 0.25 ? CRITICAL : WARNING;
            case LATENCY_P95, COST -> judgement.factor() >= 5 ? CRITICAL : WARNING;
        };
    }

    public int code() {
        return ordinal();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
