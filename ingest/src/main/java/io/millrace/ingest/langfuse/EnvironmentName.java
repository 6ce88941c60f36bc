package io.millrace.ingest.langfuse;

import java.util.Locale;
import java.util.regex.Pattern;

/** Environments as Langfuse writes them, so that those of its older and newer SDKs are the same. */
final class EnvironmentName {
    private static final String DEFAULT = "default";
    /** Langfuse keeps names that begin so for itself. */
    private static final String RESERVED = "langfuse";

    private static final Pattern ALLOWED = Pattern.compile("[a-z0-9_-]{1,40}");

    private EnvironmentName() {}

    static String of(String sent) {
        String lower = sent.strip().toLowerCase(Locale.ROOT);
        String own = lower.startsWith(RESERVED) ? lower.substring(RESERVED.length()) : lower;
        return ALLOWED.matcher(own).matches() ? own : DEFAULT;
    }

    /** Whether {@code name} was put in the place of another that is not allowed. */
    static boolean replaces(String name, String sent) {
        return name.equals(DEFAULT) && !sent.strip().equalsIgnoreCase(DEFAULT);
    }
}
