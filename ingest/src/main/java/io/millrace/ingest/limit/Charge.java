package io.millrace.ingest.limit;

/**
 * So many units from a bucket.
 *
 * @param units spans or bytes
 */
public record Charge(Bucket bucket, long units) {
    /** The same bucket, and so many units more. */
    public Charge plus(long more) {
        return new Charge(bucket, units + more);
    }

    /** In nanoseconds of the bucket's rate. */
    long cost() {
        return bucket.limit().cost(units);
    }
}
