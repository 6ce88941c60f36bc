package io.millrace.ingest.privacy;

import java.util.Map;

/** International bank account numbers: in one piece, or in groups of four. */
final class BankAccount {
    private static final int LONGEST = 34;
    /** Of the countries in the registry of SWIFT. */
    private static final Map<String, Integer> LENGTHS = Map.ofEntries(
            length("AD24"),
            length("AE23"),
            length("AL28"),
            length("AT20"),
            length("AZ28"),
            length("BA20"),
            length("BE16"),
            length("BG22"),
            length("BH22"),
            length("BI27"),
            length("BR29"),
            length("BY28"),
            length("CH21"),
            length("CR22"),
            length("CY28"),
            length("CZ24"),
            length("DE22"),
            length("DJ27"),
            length("DK18"),
            length("DO28"),
            length("EE20"),
            length("EG29"),
            length("ES24"),
            length("FI18"),
            length("FK18"),
            length("FO18"),
            length("FR27"),
            length("GB22"),
            length("GE22"),
            length("GI23"),
            length("GL18"),
            length("GR27"),
            length("GT28"),
            length("HN28"),
            length("HR21"),
            length("HU28"),
            length("IE22"),
            length("IL23"),
            length("IQ23"),
            length("IS26"),
            length("IT27"),
            length("JO30"),
            length("KW30"),
            length("KZ20"),
            length("LB28"),
            length("LC32"),
            length("LI21"),
            length("LT20"),
            length("LU20"),
            length("LV21"),
            length("LY25"),
            length("MC27"),
            length("MD24"),
            length("ME22"),
            length("MK19"),
            length("MN20"),
            length("MR27"),
            length("MT31"),
            length("MU30"),
            length("NI28"),
            length("NL18"),
            length("NO15"),
            length("OM23"),
            length("PK24"),
            length("PL28"),
            length("PS29"),
            length("PT25"),
            length("QA29"),
            length("RO24"),
            length("RS22"),
            length("RU33"),
            length("SA24"),
            length("SC31"),
            length("SD18"),
            length("SE24"),
            length("SI19"),
            length("SK24"),
            length("SM27"),
            length("SO23"),
            length("ST25"),
            length("SV28"),
            length("TL23"),
            length("TN24"),
            length("TR26"),
            length("UA29"),
            length("VA22"),
            length("VG24"),
            length("XK20"),
            length("YE30"));

    private BankAccount() {}

    private static Map.Entry<String, Integer> length(String countryAndLength) {
        return Map.entry(countryAndLength.substring(0, 2), Integer.valueOf(countryAndLength.substring(2)));
    }

    /** Where the number whose country stands there ends; -1 if there is none. */
    static int end(Bytes text, int begin) {
        if (!text.isUpper(begin) || !text.isUpper(begin + 1)) {
            return -1;
        }
        Integer length = LENGTHS.get(String.valueOf(new char[] {(char) text.at(begin), (char) text.at(begin + 1)}));
        if (length == null || !text.isDigit(begin + 2) || !text.isDigit(begin + 3)) {
            return -1;
        }
        int[] characters = new int[LONGEST];
        int count = 0;
        int at = begin;
        while (count < length) {
            if (count > 0 && count % 4 == 0 && text.at(at) == ' ') {
                at++;
            }
            if (!text.isLetterOrDigit(at)) {
                return -1;
            }
            characters[count++] = Character.digit(text.at(at++), 36);
        }
        return text.isLetterOrDigit(at) || !isChecked(characters, length) ? -1 : at;
    }

    /** ISO 7064, modulus 97: the first four go to the end. */
    private static boolean isChecked(int[] characters, int length) {
        int remainder = 0;
        for (int i = 0; i < length; i++) {
            int value = characters[(i + 4) % length];
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
        }
        return remainder == 1;
    }
}
