package io.millrace.schema.usage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenCountTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "120, 120", "120.0, 120", "' 42 ', 42", "1.2e2, 120", "9007199254740992, 9007199254740992"})
    void numericTextIsACount(String text, long tokens) {
        assertThat(TokenCount.of(text)).isEqualTo(tokens);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "null", "undefined", "NaN", "-1", "-0.5"})
    void whatSaysNothingIsAbsent(String text) {
        assertThat(TokenCount.of(text)).isEqualTo(TokenCount.ABSENT);
    }

    @Test
    void nullIsAbsentAndZeroIsNot() {
        assertThat(TokenCount.of((String) null)).isEqualTo(TokenCount.ABSENT);
        assertThat(TokenCount.of(0L)).isZero();
        assertThat(TokenCount.of(0.0)).isZero();
        assertThat(TokenCount.of(-0.0)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9007199254740993",
                "99999999999999999999",
                "1e300",
                "Infinity",
                "12.5",
                "many",
                "-",
                "1_000",
                "0000000000000000000000000000000000001"
            })
    void whatIsNoCountIsUnusable(String text) {
        assertThat(TokenCount.of(text)).isEqualTo(TokenCount.UNUSABLE);
    }

    @Test
    void doublesAreCountsWhenWhole() {
        assertThat(TokenCount.of(120.0)).isEqualTo(120);
        assertThat(TokenCount.of(0.5)).isEqualTo(TokenCount.UNUSABLE);
        assertThat(TokenCount.of(Double.NaN)).isEqualTo(TokenCount.ABSENT);
        assertThat(TokenCount.of(Double.NEGATIVE_INFINITY)).isEqualTo(TokenCount.ABSENT);
        assertThat(TokenCount.of(Double.POSITIVE_INFINITY)).isEqualTo(TokenCount.UNUSABLE);
    }

    @Test
    void negativeIntegersAreAbsentAndHugeOnesUnusable() {
        assertThat(TokenCount.of(-5L)).isEqualTo(TokenCount.ABSENT);
        assertThat(TokenCount.of(Long.MIN_VALUE)).isEqualTo(TokenCount.ABSENT);
        assertThat(TokenCount.of(Long.MAX_VALUE)).isEqualTo(TokenCount.UNUSABLE);
    }
}
