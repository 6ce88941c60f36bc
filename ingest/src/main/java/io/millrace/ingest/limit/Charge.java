package io.millrace.ingest.limit;

/**
 * So many units from a bucket.
 *
 * @param units spans or bytes
 */
public record Charge(Bucket bucket, long units) {
    /** In nanoseconds of the bucket's rate. */
    long cost() {
        return bucket.limit().cost(units);
    }
}
