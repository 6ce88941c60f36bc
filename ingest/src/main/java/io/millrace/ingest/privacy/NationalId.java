package io.millrace.ingest.privacy;

/** Numbers that authorities give to persons, where their form or their check digits tell them from other numbers. */
final class NationalId {
    /** The one number of those that begin with digits which is a single run, but for those as long as a card's. */
    static final int SPANISH_DIGITS = 8;

    private static final String SPANISH_CHECK = "TRWAGMYFPDXBNJZSQVHLCKE";

    /** Of the Dihedral group of order ten (Verhoeff 1969). */
    private static final int[][] VERHOEFF_PRODUCT = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
        {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
        {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
        {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
        {4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
        {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
        {6, 5, 9, 8, 7, 1, 0, 4, 3, 2},
        {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
        {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
        {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}
    };

    private static final int[][] VERHOEFF_PERMUTATION = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
        {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
        {5, 8, 0, 3, 7, 9, 6, 1, 4, 2},
        {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
        {9, 4, 5, 3, 1, 2, 6, 8, 7, 0},
        {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
        {2, 7, 9, 3, 8, 0, 6, 4, 1, 5},
        {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}
    };

    /** What a character at an odd place of a codice fiscale counts, digits as A to J. */
    private static final int[] ITALIAN_ODD = {
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23
    };

    private NationalId() {}

    /** Where the number whose first digit stands there ends, if it begins with digits; -1 if there is none. */
    static int endOfDigits(Bytes text, int begin) {
        int run = text.digits(begin);
        return switch (run) {
            case 3 -> socialSecurity(text, begin);
            case 4 -> aadhaar(text, begin);
            case SPANISH_DIGITS -> spanish(text, begin, 0);
            case 13, 15 -> french(text, begin, run);
            default -> -1;
        };
    }

    /** Where the number whose first letter stands there ends, if it begins with letters; -1 if there is none. */
    static int endOfLetters(Bytes text, int begin) {
        int letters = 0;
        while (letters < 7 && text.isLetter(begin + letters)) {
            letters++;
        }
        return switch (letters) {
            case 1 -> foreigner(text, begin);
            case 2 -> nationalInsurance(text, begin);
            case 6 -> codiceFiscale(text, begin);
            default -> -1;
        };
    }

    /** US: 3-2-4 digits; some numbers are never given. */
    private static int socialSecurity(Bytes text, int at) {
        boolean shaped = text.at(at + 3) == '-'
                && text.digits(at + 4) == 2
                && text.at(at + 6) == '-'
                && text.digits(at + 7) == 4
                && !text.isToken(at + 11);
        if (!shaped) {
            return -1;
        }
        int area = text.digit(at) * 100 + text.digit(at + 1) * 10 + text.digit(at + 2);
        boolean given = area != 0
                && area != 666
                && area < 900
                && !text.startsWith(at + 4, "00")
                && !text.startsWith(at + 7, "0000");
        return given ? at + 11 : -1;
    }

    /** IN: three groups of four; in one run it would be any number of twelve digits. */
    private static int aadhaar(Bytes text, int at) {
        boolean shaped = text.digit(at) >= 2
                && text.at(at + 4) == ' '
                && text.digits(at + 5) == 4
                && text.at(at + 9) == ' '
                && text.digits(at + 10) == 4
                && !text.isToken(at + 14)
                && !(text.at(at + 14) == ' ' && text.isDigit(at + 15));
        if (!shaped) {
            return -1;
        }
        int check = 0;
        int place = 0;
        for (int i = 13; i >= 0; i--) {
            if (text.isDigit(at + i)) {
                check = VERHOEFF_PRODUCT[check][VERHOEFF_PERMUTATION[place++ % 8][text.digit(at + i)]];
            }
        }
        return check == 0 ? at + 14 : -1;
    }

    /** ES: eight digits, or a first one that a letter stood for, and the letter that follows from them. */
    private static int spanish(Bytes text, int at, int first) {
        int number = first;
        int end = at;
        for (; text.isDigit(end); end++) {
            number = number * 10 + text.digit(end);
        }
        return text.at(end) == SPANISH_CHECK.charAt(number % 23) && !text.isToken(end + 1) ? end + 1 : -1;
    }

    private static int foreigner(Bytes text, int at) {
        int first = "XYZ".indexOf(text.at(at));
        return first >= 0 && text.digits(at + 1) == 7 ? spanish(text, at + 1, first) : -1;
    }

    /** FR: thirteen digits and their key of two; the departments of Corsica, which are letters, are left out. */
    private static int french(Bytes text, int at, int run) {
        if (text.digit(at) != 1 && text.digit(at) != 2) {
            return -1;
        }
        int month = text.digit(at + 3) * 10 + text.digit(at + 4);
        int key = at + 13;
        if (run == 13) {
            if (text.at(key) != ' ' || text.digits(key + 1) != 2) {
                return -1;
            }
            key++;
        }
        if (month < 1 || month > 12 && month < 20 || text.isToken(key + 2)) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < 13; i++) {
            number = number * 10 + text.digit(at + i);
        }
        return 97 - number % 97 == text.digit(key) * 10 + text.digit(key + 1) ? key + 2 : -1;
    }

    /** GB: two letters, six digits, in pairs or not, and a letter of four. */
    private static int nationalInsurance(Bytes text, int at) {
        if (!text.isUpper(at)
                || !text.isUpper(at + 1)
                || "DFIQUV".indexOf(text.at(at)) >= 0
                || "DFIQUVO".indexOf(text.at(at + 1)) >= 0) {
            return -1;
        }
        int end = at + 2;
        for (int pair = 0; pair < 3; pair++) {
            end += text.at(end) == ' ' ? 1 : 0;
            if (!text.isDigit(end) || !text.isDigit(end + 1)) {
                return -1;
            }
            end += 2;
        }
        end += text.at(end) == ' ' ? 1 : 0;
        return text.at(end) >= 'A' && text.at(end) <= 'D' && !text.isToken(end + 1) ? end + 1 : -1;
    }

    /** IT: sixteen letters and digits, the last of which follows from the others. */
    private static int codiceFiscale(Bytes text, int at) {
        String shape = "LLLLLLDDLDDLDDDL";
        int sum = 0;
        for (int i = 0; i < shape.length(); i++) {
            boolean fits = shape.charAt(i) == 'L' ? text.isUpper(at + i) : text.isDigit(at + i);
            if (!fits) {
                return -1;
            }
            if (i < 15) {
                int value = shape.charAt(i) == 'L' ? text.at(at + i) - 'A' : text.digit(at + i);
                sum += i % 2 == 0 ? ITALIAN_ODD[value] : value;
            }
        }
        return text.at(at + 15) == 'A' + sum % 26 && !text.isToken(at + 16) ? at + 16 : -1;
    }
}
