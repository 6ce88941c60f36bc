package io.millrace.ingest.privacy;

/**
 * Numbers of a text that is JSON, which stand without quotes. A name in place of one needs them, and the rest of the number has
 * to go with what was found of it, or the text would be JSON no more: of JSON in a string of JSON with its backslashes. The text
 * is walked once, as far as it is asked about.
 */
final class BareNumbers {
    /** Where the text itself is one. A quote has twice the backslashes at each, and could outgrow what it stands around. */
    private static final int MOST_LEVELS = 4;

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

    /** The last byte that is no blank, and where what could be a number begins that it ends, with the one before that. */
    private int before;

    private int numberFrom;
    private int beforeNumber;

    /** Of the number that was looked at last: where it begins and ends, which is nowhere if it is none. */
    private int knownFrom = -1;

    private int knownTo;

    private int from;
    private int to;
    private String quote = "";

    BareNumbers(Bytes text) {
        this.text = text;
        this.at = text.from;
        this.numberFrom = text.from;
    }

    /**
     * Looks at what was found in {@code [begin, end)}, perhaps with blanks around: {@link #from}, {@link #to} and {@link #quote} say
     * what to replace then, and with what around.
     *
     * @param begin none less than that of the call before
     * @param done up to where the text is replaced already
     */
    void look(int begin, int end, int done) {
        int first = begin;
        while (first < end - 1 && isBlank(text.at(first))) {
            first++;
        }
        int last = end;
        while (last > first + 1 && isBlank(text.at(last - 1))) {
            last--;
        }
        while (at < first) {
            walk();
        }
        boolean isWithin = numberFrom < first && isOfNumber(text.at(first - 1));
        int number = isWithin ? numberFrom : first;
        boolean isMember = number >= done && isMember(isWithin ? beforeNumber : before) && endOf(number) >= last;
        from = isMember ? number : Math.max(begin, done);
        to = isMember ? knownTo : end;
        quote = isMember ? "\\".repeat((1 << level) - 1) + QUOTE : "";
    }

    private static boolean isBlank(int c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    /** What belongs on both sides of a name in its place; empty unless it is a number. */
    String quote() {
        return quote;
    }

    private boolean isMember(int last) {
        return level < MOST_LEVELS && isJson[level] && depth[level] > 0 && (last == ':' || last == '[' || last == ',');
    }

    /** Where the number ends that begins there; -1 if it is none. */
    private int endOf(int number) {
        if (knownFrom != number) {
            knownFrom = number;
            int whole = digits(text.at(number) == '-' ? number + 1 : number);
            int fraction = whole >= 0 && text.at(whole) == '.' ? digits(whole + 1) : whole;
            int exponent = fraction;
            if (fraction >= 0 && (text.at(fraction) | 0x20) == 'e') {
                int sign = text.at(fraction + 1);
                exponent = digits(sign == '+' || sign == '-' ? fraction + 2 : fraction + 1);
            }
            knownTo = exponent >= 0 && ends(exponent) ? exponent : -1;
        }
        return knownTo;
    }

    /** Where the digits end that begin there; -1 if there are none. */
    private int digits(int index) {
        int count = text.digits(index);
        return count == 0 ? -1 : index + count;
    }

    private boolean ends(int index) {
        int c = text.at(index);
        return c == ',' || c == ']' || c == '}' || c == '\\' || isBlank(c);
    }

    private static boolean isOfNumber(int c) {
        return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
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
        if (isOfNumber(c) && !isOfNumber(text.at(at - 2))) {
            numberFrom = at - 1;
            beforeNumber = before;
        }
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
