package io.millrace.ingest.privacy;

/**
 * Telephone numbers: with their plus (ITU-T E.164), or as they are written in North America, with an area code and
 * separators. Without either a number of that length may be anything.
 */
final class PhoneNumber {
    private static final int FEWEST = 8;
    private static final int MOST = 15;

    private PhoneNumber() {}

    /** Where the number whose plus stands there ends; -1 if there is none. */
    static int endOfInternational(Bytes text, int plus) {
        if (text.isLetterOrDigit(plus - 1) || !text.isDigit(plus + 1) || text.at(plus + 1) == '0') {
            return -1;
        }
        int digits = 0;
        int end = -1;
        int gap = 0;
        for (int at = plus + 1; digits <= MOST; ) {
            int group = text.digits(at);
            // A single digit behind a blank belongs to what follows.
            if (group > 1 || group == 1 && (digits == 0 || text.at(at - 1) == '(')) {
                digits += group;
                at += group;
                gap = 0;
                end = at;
            } else if (group == 0 && isSeparator(text.at(at)) && gap < 2) {
                gap++;
                at++;
            } else {
                break;
            }
        }
        return digits >= FEWEST && digits <= MOST && !text.isLetterOrDigit(end) ? end : -1;
    }

    private static boolean isSeparator(int c) {
        return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/';
    }

    /** Where the number ends that begins there with a digit or a bracket: 415-555-2671, (415) 555-2671, 1-415-555-2671. */
    static int endOfNorthAmerican(Bytes text, int begin) {
        int at = begin;
        if (text.at(at) == '1' && isJoint(text, at + 1)) {
            at += 2;
        }
        boolean bracketed = text.at(at) == '(';
        int area = bracketed ? at + 1 : at;
        if (text.digits(area) != 3 || text.at(area) < '2') {
            return -1;
        }
        int exchange = area + 3;
        if (bracketed) {
            if (text.at(exchange) != ')') {
                return -1;
            }
            exchange += text.at(exchange + 1) == ' ' ? 2 : 1;
        } else if (isJoint(text, exchange)) {
            exchange++;
        } else {
            return -1;
        }
        int line = exchange + 4;
        return text.digits(exchange) == 3
                        && text.at(exchange) >= '2'
                        && isJoint(text, exchange + 3)
                        && text.digits(line) == 4
                        && !text.isToken(line + 4)
                ? line + 4
                : -1;
    }

    private static boolean isJoint(Bytes text, int at) {
        int c = text.at(at);
        return c == '-' || c == '.' || c == ' ';
    }
}
