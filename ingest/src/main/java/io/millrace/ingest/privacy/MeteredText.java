package io.millrace.ingest.privacy;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;

/**
 * The matches of a pattern in a text, one after the other. Each is found in time linear in the text, but may be sought to its
 * end again and again: how much is read is counted, and has an end.
 */
final class MeteredText implements CharSequence {
    /** How often each character may be read. Most patterns read it one to three times, and ten times if their matches are short. */
    private static final int READS = 64;

    /** What may be read of the shortest text, too: not so much that many of them cost more than one that is long. */
    private static final int ALLOWANCE = 1 << 16;

    private final String text;
    private final Matcher matcher;
    private final long limit;
    private long reads;
    private boolean isExhausted;

    /** A character, and the byte at which it begins: matches are told in characters, in their order. */
    private int characterAt;

    private int byteAt;
    private int from;
    private int to;

    MeteredText(Pattern pattern, byte[] utf8) {
        this.text = new String(utf8, StandardCharsets.UTF_8);
        this.limit = (long) READS * text.length() + ALLOWANCE;
        this.matcher = pattern.matcher(this);
    }

    /** Whether there is one more match, which is not empty. */
    boolean find() {
        try {
            while (matcher.find()) {
                if (matcher.end() > matcher.start()) {
                    from = byteOf(matcher.start(), false);
                    to = byteOf(matcher.end(), true);
                    return true;
                }
            }
        } catch (Exhausted exhausted) {
            isExhausted = true;
        }
        return false;
    }

    /** The byte with which the match begins. */
    int from() {
        return from;
    }

    /** The byte behind the match. */
    int to() {
        return to;
    }

    /** Whether there may be more matches, which nobody can afford to look for. */
    boolean isExhausted() {
        return isExhausted;
    }

    /** How many characters were read. */
    long reads() {
        return reads;
    }

    /** @param isEnd whether half of a pair counts as all of it, rather than as none */
    private int byteOf(int character, boolean isEnd) {
        while (characterAt < character) {
            int codePoint = text.codePointAt(characterAt);
            int width = Character.charCount(codePoint);
            if (!isEnd && characterAt + width > character) {
                break;
            }
            characterAt += width;
            byteAt += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
        }
        return byteAt;
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public char charAt(int index) {
        if (++reads > limit) {
            throw Exhausted.INSTANCE;
        }
        return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Ends a search from within. */
    private static final class Exhausted extends RuntimeException {
        static final Exhausted INSTANCE = new Exhausted();
        private static final long serialVersionUID = 1L;

        private Exhausted() {
            super("read too often", null, false, false);
        }
    }
}
