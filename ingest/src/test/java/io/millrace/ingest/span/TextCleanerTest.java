package io.millrace.ingest.span;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingest.privacy.Masking;
import io.millrace.ingest.privacy.MaskingCounts;
import io.millrace.ingest.privacy.MaskingFactory;
import io.millrace.ingest.privacy.MaskingRules;
import io.millrace.schema.privacy.Detector;
import io.millrace.schema.privacy.MaskAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Texts of one request: what was found of the first ones must not be taken for granted of others. */
class TextCleanerTest {
    private static final int LIMIT = 100;

    private final Masking masking = new MaskingFactory(new byte[32], new MaskingCounts())
            .of(
                    new UUID(1, 2),
                    new MaskingRules(Map.of(Detector.EMAIL, MaskAction.MASK), List.of(), List.of(), List.of()));
    private final TextCleaner cleaner = new TextCleaner(masking);

    @Test
    void aSecretIsFoundEachTimeAndBesideTextsThatLookLikeIt() {
        for (int i = 0; i < 3; i++) {
            assertThat(clean("jane_doe.example.com")).isEqualTo("jane_doe.example.com");
            assertThat(clean("jane@doe.example.com")).isEqualTo("[EMAIL]");
        }
    }

    @Test
    void whatWasKeptForItsKeyIsMaskedUnderAnother() {
        cleaner.exempt = true;
        assertThat(clean("jane@doe.example.com")).isEqualTo("jane@doe.example.com");
        cleaner.exempt = false;
        assertThat(clean("jane@doe.example.com")).isEqualTo("[EMAIL]");
    }

    @Test
    void aTextThatIsKnownIsStillCut() {
        assertThat(clean("seven of nine")).isEqualTo("seven of nine");
        byte[] text = "seven of nine".getBytes(StandardCharsets.UTF_8);
        cleaner.clean(text, 0, text.length, 5);
        assertThat(cleaned()).isEqualTo("seven");
    }

    @Test
    void whatABodyMayHoldAColumnMayNot() {
        for (int i = 0; i < 2; i++) {
            assertThat(clean("a\0b")).isEqualTo("a\0b");
            byte[] text = {'a', 0, 'b'};
            cleaner.cleanColumn(text, 0, text.length, LIMIT);
            assertThat(cleaned()).isEqualTo("a\uFFFDb");
        }
    }

    @Test
    void badBytesAreMendedEachTime() {
        byte[] bad = {'a', (byte) 0xC3, 'b'};
        for (int i = 0; i < 2; i++) {
            cleaner.clean(bad, 0, bad.length, LIMIT);
            assertThat(cleaned()).isEqualTo("a\uFFFDb");
        }
    }

    private String clean(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        cleaner.clean(bytes, 0, bytes.length, LIMIT);
        return cleaned();
    }

    private String cleaned() {
        return new String(cleaner.bytes, cleaner.from, cleaner.length, StandardCharsets.UTF_8);
    }
}
