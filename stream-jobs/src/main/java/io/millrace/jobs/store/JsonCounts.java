package io.millrace.jobs.store;

import java.util.Map;
import java.util.TreeMap;

/** {@code {"reason": count}} as {@code jsonb} takes it. */
final class JsonCounts {
    private JsonCounts() {}

    static String of(Map<String, Long> counts) {
        StringBuilder out = new StringBuilder("{");
        new TreeMap<>(counts).forEach((reason, count) -> {
            if (out.length() > 1) {
                out.append(',');
            }
            quote(reason, out);
            out.append(':').append(count);
        });
        return out.append('}').toString();
    }

    /** Reasons are identifiers; whatever else one brings along is left out rather than escaped. */
    private static void quote(String reason, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < reason.length(); i++) {
            char c = reason.charAt(i);
            out.append(c >= 0x20 && c < 0x7F && c != '"' && c != '\\' ? c : '_');
        }
        out.append('"');
    }
}
