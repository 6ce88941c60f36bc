package io.millrace.ingest.privacy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import io.millrace.schema.wire.DetectorRule;
import io.millrace.schema.wire.MaskingEntry;
import io.millrace.schema.wire.PatternRule;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a project wants masked.
 *
 * @param patterns its own, in the order in which they are applied
 * @param denied keys of attributes, or beginnings of keys with a {@code *} behind
 */
public record MaskingRules(
        Map<Detector, MaskAction> detectors, List<OwnPattern> patterns, List<String> denied, List<String> allowed) {
    /**
     * A pattern in RE2's syntax, of which one match is found in time linear in the text whatever it says.
     *
     * @param name what stands where it was found
     */
    public record OwnPattern(String name, Pattern pattern, MaskAction action) {}

    /**
     * The rules of an entry of the control topic.
     *
     * @throws IllegalArgumentException when it has a rule that this edge does not know: it must not be taken for none
     */
    public static MaskingRules of(MaskingEntry entry) {
        Map<Detector, MaskAction> detectors = new EnumMap<>(Detector.class);
        for (DetectorRule rule : entry.getDetectorsList()) {
            detectors.put(
                    Detector.of(rule.getDetector())
                            .orElseThrow(() -> new IllegalArgumentException("detector " + rule.getDetector())),
                    action(rule.getAction()));
        }
        List<OwnPattern> patterns = new ArrayList<>();
        for (PatternRule rule : entry.getPatternsList()) {
            patterns.add(new OwnPattern(rule.getName(), compile(rule.getPattern()), action(rule.getAction())));
        }
        return new MaskingRules(
                detectors,
                patterns,
                List.copyOf(entry.getDeniedAttributesList()),
                List.copyOf(entry.getAllowedAttributesList()));
    }

    private static Pattern compile(String pattern) {
        try {
            return Pattern.compile(pattern);
        } catch (PatternSyntaxException notOne) {
            throw new IllegalArgumentException("a pattern that RE2 does not take", notOne);
        }
    }

    private static MaskAction action(int code) {
        return MaskAction.of(code).orElseThrow(() -> new IllegalArgumentException("action " + code));
    }

    boolean areNone() {
        return detectors.isEmpty() && patterns.isEmpty() && denied.isEmpty();
    }
}
