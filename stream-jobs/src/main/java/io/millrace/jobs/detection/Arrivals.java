package io.millrace.jobs.detection;

/**
 * What came in a while, of all windows that are still open for detection.
 *
 * @param traces of which the first span came
 */
record Arrivals(long spans, long requests, long traces) {
    static final Arrivals NONE = new Arrivals(0, 0, 0);

    Arrivals plus(long moreSpans, long moreRequests, long moreTraces) {
        return new Arrivals(spans + moreSpans, requests + moreRequests, traces + moreTraces);
    }
}
