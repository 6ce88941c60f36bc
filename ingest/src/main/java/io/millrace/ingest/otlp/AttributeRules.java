package io.millrace.ingest.otlp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of all convention families, found by the bytes of a key. Immutable. */
final class AttributeRules {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** 2^64 divided by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4): it spreads to the upper bits. */
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

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
            if (rule.key.length == length && isSame(rule.key, bytes, from)) {
                return rule;
            }
            at = at + 1 & table.length - 1;
        }
        return null;
    }

    /** Keys are short: a word at a time takes less than a call that could compare any length. */
    private static boolean isSame(byte[] key, byte[] bytes, int from) {
        int last = key.length - Long.BYTES;
        if (last < 0) {
            return Arrays.equals(key, 0, key.length, bytes, from, from + key.length);
        }
        for (int i = 0; i < last; i += Long.BYTES) {
            if ((long) LONGS.get(key, i) != (long) LONGS.get(bytes, from + i)) {
                return false;
            }
        }
        return (long) LONGS.get(key, last) == (long) LONGS.get(bytes, from + last);
    }

    /** Keys share their beginnings ({@code gen_ai.usage.}), so the length and the last bytes tell them apart. */
    private static int hash(byte[] bytes, int from, int length) {
        long hash = length;
        if (length >= Long.BYTES) {
            hash = (hash + (long) LONGS.get(bytes, from + length - Long.BYTES)) * MULTIPLIER;
            hash += (long) LONGS.get(bytes, Math.max(from, from + length - 2 * Long.BYTES));
        } else {
            for (int i = from; i < from + length; i++) {
                hash = hash * 31 + bytes[i];
            }
        }
        return (int) (hash * MULTIPLIER >>> 32);
    }
}
