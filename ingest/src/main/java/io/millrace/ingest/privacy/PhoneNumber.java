package io.millrace.ingest.privacy;

/**
 * Telephone numbers: with their plus (ITU-T E.164), or as they are written in North America, with an area code and
 * separators. Without either a number of that length may be anything.
 */
final class PhoneNumber {
    private static final int FEWEST = 8;
    private static final int MOST = 15;
    /** How many digits numbers with the country code 1 have. */
    private static final int NORTH_AMERICAN = 11;

    private static final int LONGEST_EXTENSION = 7;

    private PhoneNumber() {}

    /** Where the number whose plus stands there ends; -1 if there is none. */
    static int endOfInternational(Bytes text, int plus) {
        if (text.isLetterOrDigit(plus - 1) || !text.isDigit(plus + 1) || text.at(plus + 1) == '0') {
            return -1;
        }
        boolean isNorthAmerican = text.at(plus + 1) == '1';
        int digits = 0;
        int end = -1;
        int gap = 0;
        int at = plus + 1;
        while (true) {
            int group = text.digits(at);
            // A single digit behind a blank belongs to what follows.
            if (group > 1 || group == 1 && (digits == 0 || text.at(at - 1) == '(')) {
                if (digits + group > MOST || isNorthAmerican && digits >= NORTH_AMERICAN) {
                    break;
                }
                digits += group;
                at += group;
                gap = 0;
                end = at;
            } else if (group == 0 && separator(text, at) > 0 && gap < 2) {
                gap++;
                at += separator(text, at);
            } else {
                break;
            }
        }
        if (digits < FEWEST) {
            return -1;
        }
        end = endOfExtension(text, end);
        return text.isLetterOrDigit(end) ? -1 : end;
    }

    /** How long what stands there between two groups is; 0 if nothing of the kind does. */
    private static int separator(Bytes text, int at) {
        int c = text.at(at);
        boolean isSeparator = c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/';
        return isSeparator ? 1 : isNoBreakSpace(text, at) ? 2 : 0;
    }

    private static boolean isNoBreakSpace(Bytes text, int at) {
        return text.at(at) == 0xC2 && text.at(at + 1) == 0xA0;
    }

    /** Where the number that ends there does so with its extension, as in 415-555-2671x12: there if it has none. */
    private static int endOfExtension(Bytes text, int end) {
        int digits = (text.at(end) | 0x20) == 'x' ? text.digits(end + 1) : 0;
        return digits > 0 && digits <= LONGEST_EXTENSION ? end + 1 + digits : end;
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
            exchange += text.at(exchange + 1) == ' ' ? 2 : isNoBreakSpace(text, exchange + 1) ? 3 : 1;
        } else if (isJoint(text, exchange)) {
            exchange++;
        } else {
            return -1;
        }
        int line = exchange + 4;
        boolean isNumber = text.digits(exchange) == 3
                && text.at(exchange) >= '2'
                && isJoint(text, exchange + 3)
                && text.digits(line) == 4;
        if (!isNumber) {
            return -1;
        }
        int end = endOfExtension(text, line + 4);
        return goesOn(text, end) ? -1 : end;
    }

    /** Whether what ends there is only a part: two dashes are no joint. */
    private static boolean goesOn(Bytes text, int end) {
        return text.isToken(end) && (text.at(end) != '-' || text.isToken(end + 1) && text.at(end + 1) != '-');
    }

    private static boolean isJoint(Bytes text, int at) {
        int c = text.at(at);
        return c == '-' || c == '.' || c == ' ';
    }
}
