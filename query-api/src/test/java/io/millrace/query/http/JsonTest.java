package io.millrace.query.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
    @ParameterizedTest
    @CsvSource({
        "0,                          0",
        "1,                          0.000000000001",
        "1234000000,                 0.001234",
        "1000000000000,              1",
        "100000000000000,            100",
        "-2500000000000,             -2.5",
        "123456789012345678901234,   123456789012.345678901234"
    })
    void spellsMoneyWithoutLosingADigit(BigInteger pico, String usd) {
        assertThat(Json.usd(pico)).isEqualTo(usd);
    }

    @Test
    void leavesUnknownMoneyUnknown() {
        assertThat(Json.usd(null)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0.000001", "1500000, 1.5", "250000000, 250", "1000000000000, 1000000"})
    void spellsDurationsInMilliseconds(long nanos, String millis) {
        assertThat(Json.millis(nanos).toPlainString()).isEqualTo(millis);
    }
}
