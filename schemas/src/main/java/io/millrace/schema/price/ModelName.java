package io.millrace.schema.price;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One way to read the name that a client gave a model.
 *
 * @param name lower case
 * @param provider whom a prefix that was taken off names; null when none did
 */
record ModelName(String name, @Nullable String provider) {
    /** The geographies of Amazon Bedrock's inference profiles. */
    private static final Set<String> GEOGRAPHIES =
            Set.of("us", "us-gov", "eu", "ap", "apac", "jp", "au", "ca", "sa", "global");

    /** A date, a moving alias, or Bedrock's revision, at the end. */
    private static final Pattern SUFFIX =
            Pattern.compile("(?:[-@](?:20\\d\\d-\\d\\d-\\d\\d|20\\d{6}|latest|default)|-v\\d+:\\d+)$");

    /**
     * The name itself, then without one prefix after the other: path segments ({@code models/}, {@code openai/}),
     * Bedrock's geography and vendor ({@code us.anthropic.}), and a provider before a colon ({@code openai:}).
     *
     * @param providers canonical names of providers by every name they go by
     */
    static List<ModelName> withoutPrefixes(String model, Map<String, String> providers) {
        List<ModelName> names = new ArrayList<>();
        ModelName next = new ModelName(model.toLowerCase(Locale.ROOT), null);
        while (next != null) {
            names.add(next);
            next = next.withoutPrefix(providers);
        }
        return names;
    }

    private @Nullable ModelName withoutPrefix(Map<String, String> providers) {
        int slash = name.indexOf('/');
        if (slash >= 0) {
            return tail(slash, providers.get(name.substring(0, slash)));
        }
        int dot = name.indexOf('.');
        if (dot > 0 && GEOGRAPHIES.contains(name.substring(0, dot))) {
            return tail(dot, null);
        }
        ModelName afterColon = withoutProvider(name.indexOf(':'), providers);
        return afterColon != null ? afterColon : withoutProvider(dot, providers);
    }

    private @Nullable ModelName withoutProvider(int mark, Map<String, String> providers) {
        String named = mark > 0 ? providers.get(name.substring(0, mark)) : null;
        return named == null ? null : tail(mark, named);
    }

    private @Nullable ModelName tail(int mark, @Nullable String named) {
        String rest = name.substring(mark + 1);
        return rest.isEmpty() ? null : new ModelName(rest, named == null ? provider : named);
    }

    /** Without one date or revision at its end after the other; empty when it has none. */
    List<ModelName> withoutDates() {
        List<ModelName> names = new ArrayList<>();
        String rest = name;
        String shorter = SUFFIX.matcher(rest).replaceFirst("");
        while (!shorter.equals(rest)) {
            names.add(new ModelName(shorter, provider));
            rest = shorter;
            shorter = SUFFIX.matcher(rest).replaceFirst("");
        }
        return names;
    }

    /** Whether {@code pattern}, in which a {@code *} stands for any characters, covers the whole name. */
    boolean matches(String pattern) {
        String[] parts = pattern.split("\\*", -1);
        int last = parts.length - 1;
        if (!name.startsWith(parts[0]) || name.length() < parts[0].length() + parts[last].length()) {
            return false;
        }
        int at = parts[0].length();
        for (int i = 1; i < last; i++) {
            int found = name.indexOf(parts[i], at);
            if (found < 0) {
                return false;
            }
            at = found + parts[i].length();
        }
        return name.endsWith(parts[last]) && at <= name.length() - parts[last].length();
    }
}
