package io.millrace.ingest.privacy;

import io.millrace.schema.privacy.Detector;
import org.jspecify.annotations.Nullable;

/**
 * Finds what is sensitive in a text by itself, in one pass over its bytes: most bytes can begin or mark nothing, which a
 * table says; the others are looked at by the detectors they concern.
 */
final class SensitiveText {
    /** Says of a byte whether it concerns a detector. */
    private static final byte[] LOOK = new byte[256];

    /** Of a byte that concerns one only beside a certain other. */
    private static final byte BESIDE = 2;

    static {
        for (int c = '0'; c <= '9'; c++) {
            LOOK[c] = 1;
        }
        for (char c : new char[] {'@', '+', '(', ':', '-', '_', 'J'}) {
            LOOK[c] = 1;
        }
        for (char c : new char[] {'b', 'B', '.', 'K', 'S', 'z'}) {
            LOOK[c] = BESIDE;
        }
    }

    private final int detectors;
    private final Bytes text;
    private @Nullable Findings findings;
    /** Where the last finding ends: none begins before it. */
    private int floor;

    private SensitiveText(Bytes text, int detectors) {
        this.text = text;
        this.detectors = detectors;
        this.floor = text.from;
    }

    /**
     * What is found in {@code bytes[from, to)}, which is UTF-8.
     *
     * @param detectors the bits of those that are wanted
     * @return null for nothing, which is the rule
     */
    static @Nullable Findings in(byte[] bytes, int from, int to, int detectors) {
        SensitiveText search = null;
        for (int at = from; at < to; ) {
            if (at + 4 <= to
                    && (LOOK[bytes[at] & 0xFF]
                                    | LOOK[bytes[at + 1] & 0xFF]
                                    | LOOK[bytes[at + 2] & 0xFF]
                                    | LOOK[bytes[at + 3] & 0xFF])
                            == 0) {
                at += 4;
                continue;
            }
            byte look = LOOK[bytes[at] & 0xFF];
            if (look == 0 || look == BESIDE && !isBeside(bytes, at, from, to)) {
                at++;
                continue;
            }
            if (search == null) {
                search = new SensitiveText(new Bytes(bytes, from, to), detectors);
            }
            at = search.look(at);
        }
        return search == null ? null : search.findings;
    }

    /** "Bearer ", "ya29." and "SG.", AKIA and ASIA, "AIza". */
    private static boolean isBeside(byte[] bytes, int at, int from, int to) {
        byte before = at > from ? bytes[at - 1] : 0;
        return switch (bytes[at]) {
            case 'b', 'B' -> at + 1 < to && bytes[at + 1] == 'e';
            case '.' -> before == '9' || before == 'G';
            case 'z' -> before == 'I';
            default -> before == 'A';
        };
    }

    /** Looks at a byte, and returns where to go on. */
    private int look(int at) {
        int end = switch (text.at(at)) {
            case '@' -> email(at);
            case '+' ->
                found(Detector.PHONE, at, wants(Detector.PHONE) ? PhoneNumber.endOfInternational(text, at) : -1);
            case '(' ->
                found(Detector.PHONE, at, wants(Detector.PHONE) ? PhoneNumber.endOfNorthAmerican(text, at) : -1);
            case ':' -> colon(at);
            case '-', '_', '.' -> key(at);
            case 'b', 'B' -> bearer(at);
            case 'J' -> found(Detector.JWT, at - 2, wants(Detector.JWT) ? Secret.endOfJwt(text, at) : -1);
            case 'K', 'S' ->
                found(Detector.SECRET, at - 1, wants(Detector.SECRET) ? Secret.endOfAccessKey(text, at) : -1);
            case 'z' -> found(Detector.SECRET, at - 2, wants(Detector.SECRET) ? Secret.endOfGoogleKey(text, at) : -1);
            default -> number(at);
        };
        if (end >= 0) {
            return end;
        }
        return text.isDigit(at) ? at + text.digits(at) : at + 1;
    }

    private boolean wants(Detector detector) {
        return (detectors & detector.bit()) != 0;
    }

    private int found(Detector detector, int from, int end) {
        if (end < 0 || from < floor) {
            return -1;
        }
        if (findings == null) {
            findings = new Findings();
        }
        findings.add(detector, from, end);
        floor = end;
        return end;
    }

