package io.millrace.ingest.privacy;

/** E-mail addresses, as people have them: no quoted local parts, no literal addresses for domains. */
final class EmailAddress {
    private EmailAddress() {}

    /** Where the address with its {@code @} there begins, not before {@code floor}; -1 if it is none. */
    static int begin(Bytes text, int at, int floor) {
        int begin = at;
        while (begin > floor && isLocal(text, begin - 1)) {
            begin--;
        }
        while (begin < at && text.at(begin) == '.') {
            begin++;
        }
        return begin == at || text.at(at - 1) == '.' ? -1 : begin;
    }

    /** Where its domain ends; -1 if there is none. */
    static int end(Bytes text, int at) {
        int end = -1;
        int label = at + 1;
        while (true) {
            int stop = label;
            while (text.isLetterOrDigit(stop) || text.at(stop) == '-' || isForeign(text, stop)) {
                stop++;
            }
            if (stop == label) {
                return end;
            }
            if (label > at + 1 && isTopLevel(text, label, stop)) {
                end = stop;
            }
            if (text.at(stop) != '.') {
                return end;
            }
            label = stop + 1;
        }
    }

    private static boolean isTopLevel(Bytes text, int from, int to) {
        int letters = 0;
        for (int i = from; i < to; i++) {
            letters += text.isLetter(i) || isForeign(text, i) ? 1 : 0;
        }
        return letters >= 2 && (letters == to - from || text.startsWith(from, "xn--"));
    }

    private static boolean isLocal(Bytes text, int index) {
        int c = text.at(index);
        return text.isLetterOrDigit(index)
                || c == '.'
                || c == '_'
                || c == '-'
                || c == '+'
                || c == '%'
                || isForeign(text, index);
    }

    /** Part of a Latin letter beyond ASCII: U+00C0 to U+02BF, in two bytes. */
    private static boolean isForeign(Bytes text, int index) {
        int c = text.at(index);
        return c >= 0xC3 && c <= 0xCA
                || c >= 0x80 && c <= 0xBF && text.at(index - 1) >= 0xC3 && text.at(index - 1) <= 0xCA;
    }
}
