package io.millrace.bench.feed;

/**
 * That all at once calls of one environment fail, so many in one request that it alone makes anomalies. Times are
 * microseconds since the epoch.
 *
 * @param name of the environment, of its operation, and of its model
 * @param acknowledged when the request with the failed calls was
 */
record Outage(String name, long sent, long acknowledged) {
    /** An anomaly of the environment, of the operation, of the model, and of the model within the operation. */
    static final int ANOMALIES = 4;
}
