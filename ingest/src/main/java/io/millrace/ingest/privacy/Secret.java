package io.millrace.ingest.privacy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keys that say by their beginning what they are, and the places where passwords stand. */
final class Secret {
    /**
     * How a key begins, and how many characters of a token follow at least. Each has a dash, an underscore or a dot: by
     * that it is looked for, but those with a dot by what stands before it.
     */
    private static final Prefix[] PREFIXES = {
        new Prefix("sk-", 20),
        new Prefix("pk-lf-", 16),
        new Prefix("glpat-", 20),
        new Prefix("xoxb-", 20),
        new Prefix("xoxp-", 20),
        new Prefix("xoxa-", 20),
        new Prefix("xoxr-", 20),
        new Prefix("xapp-", 20),
        new Prefix("pypi-", 40),
        new Prefix("gsk_", 30),
        new Prefix("ghp_", 30),
        new Prefix("gho_", 30),
        new Prefix("ghu_", 30),
        new Prefix("ghs_", 30),
        new Prefix("ghr_", 30),
        new Prefix("github_", 30),
        new Prefix("hf_", 30),
        new Prefix("npm_", 30),
        new Prefix("sk_", 16),
        new Prefix("rk_", 16),
        new Prefix("whsec_", 20, "+/="),
        new Prefix("lsv2_", 20),
        new Prefix("dop_", 40),
        new Prefix("r8_", 30),
        new Prefix("pplx-", 40),
        new Prefix("ya29.", 20, "."),
        new Prefix("SG.", 40, ".")
    };

    /** What stands between the first letter of the word, large or small, and the token. */
    static final String BEARER = "earer ";

    private static final String BEGIN = "-----BEGIN ";
    private static final String PRIVATE = "PRIVATE KEY-----";
    private static final String PRIVATE_BLOCK = "PRIVATE KEY BLOCK-----";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final int LONGEST_LABEL = 64;
    private static final int LONGEST_USER_INFO = 256;
    private static final int SHORTEST_BEARER = 16;

    /** How much of a token says whether it is a key: in one that has no end each dot may be followed by the next prefix. */
    private static final int ENOUGH = 128;

    /** The prefixes that have this byte before their mark. */
    private static final Prefix[][] ENDING_WITH = new Prefix[256][];

    static {
        for (int c = 0; c < ENDING_WITH.length; c++) {
            int last = c;
            ENDING_WITH[c] = Arrays.stream(PREFIXES)
                    .filter(prefix -> prefix.text.charAt(prefix.text.length() - 2) == last)
                    .toArray(Prefix[]::new);
        }
    }

    /** What announces a key and begins with this byte. */
    private static final byte[][][] BEGINNING_WITH = new byte[256][][];

    static {
        for (int c = 0; c < BEGINNING_WITH.length; c++) {
            int first = c;
            BEGINNING_WITH[c] = Stream.concat(Arrays.stream(PREFIXES).map(Prefix::text), Stream.of("b" + BEARER))
                    .filter(text -> text.charAt(0) == first)
                    .map(text -> text.getBytes(StandardCharsets.US_ASCII))
                    .toArray(byte[][]::new);
        }
    }

    /** Of each last byte before a mark, which bytes stand before it: the lower five bits of both. */
    private static final int[] LAST_TWO = new int[32];

    private static final int SHORT_BYTE = 0x1F;

    static {
        for (Prefix prefix : PREFIXES) {
            int mark = prefix.text.length() - 1;
            LAST_TWO[prefix.text.charAt(mark - 1) & SHORT_BYTE] |= 1 << (prefix.text.charAt(mark - 2) & SHORT_BYTE);
        }
    }

    /** @param others what may stand in the token but for its letters, digits, dashes and underscores */
    private record Prefix(String text, int rest, String others) {
        Prefix(String text, int rest) {
            this(text, rest, "");
        }
    }

    private Secret() {}

    /** Where the key begins whose prefix ends with the mark that stands there; -1 if there is none. */
    static int begin(Bytes text, int mark, int floor) {
        if (text.startsWith(mark, BEGIN)) {
            boolean isPrivate = text.find(PRIVATE, mark, mark + LONGEST_LABEL) >= 0
                    || text.find(PRIVATE_BLOCK, mark, mark + LONGEST_LABEL) >= 0;
            return isPrivate ? mark : -1;
        }
        Prefix prefix = prefix(text, mark);
        if (prefix == null) {
            return -1;
        }
        int begin = mark + 1 - prefix.text.length();
        int end = endOfToken(text, mark + 1, mark + 1 + ENOUGH, prefix);
        boolean isKey = begin >= floor && end - mark - 1 >= prefix.rest && isRandom(text, mark + 1, end);
        return isKey ? begin : -1;
    }

    /** The prefix that ends with the mark that stands there, with no token before it. */
    private static @Nullable Prefix prefix(Bytes text, int mark) {
        for (Prefix prefix : ENDING_WITH[text.at(mark - 1)]) {
            int begin = mark + 1 - prefix.text.length();
            if (text.startsWith(begin, prefix.text) && !text.isToken(begin - 1)) {
                return prefix;
            }
        }
        return null;
    }

    /** Whether a key may begin there, or what announces one. */
    static boolean mayBegin(byte[] bytes, int at, int to) {
        for (byte[] beginning : BEGINNING_WITH[bytes[at] & 0xFF]) {
            if (Arrays.equals(bytes, at, Math.min(to, at + beginning.length), beginning, 0, beginning.length)) {
                return true;
            }
        }
        return false;
    }

    /** Where the key ends whose prefix ends with the mark that stands there. */
    static int end(Bytes text, int mark) {
        if (text.startsWith(mark, BEGIN)) {
            return endOfPrivateKey(text, mark + BEGIN.length());
        }
        Prefix prefix = prefix(text, mark);
        return prefix == null ? endOfToken(text, mark + 1) : endOfToken(text, mark + 1, text.to, prefix);
    }

