package io.millrace.bench.load;

/** Text for prompts and answers that compresses about as well as people's text does: words at random, few repeats. */
public final class Prose {
    private static final String[] SYLLABLES = {
        "an", "be", "cor", "da", "el", "fi", "gra", "hu", "in", "jo", "ka", "lum", "mer", "no", "or", "pre", "qui",
        "ra", "sto", "tu", "un", "ver", "wi", "xa", "yel", "zo", "tion", "ing", "ment", "able", "er", "ly"
    };

    private Prose() {}

    /** A message of the GenAI conventions with about this many characters. */
    static String message(String role, int characters) {
        return "[{\"role\":\"" + role + "\",\"parts\":[{\"type\":\"text\",\"content\":\""
                + words(role.hashCode(), characters - 40) + "\"}]}]";
    }

    /** Words with at least so many characters in all, the same for the same seed. */
    public static String words(long seed, int characters) {
        StringBuilder text = new StringBuilder(characters + 16);
        for (long i = 0; text.length() < characters; i++) {
            long number = Mix.of(seed, i);
            int syllables = 1 + Mix.below(number, 4);
            for (int j = 0; j < syllables; j++) {
                number = Mix.of(number);
                text.append(SYLLABLES[Mix.below(number, SYLLABLES.length)]);
            }
            text.append(' ');
        }
        return text.toString();
    }
}
