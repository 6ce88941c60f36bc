package io.millrace.jobs.detection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Puts the anomalies of a project that have one cause together: those that begin within a minute of each other. One model
 * that fails is seen in its own series, in those of its operations, and in the project's; people want to hear of one
 * thing.
 */
final class Incidents {
    private static final long TOGETHER_MILLIS = 60_000;
    /** Bounds what is held of a project in which everything is on fire. */
    private static final int MOST = 2_000;

    private final Map<UUID, Member> open;

    /**
     * An anomaly that is open.
     *
     * @param incident its incident
     */
    record Member(UUID incident, Finding finding) {}

    Incidents() {
        this(new LinkedHashMap<>());
    }

    Incidents(Map<UUID, Member> open) {
        this.open = open;
    }

    /** Those that are open; not to be changed. */
    Map<UUID, Member> members() {
        return open;
    }

    /** Takes an anomaly as it stands; returns its incident and the series that explains it best. */
    Member accept(Finding finding) {
        UUID id = finding.id();
        Member known = open.get(id);
        UUID incident = known == null ? incidentOf(finding, id) : known.incident();
        Member member = new Member(incident, finding);
        if (finding.state() == AnomalyState.OPEN) {
            if (known != null || open.size() < MOST) {
                open.put(id, member);
            }
        } else {
            open.remove(id);
        }
        return member;
    }

    /** The series that explains an incident best. */
    Series cause(Member member) {
        List<Finding> together = new ArrayList<>();
        together.add(member.finding());
        for (Member other : open.values()) {
            if (other.incident().equals(member.incident())) {
                together.add(other.finding());
            }
        }
        return together.stream()
                .max(Comparator.comparingDouble(
                                (Finding one) -> Math.min(1e6, one.worst().factor()))
                        .thenComparingInt(one -> one.series().dims().size())
                        .thenComparing(Finding::id))
                .map(Finding::series)
                .orElse(member.finding().series());
    }

    private UUID incidentOf(Finding finding, UUID own) {
        for (Member member : open.values()) {
            if (Math.abs(member.finding().onset() - finding.onset()) <= TOGETHER_MILLIS) {
                return member.incident();
            }
        }
        return own;
    }
}
