package io.millrace.ingest.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The names of the members of one document, each with the one that came behind it the last time: what is said of one span is
 * said of the next one, in the same order. So most names take a comparison of a word or two. Not safe for threads.
 */
final class Names {
    private static final int SLOT_BITS = 7;
    /** 2^32 divided by the golden ratio: it spreads to the upper bits. */
    private static final int MULTIPLIER = 0x9E3779B1;
    /** Names without end may come from a sender, and longer ones are not worth a place. */
    private static final int MOST_BYTES = 64;

    private final @Nullable Name[] slots = new Name[1 << SLOT_BITS];
    /** Of each slot, the one with the name that came behind the name in it. */
    private final byte[] behind = new byte[1 << SLOT_BITS];

    private int last;

    /** A name without escapes. */
    static final class Name {
        private final byte[] quoted;
        private final Literal literal;
        private final String text;

        /** The name {@code bytes[from, end)}, its quotes included. */
        private Name(byte[] bytes, int from, int end) {
            quoted = Arrays.copyOfRange(bytes, from, end);
            literal = new Literal(quoted);
            text = new String(quoted, 1, quoted.length - 2, StandardCharsets.UTF_8);
        }

        String text() {
            return text;
        }

        /** How many bytes it takes, its quotes included. */
        int size() {
            return quoted.length;
        }
    }

    /**
     * The name whose opening quote is at {@code at}, if it is the one that came behind the last one before; null says nothing,
     * as shortly before {@code end}.
     */
    @Nullable
    Name likely(byte[] bytes, int at, int end) {
        int slot = behind[last];
        Name name = slots[slot];
        if (name == null || !name.literal.isAt(bytes, at, end)) {
            return null;
        }
        last = slot;
        return name;
    }

    /** The name {@code bytes[from, end)}, which is quoted and has no escapes; null if it is longer than any that is kept. */
    @Nullable
    Name of(byte[] bytes, int from, int end) {
        if (end - from > MOST_BYTES) {
            return null;
        }
        int hash = 0;
        for (int i = from + 1; i < end - 1; i++) {
            hash = hash * 31 + bytes[i];
        }
        int slot = hash * MULTIPLIER >>> Integer.SIZE - SLOT_BITS;
        Name name = slots[slot];
        if (name == null || !Arrays.equals(name.quoted, 0, name.quoted.length, bytes, from, end)) {
            name = new Name(bytes, from, end);
            slots[slot] = name;
        }
        behind[last] = (byte) slot;
        last = slot;
        return name;
    }
}
