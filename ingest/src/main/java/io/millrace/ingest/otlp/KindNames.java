package io.millrace.ingest.otlp;

import io.millrace.schema.span.SpanKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the values of one attribute say of a span's kind. Immutable. */
final class KindNames {
    /** What a value says beside the kind. */
    enum Trait {
        NONE,
        /** The span repeats the usage of the calls below it. */
        SUMS_UP_CHILDREN,
        /** The answer was streamed. */
        STREAMED,
        /** Also said of calls, which are told by what only a call reports. */
        UNLESS_CALL
    }

    /** Values that mean one kind. */
    record Group(SpanKind kind, Trait trait, List<String> names) {}

    /** One value. */
    static final class Named {
        final SpanKind kind;
        final Trait trait;
        /** In lower case. */
        private final byte[] name;

        private Named(Group group, String name) {
            this.kind = group.kind();
            this.trait = group.trait();
            this.name = name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
        }
    }

    private final Named[] all;

    KindNames(Group... groups) {
        List<Named> named = new ArrayList<>();
        for (Group group : groups) {
            for (String name : group.names()) {
                named.add(new Named(group, name));
            }
        }
        all = named.toArray(Named[]::new);
    }

    static Group are(SpanKind kind, String... names) {
        return new Group(kind, Trait.NONE, Arrays.asList(names));
    }

    static Group are(SpanKind kind, Trait trait, String... names) {
        return new Group(kind, trait, Arrays.asList(names));
    }

    /**
     * What the text says, in whichever case it is; null when it is none of the names. A text may go on after a blank, with
     * the name of a function.
     */
    @Nullable
    Named find(byte[] bytes, int from, int length) {
        int end = from;
        while (end < from + length && bytes[end] != ' ') {
            end++;
        }
        for (Named named : all) {
            if (named.name.length == end - from && isSame(named.name, bytes, from)) {
                return named;
            }
        }
        return null;
    }

    private static boolean isSame(byte[] name, byte[] bytes, int from) {
        for (int i = 0; i < name.length; i++) {
            byte next = bytes[from + i];
            if (name[i] != (next >= 'A' && next <= 'Z' ? next + ('a' - 'A') : next)) {
                return false;
            }
        }
        return true;
    }
}
