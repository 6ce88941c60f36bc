package io.millrace.ingest.privacy;

import io.millrace.schema.privacy.Detector;
import org.jspecify.annotations.Nullable;

/** Finds what is sensitive in a text by itself, in one pass over its bytes, by the detectors that each mark concerns. */
final class SensitiveText {
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
     * What is found in {@code bytes[from, to)}, which is UTF-8. Escapes of JSON count as what they stand for.
     *
     * @param detectors the bits of those that are wanted
     * @return null for nothing, which is the rule
     */
    static @Nullable Findings in(byte[] bytes, int from, int to, int detectors) {
        Unescaped plain = Unescaped.of(bytes, from, to);
        if (plain == null) {
            return search(bytes, from, to, detectors);
        }
        Findings found = search(plain.bytes, 0, plain.length(), detectors);
        return found == null ? null : plain.inSent(found);
    }

    private static @Nullable Findings search(byte[] bytes, int from, int to, int detectors) {
        int at = Candidates.next(bytes, from, from, to);
        if (at == to) {
            return null;
        }
        SensitiveText search = new SensitiveText(new Bytes(bytes, from, to), detectors);
        while (at < to) {
            at = Candidates.next(bytes, search.look(at), from, to);
        }
        return search.findings;
    }

    /** Looks at a byte, and returns where to go on. */
    private int look(int at) {
        int end = switch (text.at(at)) {
            case '@' -> email(at);
            case ':' -> colon(at);
            case '-', '_' -> key(at);
            case 'G' -> key(at + 1);
            case 'b', 'B' -> bearer(at);
            case 'J' -> found(Detector.JWT, at - 2, wants(Detector.JWT) ? Secret.endOfJwt(text, at) : -1);
            case 'K', 'S' ->
                found(Detector.SECRET, at - 1, wants(Detector.SECRET) ? Secret.endOfAccessKey(text, at) : -1);
            case 'I' ->
                found(Detector.SECRET, at - 1, wants(Detector.SECRET) ? Secret.endOfGoogleKey(text, at + 1) : -1);
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
        // The letter behind a backslash may be an escape's, and stays, or what is left of JSON would be none.
        boolean isBehindEscape = text.at(from - 1) == '\\' && Unescaped.isEscape(text.at(from));
        findings.add(detector, isBehindEscape ? from + 1 : from, end);
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
        return begin < 0 ? -1 : found(Detector.IP_ADDRESS, begin, IpAddress.endOfGroups(text, begin));
    }

    private int key(int mark) {
        if (!wants(Detector.SECRET)) {
            return -1;
        }
        int begin = Secret.begin(text, mark, floor);
        return begin < 0 ? -1 : found(Detector.SECRET, begin, Secret.end(text, mark));
    }

    /** Looks at the first digit of a run, which may belong to what stands before it: +44, (415), ya29. */
    private int number(int at) {
        if (text.isUpper(at - 1)) {
            return lettered(at);
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
        if (before == 'a') {
            return key(at + text.digits(at));
        }
        if ((before == '+' || before == '(') && wants(Detector.PHONE)) {
            int phone = before == '+'
                    ? PhoneNumber.endOfInternational(text, at - 1)
                    : PhoneNumber.endOfNorthAmerican(text, at - 1);
            if (found(Detector.PHONE, at - 1, phone) >= 0) {
                return phone;
            }
        }
        if (before == '_' || before == '.' && text.isDigit(at - 2)) {
            return -1;
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
