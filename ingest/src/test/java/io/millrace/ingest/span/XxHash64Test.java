package io.millrace.ingest.span;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jpountz.xxhash.XXHashFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class XxHash64Test {
    /** The values that xxHash's own documentation and the tests of its ports publish for seed 0. */
    @ParameterizedTest
    @CsvSource({
        "'', ef46db3751d8e999",
        "a, d24ec4f1a98c6e5b",
        "as, 1c330fb2d66be179",
        "asd, 631c37ce72a97393",
        "asdf, 415872f599cea71e",
        "'Call me Ishmael. Some years ago--never mind how long precisely-', 02a2e85470d6fd96"
    })
    void agreesWithPublishedVectors(String text, String expected) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        assertThat(Long.toHexString(XxHash64.hash(bytes, 0, bytes.length))).isEqualTo(expected.replaceFirst("^0+", ""));
    }

    @Test
    void agreesWithAnotherImplementationAtEveryLength() {
        byte[] bytes = new byte[300];
        new Random(7).nextBytes(bytes);
        var reference = XXHashFactory.safeInstance().hash64();
        for (int length = 0; length < 290; length++) {
            int offset = length % 9;
            assertThat(XxHash64.hash(bytes, offset, length)).isEqualTo(reference.hash(bytes, offset, length, 0));
        }
    }

    @Test
    void theHashOfTwoHalvesIsThatOfTheirBytes() {
        var reference = XXHashFactory.safeInstance().hash64();
        Random random = new Random(11);
        for (int i = 0; i < 1_000; i++) {
            long high = random.nextLong();
            long low = random.nextLong();
            byte[] bytes = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
            assertThat(XxHash64.hash(high, low)).isEqualTo(reference.hash(bytes, 0, 16, 0));
        }
    }
}
