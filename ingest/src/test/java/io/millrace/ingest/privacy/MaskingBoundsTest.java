package io.millrace.ingest.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.millrace.ingest.privacy.MaskingRules.OwnPattern;
import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one text may take of an edge: memory and work are in proportion to it, whatever the rules. */
final class MaskingBoundsTest {
    private static final String DROPPED = "[dropped]";
    private static final String CARDS = "[" + "4222222222222,".repeat(100_000);

    private final MaskingCounts counts = new MaskingCounts();

    @Test
    void quotesOfNestedJsonAreFew() {
        String deep = opened(7) + CARDS;
        assertThat(mask(SensitiveTextTest.masking(MaskAction.MASK), deep))
                .isEqualTo(opened(7) + "[" + "[PAYMENT_CARD],".repeat(100_000));
    }

    @Test
    void numbersInThreeStringsHaveQuotes() {
        String quote = "\\\\\\\\\\\\\\\"";
        assertThat(mask(SensitiveTextTest.masking(MaskAction.MASK), opened(3) + CARDS))
                .isEqualTo(opened(3) + "[" + (quote + "[PAYMENT_CARD]" + quote + ",").repeat(100_000));
    }

    /** A string in a string, and so on. */
    private static String opened(int levels) {
        return IntStream.range(0, levels)
                .mapToObj(level -> "\\".repeat((1 << level) - 1) + "\"")
                .collect(Collectors.joining());
    }

    @Test
    void aTextThatGrowsTooMuchIsDropped() {
        Masking hashing = masking(Map.of(Detector.EMAIL, MaskAction.HASH));
        assertThat(mask(hashing, "a@b.de ".repeat(200_000))).isEqualTo(DROPPED);
        assertThat(counts.of("email")).isEqualTo(200_000);
        assertThat(mask(hashing, "a@b.de ".repeat(1_000)))
                .matches("(\\[EMAIL:[0-9a-f]{16}] ){1000}")
                .hasSize(25_000);
    }

    @Test
    void allThatIsFoundDecides() {
        Masking dropping = masking(Map.of(Detector.EMAIL, MaskAction.HASH, Detector.IBAN, MaskAction.DROP_PAYLOAD));
        byte[] utf8 = ("a@b.de ".repeat(200_000) + "GB29NWBK60161331926819").getBytes(StandardCharsets.UTF_8);
        Masking.Masked masked = dropping.mask(utf8, 0, utf8.length);
        assertThat(masked).isNotNull();
        assertThat(new String(masked.utf8(), StandardCharsets.UTF_8)).isEqualTo(DROPPED);
        assertThat(masked.dropsPayload()).isTrue();
    }

    @Test
    void aLongNameInPlaceOfADigitIsBounded() {
        Masking digits = masking(Map.of(), own("digit_".repeat(7), "[0-9]", MaskAction.MASK));
        assertThat(mask(digits, "[" + "1,".repeat(100_000))).isEqualTo(DROPPED);
        assertThat(mask(digits, "[1,1]")).hasSizeGreaterThan(80).contains("DIGIT");
    }

    /** Each of them could double what the one before has made of it. */
    @Test
    void patternsTogetherGrowATextNoMoreThanOne() {
        OwnPattern own = own("aaa", "A", MaskAction.MASK);
        assertThat(mask(masking(Map.of(), own), "A".repeat(100_000))).isEqualTo("[AAA]".repeat(100_000));
        assertThat(mask(masking(Map.of(), own, own), "A".repeat(100_000))).isEqualTo(DROPPED);
    }

    /** Each match is sought to the end of the text. */
    @Test
    void aPatternThatReadsOnAndOnDropsTheText() {
        Masking cards = masking(Map.of(), own("card", "card(.*expiry)?", MaskAction.MASK));
        assertThat(mask(cards, "card ".repeat(8_000))).isEqualTo(DROPPED);
        assertThat(counts.of("own_pattern")).isPositive();
        assertThat(mask(cards, "card ".repeat(10))).isEqualTo("[CARD] ".repeat(10));
    }

