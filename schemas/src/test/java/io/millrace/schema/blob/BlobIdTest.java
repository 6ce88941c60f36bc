package io.millrace.schema.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobIdTest {
    /** The vector "abc" of FIPS 180-2. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void isTheDayAndTheDigestOfTheBytes() {
        // Given
        byte[] bytes = "xabcx".getBytes(StandardCharsets.US_ASCII);

        // When
        BlobId id = BlobId.of(LocalDate.of(2026, 1, 9), bytes, 1, 3);

        // Then
        assertThat(id).hasToString("20260109-" + ABC);
    }

    @Test
    void isReadAsItWasWritten() {
        // Given
        String text = "20240229-" + ABC;

        // When
        BlobId id = BlobId.parse(text);

        // Then
        assertThat(id).isEqualTo(new BlobId(LocalDate.of(2024, 2, 29), ABC));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20260109",
                "20260230-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "20260109-BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
                "20260109-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
                "../../20260109-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "20260109-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"
            })
    void nothingElseIsAName(String text) {
        // When
        // Then
        assertThatIllegalArgumentException().isThrownBy(() -> BlobId.parse(text));
    }
}
