package io.millrace.jobs.detection;

import java.util.UUID;

/**
 * What rows and the topic have of an anomaly.
 *
 * @param incident shared by the anomalies of one cause: the id of the first of them
 * @param cause the series of the incident that explains it best: the narrowest of those that are farthest off
 * @param sentence what has happened, in one plain sentence
 * @param epoch with revision: which state of it is newer
 */
public record Anomaly(
        Finding finding, UUID incident, Series cause, Severity severity, String sentence, int epoch, long revision) {
    public UUID id() {
        return finding.id();
    }
}
