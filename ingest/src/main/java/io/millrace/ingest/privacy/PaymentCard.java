package io.millrace.ingest.privacy;

/** Numbers of payment cards: in one run of digits, or in groups with the same blank or dash between them. */
final class PaymentCard {
    static final int SHORTEST = 13;
    private static final int LONGEST = 19;

    private PaymentCard() {}

    /** Where the number that begins there ends; -1 if there is none. */
    static int end(Bytes text, int begin) {
        int found = -1;
        int count = 0;
        int group = 0;
        int separator = 0;
        int[] digits = new int[LONGEST];
        for (int at = begin; count < LONGEST || !text.isDigit(at); at++) {
            if (text.isDigit(at)) {
                digits[count++] = text.digit(at);
                group++;
                if (count >= SHORTEST && !text.isLetterOrDigit(at + 1) && isCard(digits, count)) {
                    found = at + 1;
                }
                continue;
            }
            int c = text.at(at);
            boolean separates = (c == ' ' || c == '-') && (separator == 0 || separator == c);
            if (!separates || group < 3 || group > 8 || !text.isDigit(at + 1)) {
                return found;
            }
            separator = c;
            group = 0;
        }
        // More digits than any card has: a number of something else.
        return separator == 0 ? -1 : found;
    }

    private static boolean isCard(int[] digits, int count) {
        return isIssued(digits, count) && isChecked(digits, count);
    }

    /** Whether a known issuer has numbers of this beginning and length. */
    private static boolean isIssued(int[] d, int count) {
        int two = d[0] * 10 + d[1];
        int four = two * 100 + d[2] * 10 + d[3];
        if (d[0] == 4) {
            return count == 13 || count == 16 || count == 19;
        }
        if (two >= 51 && two <= 55 || four >= 2221 && four <= 2720) {
            return count == 16;
        }
        if (two == 34 || two == 37) {
            return count == 15;
        }
        if (two == 36 || two == 38 || two == 39 || four >= 3000 && four <= 3059) {
            return count >= 14;
        }
        return (four == 6011 || two == 65 || four >= 6440 && four <= 6499 || two == 62 || four >= 3528 && four <= 3589)
                && count >= 16;
    }

    /** The check digit of Luhn's formula. */
    private static boolean isChecked(int[] digits, int count) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            int digit = digits[count - 1 - i];
            if (i % 2 == 1) {
                digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
            }
            sum += digit;
        }
        return sum % 10 == 0;
    }
}
