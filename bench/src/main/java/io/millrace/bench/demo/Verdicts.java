package io.millrace.bench.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What was told of what went wrong.
 *
 * @param findings one for each incident
 * @param falseAlarms anomalies that are no incident's doing
 */
record Verdicts(List<Finding> findings, List<ToldAnomaly> falseAlarms) {
    /**
     * Compares. An anomaly is an incident's if it began with it, was told after its begin and its measure fits, or if it
     * shares the cause of one that is.
     */
    static Verdicts of(List<StagedIncident> incidents, List<ToldAnomaly> anomalies) {
        List<Finding> findings = new ArrayList<>();
        Set<String> causes = new HashSet<>();
        Set<ToldAnomaly> explained = new HashSet<>();
        for (StagedIncident incident : incidents) {
            List<ToldAnomaly> matching = anomalies.stream()
                    .filter(anomaly -> incident.covers(anomaly.onset(), anomaly.seen())
                            && incident.kind().fits(anomaly.measure()))
                    .toList();
            explained.addAll(matching);
            matching.forEach(anomaly -> causes.add(anomaly.cause()));
            Optional<ToldAnomaly> first = matching.stream().min(Comparator.comparing(ToldAnomaly::seen));
            findings.add(new Finding(incident, first));
        }
        causes.remove("");
        List<ToldAnomaly> falseAlarms = anomalies.stream()
                .filter(anomaly -> !explained.contains(anomaly) && !causes.contains(anomaly.cause()))
                .toList();
        return new Verdicts(findings, falseAlarms);
    }
}