    private int bearer(int at) {
        if (!wants(Detector.SECRET) || !text.startsWith(at + 1, Secret.BEARER)) {
            return -1;
        }
        int begin = at + 1 + Secret.BEARER.length();
        return found(Detector.SECRET, begin, Secret.endOfBearer(text, begin));
    }

    private int email(int at) {
        if (!wants(Detector.EMAIL)) {
            return -1;
        }
        int begin = EmailAddress.begin(text, at, floor);
        return begin < 0 ? -1 : found(Detector.EMAIL, begin, EmailAddress.end(text, at));
    }

    private int colon(int at) {
        if (wants(Detector.SECRET)) {
            int password = Secret.beginOfPassword(text, at);
            if (password >= 0) {
                return found(Detector.SECRET, password, Secret.endOfPassword(text, password));
            }
        }
        if (!wants(Detector.IP_ADDRESS) || !text.isHex(at - 1) && text.at(at + 1) != ':') {
            return -1;
        }
        int begin = IpAddress.beginOfGroups(text, at, floor);
        return found(Detector.IP_ADDRESS, begin, IpAddress.endOfGroups(text, begin));
    }

    private int key(int mark) {
        if (!wants(Detector.SECRET) || !Secret.mayMark(text, mark)) {
            return -1;
        }
        int begin = Secret.begin(text, mark, floor);
        return begin < 0 ? -1 : found(Detector.SECRET, begin, Secret.end(text, mark));
    }

    /** Looks at the first digit of a run; goes on behind the run if that can be nothing. */
    private int number(int at) {
        if (text.isLetter(at - 1)) {
            // What begins with letters, and is found by its first digit, has large ones.
            return text.isUpper(at - 1) ? lettered(at) : -1;
        }
        int before = text.at(at - 1);
        if (before == ' ' && wants(Detector.NATIONAL_ID) && text.isLetter(at - 2)) {
            // What is written in pairs begins with letters: AB 12 34 56 C.
            int begin = at - 3;
            int end = begin < floor || text.isToken(begin - 1) ? -1 : NationalId.endOfLetters(text, begin);
            if (end > at) {
                return found(Detector.NATIONAL_ID, begin, end);
            }
        }
        if (before == '_' || before == '.' && text.isDigit(at - 2)) {
            return -1;
        }
        int run = text.digits(at);
        if (run < PaymentCard.SHORTEST && run != NationalId.SPANISH_DIGITS && !goesOn(at + run)) {
            return at + run;
        }
        int end = wants(Detector.PAYMENT_CARD) && before != '-'
                ? found(Detector.PAYMENT_CARD, at, PaymentCard.end(text, at))
                : -1;
        if (end < 0 && wants(Detector.NATIONAL_ID) && before != '-') {
            end = found(Detector.NATIONAL_ID, at, NationalId.endOfDigits(text, at));
        }
        if (end < 0 && wants(Detector.IP_ADDRESS)) {
            end = found(Detector.IP_ADDRESS, at, IpAddress.endOfFour(text, at));
        }
        if (end < 0 && wants(Detector.PHONE) && before != '-') {
            end = found(Detector.PHONE, at, PhoneNumber.endOfNorthAmerican(text, at));
        }
        // An address of the newer protocol may begin with a digit; its colon finds it.
        return end;
    }

    /** Whether more digits of one number may stand behind the digits that end there. */
    private boolean goesOn(int end) {
        int joint = text.at(end);
        return (joint == '.' || joint == '-' || joint == ' ') && (text.isDigit(end + 1) || text.at(end + 1) == '(');
    }

    /** Looks at the first digit behind letters. */
    private int lettered(int at) {
        int begin = at;
        while (begin > floor && at - begin < 7 && text.isLetter(begin - 1)) {
            begin--;
        }
        if (text.isToken(begin - 1)) {
            return -1;
        }
        int end = wants(Detector.IBAN) && at - begin == 2
                ? found(Detector.IBAN, begin, BankAccount.end(text, begin))
                : -1;
        return end < 0 && wants(Detector.NATIONAL_ID)
                ? found(Detector.NATIONAL_ID, begin, NationalId.endOfLetters(text, begin))
                : end;
    }
}
