package io.millrace.standalone.demo.scenario;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What one visit leaves.
 *
 * @param spans parents before their children; the first is the root
 * @param silencedBy the incident that keeps the user away: then nothing of this is sent
 */
public record SimulatedTrace(Deployment deployment, List<SimulatedSpan> spans, Optional<Incident> silencedBy) {
    /** When the user comes, from the beginning of the demo. */
    public Duration start() {
        return spans.get(0).start();
    }

    /** When its first span ends, from the beginning of the demo. */
    public Duration firstEnd() {
        return spans.stream()
                .map(SimulatedSpan::end)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }
}
