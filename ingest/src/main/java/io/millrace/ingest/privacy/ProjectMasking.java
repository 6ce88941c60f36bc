package io.millrace.ingest.privacy;

import io.millrace.ingest.privacy.MaskingRules.OwnPattern;
import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Masks by a project's rules: first the detectors, all in one pass, then the project's own patterns over what is left. */
public final class ProjectMasking implements Masking {
    private static final byte[] DROPPED = "[dropped]".getBytes(StandardCharsets.US_ASCII);

    private final MaskingRules rules;
    private final KeyedHash hash;
    private final MaskingCounts counts;
    private final int detectors;
    private final KeyList denied;
    private final KeyList allowed;

    private ProjectMasking(MaskingRules rules, KeyedHash hash, MaskingCounts counts) {
        this.rules = rules;
        this.hash = hash;
        this.counts = counts;
        this.detectors =
                rules.detectors().keySet().stream().mapToInt(Detector::bit).reduce(0, (a, b) -> a | b);
        this.denied = new KeyList(rules.denied());
        this.allowed = new KeyList(rules.allowed());
    }

    /** The masking that the rules ask for; {@link Masking#NONE} if they ask for none. */
    static Masking of(MaskingRules rules, KeyedHash hash, MaskingCounts counts) {
        return rules.areNone() ? NONE : new ProjectMasking(rules, hash, counts);
    }

    @Override
    public boolean hides(byte[] utf8, int from, int to) {
        if (detectors != 0 && SensitiveText.in(utf8, from, to, detectors) != null) {
            return true;
        }
        if (rules.patterns().isEmpty()) {
            return false;
        }
        byte[] text = Arrays.copyOfRange(utf8, from, to);
        return rules.patterns().stream()
                .anyMatch(own -> own.pattern().matcher(text).find());
    }

    @Override
    public boolean hasKeyRules() {
        return !rules.denied().isEmpty() || !rules.allowed().isEmpty();
    }

    @Override
    public Attributes attributes(byte[] utf8, int from, int to) {
        if (denied.has(utf8, from, to)) {
            return Attributes.DENIED;
        }
        return allowed.has(utf8, from, to) ? Attributes.ALLOWED : Attributes.MASKED;
    }

    @Override
    public byte[] keyed(byte[] sameness) {
        return Arrays.copyOf(hash.mac(sameness), sameness.length);
    }

    @Override
    public @Nullable Masked mask(byte[] utf8, int from, int to) {
        // Of the text as it was sent: otherwise each pattern could let it grow once more.
        int limit = BoundedBytes.limitFor(to - from);
        Masked masked = byDetectors(utf8, from, to, limit);
        for (OwnPattern own : rules.patterns()) {
            Masked next = masked == null
                    ? byPattern(own, utf8, from, to, limit)
                    : byPattern(own, masked.utf8(), 0, masked.utf8().length, limit);
            if (next != null) {
                masked = new Masked(next.utf8(), next.dropsPayload() || masked != null && masked.dropsPayload());
            }
        }
        return masked;
    }

    private @Nullable Masked byDetectors(byte[] utf8, int from, int to, int limit) {
        Findings findings = detectors == 0 ? null : SensitiveText.in(utf8, from, to, detectors);
        if (findings == null) {
            return null;
        }
        BoundedBytes kept = new BoundedBytes(to - from, limit);
        MaskAction strongest = MaskAction.HASH;
        BareNumbers numbers = new BareNumbers(new Bytes(utf8, from, to));
        int done = from;
        for (int i = 0; i < findings.count(); i++) {
            Detector detector = findings.detector(i);
            MaskAction action = rules.detectors().getOrDefault(detector, MaskAction.MASK);
            strongest = action.compareTo(strongest) > 0 ? action : strongest;
            if (findings.to(i) <= done) {
                // Of a number that has gone as a whole.
                continue;
            }
            numbers.look(findings.from(i), findings.to(i), done);
            kept.write(utf8, done, numbers.from() - done);
            replace(kept, numbers.quote(), detector.label(), action, utf8, findings.from(i), findings.to(i));
            done = numbers.to();
            counts.found(detector);
        }
        kept.write(utf8, done, to - done);
        return masked(strongest, kept);
    }

    private @Nullable Masked byPattern(OwnPattern own, byte[] utf8, int from, int to, int limit) {
        byte[] text = from == 0 && to == utf8.length ? utf8 : Arrays.copyOfRange(utf8, from, to);
        if (!own.pattern().matcher(text).find()) {
            return null;
        }
        MeteredText matches = new MeteredText(own.pattern(), text);
        BoundedBytes kept = new BoundedBytes(text.length, limit);
        BareNumbers numbers = new BareNumbers(new Bytes(text, 0, text.length));
        int done = 0;
        while (matches.find()) {
            if (matches.to() <= done) {
                continue;
            }
            numbers.look(matches.from(), matches.to(), done);
            kept.write(text, done, numbers.from() - done);
            replace(kept, numbers.quote(), own.name(), own.action(), text, matches.from(), matches.to());
            done = numbers.to();
            counts.foundOwn();
        }
        if (matches.isExhausted()) {
            counts.foundOwn();
            return new Masked(DROPPED, own.action() == MaskAction.DROP_PAYLOAD);
        }
        if (done == 0) {
            return null;
        }
        kept.write(text, done, text.length - done);
        return masked(own.action(), kept);
    }

    private void replace(
            BoundedBytes kept, String quote, String name, MaskAction action, byte[] utf8, int from, int to) {
        String shown = name.toUpperCase(Locale.ROOT);
        String replacement = action == MaskAction.HASH
                ? "[" + shown + ":" + hash.of(meant(utf8, from, to)) + "]"
                : "[" + shown + "]";
        kept.write((quote + replacement + quote).getBytes(StandardCharsets.UTF_8));
    }

    /** Equal texts get equal names, however they were escaped. */
    private static byte[] meant(byte[] utf8, int from, int to) {
        Unescaped plain = Unescaped.of(utf8, from, to);
        return plain == null ? Arrays.copyOfRange(utf8, from, to) : Arrays.copyOf(plain.bytes, plain.length());
    }

    private static Masked masked(MaskAction strongest, BoundedBytes kept) {
        boolean dropsField = strongest.compareTo(MaskAction.DROP_FIELD) >= 0 || kept.isOver();
        return new Masked(dropsField ? DROPPED : kept.toByteArray(), strongest == MaskAction.DROP_PAYLOAD);
    }
}
