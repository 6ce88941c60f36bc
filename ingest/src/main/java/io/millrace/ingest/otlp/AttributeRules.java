package io.millrace.ingest.otlp;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of all convention families, found by the bytes of a key. Immutable. */
final class AttributeRules {
    /** What this edge understands: each family ranks its keys below those of the families before it. */
    static final AttributeRules STANDARD = new AttributeRules(List.of(
            LangfuseConvention.rules(),
            OpenInferenceConvention.rules(),
            GenAiConvention.rules(),
            GeneralConvention.rules(),
            VercelConvention.rules(),
            LangSmithConvention.rules(),
            TraceloopConvention.rules()));

    private final @Nullable AttributeRule[] table;

    AttributeRules(List<List<AttributeRule>> families) {
        int rules = families.stream().mapToInt(List::size).sum();
        table = new AttributeRule[Integer.highestOneBit(Math.max(8, rules)) * 8];
        families.forEach(family -> family.forEach(this::add));
    }

    private void add(AttributeRule rule) {
        int at = hash(rule.key, 0, rule.key.length) & table.length - 1;
        for (AttributeRule other = table[at]; other != null; other = table[at]) {
            if (Arrays.equals(other.key, rule.key)) {
                throw new IllegalArgumentException("two rules for one key");
            }
            at = at + 1 & table.length - 1;
        }
        table[at] = rule;
    }

    /** The rule for the key {@code bytes[from, from + length)}, if there is one. */
    @Nullable
    AttributeRule find(byte[] bytes, int from, int length) {
        int at = hash(bytes, from, length) & table.length - 1;
        for (AttributeRule rule = table[at]; rule != null; rule = table[at]) {
            if (rule.key.length == length && Arrays.equals(rule.key, 0, length, bytes, from, from + length)) {
                return rule;
            }
            at = at + 1 & table.length - 1;
        }
        return null;
    }

    /** Keys share their beginnings ({@code gen_ai.usage.}), so the length and the last bytes tell them apart. */
    private static int hash(byte[] bytes, int from, int length) {
        int hash = length;
        for (int i = Math.max(from, from + length - 12); i < from + length; i++) {
            hash = hash * 31 + bytes[i];
        }
        return hash ^ hash >>> 11;
    }
}
