package io.millrace.ingest.langsmith;

import org.jspecify.annotations.Nullable;

/**
 * The class of an error, where its text begins with it: {@code RateLimitError: 429 ...} in JavaScript,
 * {@code ValueError('...')} in Python.
 */
final class ErrorType {
    private static final int LONGEST = 100;

    private ErrorType() {}

    static @Nullable String of(String error) {
        int end = 0;
        while (end < error.length() && end < LONGEST && isName(error.charAt(end))) {
            end++;
        }
        String name = error.substring(0, end);
        boolean ends = end == error.length() || error.charAt(end) == ':' || error.charAt(end) == '(';
        return ends && (name.endsWith("Error") || name.endsWith("Exception")) ? name : null;
    }

    private static boolean isName(char next) {
        return next >= 'a' && next <= 'z'
                || next >= 'A' && next <= 'Z'
                || next >= '0' && next <= '9'
                || next == '_'
                || next == '.';
    }
}
