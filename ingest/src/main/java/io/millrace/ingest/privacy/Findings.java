package io.millrace.ingest.privacy;

import io.millrace.schema.privacy.Detector;
import java.util.Arrays;

/** What was found in a text: stretches of its bytes, in their order, none over another. */
final class Findings {
    private static final Detector[] DETECTORS = Detector.values();

    private int[] parts = new int[12];
    private int size;

    void add(Detector detector, int from, int to) {
        if (size + 3 > parts.length) {
            parts = Arrays.copyOf(parts, parts.length * 2);
        }
        parts[size] = detector.ordinal();
        parts[size + 1] = from;
        parts[size + 2] = to;
        size += 3;
    }

    int count() {
        return size / 3;
    }

    Detector detector(int index) {
        return DETECTORS[parts[index * 3]];
    }

    int from(int index) {
        return parts[index * 3 + 1];
    }

    int to(int index) {
        return parts[index * 3 + 2];
    }
}
