package io.millrace.ingest.privacy;

/**
 * Numbers of a text that is JSON, which stand without quotes. A name in place of one needs them, or the text would be JSON no
 * more: of JSON in a string of JSON with its backslashes. The text is walked once, as far as it is asked about.
 */
final class BareNumbers {
    private static final int MOST_LEVELS = 8;
    private static final String QUOTE = "\"";
    private static final String QUOTE_DIGITS = "0022";

    private final Bytes text;
    private int at;

    /** How many strings are open there, one in the other. */
    private int level;

    /** Whether what is in the string of a level, or the text itself at 0, begins as JSON does; its brackets that are open. */
    private final boolean[] isJson = new boolean[MOST_LEVELS];

    private final int[] depth = new int[MOST_LEVELS];
    private boolean isBeginning = true;

    /** The last byte that is no blank. */
    private int before;

    BareNumbers(Bytes text) {
        this.text = text;
        this.at = text.from;
    }

    /**
     * The quote that belongs on both sides of what replaces {@code [from, to)}; empty if that is no number by itself in JSON.
     *
     * @param from none less than that of the call before
     */
    String quote(int from, int to) {
        if (!isNumber(from, to) || !ends(to)) {
            return "";
        }
        while (at < from) {
            walk();
        }
        boolean isMember = level < MOST_LEVELS
                && isJson[level]
                && depth[level] > 0
                && (before == ':' || before == '[' || before == ',');
        return isMember ? "\\".repeat((1 << level) - 1) + QUOTE : "";
    }

    private boolean isNumber(int from, int to) {
        int whole = from + text.digits(from);
        int fraction = text.digits(whole + 1);
        return whole > from && (whole == to || text.at(whole) == '.' && fraction > 0 && whole + 1 + fraction == to);
    }

    private boolean ends(int index) {
        return switch (text.at(index)) {
            case ',', ']', '}', ' ', '\n', '\r', '\t', '\\' -> true;
            default -> false;
        };
    }

    private void walk() {
        int backslashes = 0;
        while (text.at(at) == '\\') {
            backslashes++;
            at++;
        }
        int c = text.at(at++);
        if (c == '"') {
            quote(backslashes, false);
        } else if (c == 'u' && backslashes > 0 && text.startsWith(at, QUOTE_DIGITS)) {
            at += QUOTE_DIGITS.length();
            quote(backslashes, true);
        } else if (backslashes > 0) {
            isBeginning &= Unescaped.isEscape(c);
            before = Unescaped.isEscape(c) ? before : c;
        } else if (c > ' ') {
            character(c);
        }
    }

    private void character(int c) {
        before = c;
        if (level == MOST_LEVELS) {
            return;
        }
        boolean opens = c == '{' || c == '[';
        isJson[level] = isBeginning ? opens : isJson[level];
        isBeginning = false;
        depth[level] += opens ? 1 : c == '}' || c == ']' ? -1 : 0;
    }

    /**
     * Ends the outermost string in which it is not escaped, or begins one in the innermost.
     *
     * @param byDigits the last of the backslashes that is one stands before its code point
     */
    private void quote(int backslashes, boolean byDigits) {
        before = '"';
        isBeginning = false;
        int escapes = backslashes;
        boolean digits = byDigits;
        for (int string = 0; string < level; string++) {
            if (escapes % 2 == 0 && !digits) {
                level = string;
                return;
            }
            digits &= escapes % 2 == 0;
            escapes /= 2;
        }
        if (level == MOST_LEVELS) {
            return;
        }
        level++;
        if (level < MOST_LEVELS) {
            isJson[level] = false;
            depth[level] = 0;
            isBeginning = true;
        }
    }
}
