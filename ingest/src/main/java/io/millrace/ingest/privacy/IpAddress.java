package io.millrace.ingest.privacy;

/** Addresses of the internet's protocol; a machine's own (127.x.y.z, ::1) and none (0.0.0.0, ::) are nobody's. */
final class IpAddress {
    private static final int GROUPS = 8;
    /** Bytes of the newer protocol's addresses. */
    private static final int LONGEST = 39;

    private IpAddress() {}

    /** Where the four numbers end that begin there; -1 if there are none, or more of them. */
    static int endOfFour(Bytes text, int begin) {
        if (text.at(begin - 1) == '.' && text.isDigit(begin - 2)) {
            return -1;
        }
        int at = begin;
        for (int part = 0; part < 4; part++) {
            int digits = text.digits(at);
            if (digits == 0 || digits > 3 || number(text, at, digits) > 255 || digits > 1 && text.at(at) == '0') {
                return -1;
            }
            at += digits;
            if (part < 3 && text.at(at++) != '.') {
                return -1;
            }
        }
        boolean goesOn = text.isToken(at) || text.at(at) == '.' && text.isDigit(at + 1);
        boolean isNobodys = text.startsWith(begin, "127.") || text.startsWith(begin, "0.0.0.0");
        return goesOn || isNobodys ? -1 : at;
    }

    private static int number(Bytes text, int at, int digits) {
        int number = 0;
        for (int i = 0; i < digits; i++) {
            number = number * 10 + text.digit(at + i);
        }
        return number;
    }

    /** Where the groups begin that the colon stands in, not before {@code floor}; -1 if they are longer than any address. */
    static int beginOfGroups(Bytes text, int colon, int floor) {
        int begin = colon;
        while (begin > floor && (text.isHex(begin - 1) || text.at(begin - 1) == ':')) {
            begin--;
            if (colon - begin > LONGEST) {
                return -1;
            }
        }
        return begin;
    }

    /** Where the groups end that begin there; -1 if they are no address. */
    static int endOfGroups(Bytes text, int begin) {
        if (text.isToken(begin - 1)) {
            return -1;
        }
        int at = begin;
        int groups = 0;
        boolean shortened = false;
        while (groups <= GROUPS) {
            int digits = 0;
            while (digits < 5 && text.isHex(at + digits)) {
                digits++;
            }
            if (digits > 4) {
                return -1;
            }
            groups += digits > 0 ? 1 : 0;
            at += digits;
            if (text.at(at) != ':') {
                break;
            }
            if (text.at(at + 1) == ':') {
                if (shortened) {
                    return -1;
                }
                shortened = true;
                at += 2;
            } else if (digits > 0 && text.isHex(at + 1)) {
                at++;
            } else {
                break;
            }
        }
        boolean complete = groups == GROUPS && !shortened || shortened && groups >= 3 && groups < GROUPS;
        return complete && !text.isToken(at) ? at : -1;
    }
}
