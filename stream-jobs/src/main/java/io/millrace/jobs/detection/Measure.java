package io.millrace.jobs.detection;

import java.util.Locale;

/** What is watched of a series. The code is what messages, rows and state carry. */
public enum Measure {
    /** Spans in a window. */
    THROUGHPUT,
    /** Failed requests of all requests. */
    ERROR_RATE,
    /** The 95th percentile of the requests' latency, in milliseconds. */
    LATENCY_P95,
    /** Cost of a window, in US dollars, as against what so many calls usually cost. */
    COST;

    public int code() {
        return ordinal();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