    @Test
    void aPatternThatReadsOnAndFindsNothingDropsTheText() {
        Masking nothing = masking(Map.of(), own("nothing", "(.*expiry)?", MaskAction.DROP_PAYLOAD));
        byte[] utf8 = "card ".repeat(8_000).getBytes(StandardCharsets.UTF_8);
        Masking.Masked masked = nothing.mask(utf8, 0, utf8.length);
        assertThat(masked).isNotNull();
        assertThat(new String(masked.utf8(), StandardCharsets.UTF_8)).isEqualTo(DROPPED);
        assertThat(masked.dropsPayload()).isTrue();
        assertThat(counts.of("own_pattern")).isEqualTo(1);
    }

    /** Far below what they may read, in texts where much is found and in those where little is. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[0-9]{6}",
                "ORD-[0-9]{6}",
                "(?i)order[- ]?[0-9]+",
                "\\w+@\\w+\\.com",
                "\"password\":\"[^\"]*\"",
                "\\b[A-Z]{2}[0-9]+\\b",
                "card.*?expiry",
                "x*",
                "(?s).*",
                "[^a]",
                "(?m)^.*$",
            })
    void patternsReadEachCharacterAFewTimes(String pattern) {
        String some = "card of jane@example.com, ORD-123456 and é日😀: {\"password\":\"abc\"}, expiry 2026\n";
        for (String text : List.of(some.repeat(1_000), "a".repeat(100_000), "1234567".repeat(10_000))) {
            MeteredText matches = new MeteredText(Pattern.compile(pattern), text.getBytes(StandardCharsets.UTF_8));
            while (matches.find()) {
                assertThat(matches.to()).isGreaterThan(matches.from());
            }
            assertThat(matches.isExhausted()).isFalse();
            assertThat(matches.reads()).isLessThanOrEqualTo(10L * text.length() + 16);
        }
    }

    /** Places in characters and places in bytes are not the same. */
    @Test
    void patternsFindTheSameInAnyScript() {
        List<String> patterns = List.of(
                "[0-9]{2}",
                "a.b", "(?i)é+", "\\b\\w+\\b", "😀|日", "[^a ]+", "x*", "\\s.", "(?m)^.", ".$", "本(語.*1)?", "\\PL+");
        List<String> parts = List.of("a", "b", "é", "É", "日", "本", "語", "😀", "1", "22", " ", "\n", "x", "\u00a0");
        Random random = new Random(20261124);
        for (int round = 0; round < 5_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(20);
            for (int i = 0; i < length; i++) {
                text.append(parts.get(random.nextInt(parts.size())));
            }
            for (String pattern : patterns) {
                assertThat(mask(masking(Map.of(), own("n", pattern, MaskAction.MASK)), text.toString()))
                        .as("%s in %s", pattern, text)
                        .isEqualTo(replaced(pattern, text.toString()));
            }
        }
    }

    /** What matches without being empty goes, by its characters. */
    private static String replaced(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        StringBuilder replaced = new StringBuilder();
        int done = 0;
        while (matcher.find()) {
            if (matcher.end() > matcher.start()) {
                replaced.append(text, done, matcher.start()).append("[N]");
                done = matcher.end();
            }
        }
        return replaced.append(text.substring(done)).toString();
    }

    private static OwnPattern own(String name, String pattern, MaskAction action) {
        return new OwnPattern(name, Pattern.compile(pattern), action);
    }

    private Masking masking(Map<Detector, MaskAction> detectors, OwnPattern... patterns) {
        return ProjectMasking.of(
                new MaskingRules(detectors, Arrays.asList(patterns), List.of(), List.of()),
                new KeyedHash(new byte[32], new UUID(1, 2)),
                counts);
    }

    private static String mask(Masking masking, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Masking.Masked masked = masking.mask(utf8, 0, utf8.length);
        return masked == null ? text : new String(masked.utf8(), StandardCharsets.UTF_8);
    }
}
