package io.millrace.ingest.span;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class Utf8Test {
    /** The JDK's strict decoder is the judge. */
    @Test
    void judgesRandomBytesAsTheJdkDoes() {
        Random random = new Random(11);
        int valid = 0;
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = sequence(random);
            boolean expected = decodes(bytes);
            assertThat(Utf8.isValid(bytes, 0, bytes.length)).isEqualTo(expected);
            valid += expected ? 1 : 0;
        }
        assertThat(valid).isBetween(10_000, 190_000);
    }

    @Test
    void cutsBetweenCharacters() {
        byte[] bytes = "aé€😀b".getBytes(StandardCharsets.UTF_8);
        for (int limit = 0; limit <= bytes.length - 1; limit++) {
            int cut = Utf8.boundary(bytes, 0, limit);
            assertThat(Utf8.isValid(bytes, 0, cut)).isTrue();
            assertThat(limit - cut).isBetween(0, 3);
        }
    }

    /** Mostly well-formed characters with an odd byte here and there, so that both answers occur. */
    private static byte[] sequence(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.appendCodePoint(codePoint(random));
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length > 0 && random.nextInt(3) > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private static int codePoint(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(0x80);
            case 1 -> 0x80 + random.nextInt(0x780);
            case 2 -> 0x800 + random.nextInt(0xD800 - 0x800);
            default -> 0x10000 + random.nextInt(0x100000);
        };
    }

    private static boolean decodes(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException bad) {
            return false;
        }
    }
}