    /**
     * Behind the end that comes before the next key begins. Of one that was cut nobody knows where it ends, but not behind the
     * string that it stands in. It goes on in other strings if these are lines of a program, with no structure of JSON between.
     */
    private static int endOfPrivateKey(Bytes text, int from) {
        int quote = text.to;
        for (int at = from; at < text.to && !text.startsWith(at, BEGIN); at++) {
            if (text.startsWith(at, END)) {
                int label = at + END.length();
                int close = text.find(DASHES, label, label + LONGEST_LABEL);
                return close < 0 ? label : close + DASHES.length();
            }
            if (text.at(at) == '"') {
                quote = Math.min(quote, at);
            }
            if (quote < text.to && isStructure(text, at)) {
                return quote;
            }
        }
        return quote;
    }

    /** Whether there is a bracket of JSON, or the quote behind the name of a member. */
    private static boolean isStructure(Bytes text, int index) {
        int c = text.at(index);
        if (c != '"') {
            return c == '{' || c == '}' || c == '[' || c == ']';
        }
        int behind = index + 1;
        while (behind < text.to && text.at(behind) <= ' ') {
            behind++;
        }
        return text.at(behind) == ':';
    }

    /** Whether the two bytes before a mark may be those of a prefix: a look that is quick to say no. */
    static boolean mayEndPrefix(byte beforeLast, byte last) {
        return (LAST_TWO[last & SHORT_BYTE] >>> (beforeLast & SHORT_BYTE) & 1) != 0;
    }

    /** Access key ids of AWS: where the one ends whose second letter but two stands there. */
    static int endOfAccessKey(Bytes text, int third) {
        int begin = third - 1;
        if (text.isToken(begin - 1) || !text.startsWith(third + 1, "IA")) {
            return -1;
        }
        int end = third + 3;
        while (text.isUpper(end) || text.isDigit(end)) {
            end++;
        }
        return end - begin == 20 && !text.isToken(end) ? end : -1;
    }

    /** Keys of Google's interfaces: where the one ends whose third letter stands there. */
    static int endOfGoogleKey(Bytes text, int third) {
        if (!text.startsWith(third - 2, "AIza") || text.isToken(third - 3)) {
            return -1;
        }
        int end = endOfToken(text, third + 2);
        return end - (third - 2) == 39 ? end : -1;
    }

    /** Where the token ends that begins there, behind the word "Bearer"; -1 if it is none. */
    static int endOfBearer(Bytes text, int begin) {
        int end = begin;
        while (isBearer(text, end)) {
            end++;
        }
        return end - begin >= SHORTEST_BEARER && isRandom(text, begin, end) ? end : -1;
    }

    private static boolean isBearer(Bytes text, int index) {
        int c = text.at(index);
        return text.isToken(index) || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
    }

    /** Where the password begins in the URL whose first colon stands there; -1 if it has none. */
    static int beginOfPassword(Bytes text, int colon) {
        if (!text.startsWith(colon, "://")) {
            return -1;
        }
        int limit = Math.min(text.to, colon + LONGEST_USER_INFO);
        for (int at = colon + 3; at < limit; at++) {
            int c = text.at(at);
            if (c == ':') {
                return endOfPassword(text, at + 1) < 0 ? -1 : at + 1;
            }
            if (!isUserInfo(c)) {
                return -1;
            }
        }
        return -1;
    }

    /** Where the password that begins there ends: at the last {@code @} before its host, as it may have some; -1 if there is none. */
    static int endOfPassword(Bytes text, int begin) {
        int limit = Math.min(text.to, begin + LONGEST_USER_INFO);
        int end = -1;
        for (int at = begin; at < limit; at++) {
            int c = text.at(at);
            if (c == '@') {
                end = at > begin ? at : -1;
            } else if (!isUserInfo(c)) {
                break;
            }
        }
        return end;
    }

    private static boolean isUserInfo(int c) {
        return c > ' ' && c < 0x7F && c != '/' && c != '"' && c != '\'' && c != '<' && c != '>' && c != '?' && c != '#'
                && c != '@';
    }

    /** Where the token ends that begins with "eyJ" and whose J stands there: three parts of base64; -1 if it is none. */
    static int endOfJwt(Bytes text, int third) {
        if (!text.startsWith(third - 2, "eyJ") || text.isToken(third - 3)) {
            return -1;
        }
        int end = endOfToken(text, third + 1);
        if (end - third < 8 || !text.startsWith(end, ".eyJ")) {
            return -1;
        }
        int signature = endOfToken(text, end + 4);
        if (text.at(signature) != '.') {
            return -1;
        }
        int last = endOfToken(text, signature + 1);
        return last > signature + 1 ? last : -1;
    }

    /** Where the token ends that begins there: a dot behind it ends a sentence. */
    private static int endOfToken(Bytes text, int from, int to, Prefix prefix) {
        int end = from;
        int limit = Math.min(to, text.to);
        while (end < limit && (text.isToken(end) || prefix.others.indexOf(text.at(end)) >= 0)) {
            end++;
        }
        while (end > from && text.at(end - 1) == '.') {
            end--;
        }
        return end;
    }

    private static int endOfToken(Bytes text, int from) {
        int end = from;
        while (text.isToken(end)) {
            end++;
        }
        return end;
    }

    /** Letters and digits: words with dashes between them have none of the latter. */
    private static boolean isRandom(Bytes text, int from, int to) {
        boolean digit = false;
        boolean letter = false;
        for (int i = from; i < to; i++) {
            digit |= text.isDigit(i);
            letter |= text.isLetter(i);
        }
        return digit && letter;
    }
}
