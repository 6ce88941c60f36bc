package io.millrace.query.migration;

/**
 * Something about a cluster that does not fit what Millrace promises.
 *
 * @param breaking whether a promise is broken; else something is worse than it could be
 * @param subject the topic, or the cluster
 * @param what in words
 * @param remedy what to do
 */
public record Breach(boolean breaking, String subject, String what, String remedy) {
    @Override
    public String toString() {
        return subject + ": " + what + " - " + remedy;
    }
}
