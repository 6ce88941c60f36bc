package io.millrace.ingest.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.millrace.ingest.privacy.MaskingRules.OwnPattern;
import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

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
