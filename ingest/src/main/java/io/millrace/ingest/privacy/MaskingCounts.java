package io.millrace.ingest.privacy;

import io.millrace.schema.privacy.Detector;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How often something was found, by what found it, since the edge started. */
public final class MaskingCounts {
    private static final String OWN = "own_pattern";

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    public MaskingCounts() {
        for (Detector detector : Detector.values()) {
            counts.put(detector.label(), new LongAdder());
        }
        counts.put(OWN, new LongAdder());
    }

    void found(Detector detector) {
        add(detector.label());
    }

    void foundOwn() {
        add(OWN);
    }

    private void add(String label) {
        counts.computeIfAbsent(label, absent -> new LongAdder()).increment();
    }

    /** The labels that counts are for. */
    public Set<String> labels() {
        return counts.keySet();
    }

    public long of(String label) {
        LongAdder count = counts.get(label);
        return count == null ? 0 : count.sum();
    }
}
